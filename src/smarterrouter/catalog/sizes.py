"""How big a model is, read from its name. Nothing beats something wrong: what a name does not say stays None."""

import re

from smarterrouter.catalog import names, quantisations
from smarterrouter.catalog.known_sizes import DEFAULTS, EXPERTS_BY_COUNT, MIXTURES, NICKNAMES, Experts
from smarterrouter.domain.models import Size

_NUMBER = r"(\d+(?:\.\d+)?)"
_START = r"(?<![a-z0-9])(?<!\d\.)"
_END = r"(?![a-z0-9]|\.\d)"

_COUNT = re.compile(rf"{_START}{_NUMBER}([bmt]){_END}")
_UNDERSCORED = re.compile(r"(?<![\d.])(?<!\d_)\d_\db(?![a-z0-9])")
"""`qwen_1_5b`: 5 or 1.5 billion? Nobody can tell."""
_RWKV = re.compile(rf"{_START}(\d)b(\d){_END}")
"""`1b5` is 1.5 billion in the names of RWKV and Bloom."""
_GLUED = re.compile(rf"[a-z]{{3}}(7|8|9|12|13|14|20|22|24|27|30|32|33|34|40|65|67|70|72|123|180|235|405|671)b{_END}")
"""`mistral7b`: only sizes that exist, because the digits may begin with a version."""
_ACTIVE = re.compile(rf"{_START}a{_NUMBER}([bm]){_END}")
_EFFECTIVE = re.compile(rf"{_START}e{_NUMBER}b{_END}")
_EXPERTS = re.compile(rf"{_START}(\d{{1,3}})x{_NUMBER}b{_END}")
_MIXTURE_WORD = names.tokens(r"moe|\w*moe|mixtral|\d+e|frankenmoe")
_DEFAULT_TAG = re.compile(r"-latest$")
_NATIVE = ((names.tokens(r"gpt-oss(?:-safeguard)?"), "MXFP4"),)
"""Models whose makers publish them quantised."""

_SMALLEST_MILLIONS = 10
"""`-1m` means a million tokens of context; models that small are toys."""
_BILLIONS = {"b": 1.0, "m": 0.001, "t": 1000.0}


def read_name(name: str) -> Size:
    """What any spelling of a model's name says: Ollama tag, Hugging Face repository, GGUF file or hosted model.

    Billions of parameters as printed in the name, else from tables. `qwen3:30b-a3b` gives 30 and 3 active.
    """
    parameters, active = _parameters(name)
    quantisation = quantisations.read_name(name) or _native(names.canonical(name))
    label, bits = quantisation or (None, None)
    return Size(parameters_b=parameters, active_b=active, bits=bits, quantisation=label)


def _parameters(name: str) -> tuple[float | None, float | None]:
    text = names.canonical(name)
    total = _written_total(name)
    active = _written_active(text)
    if (match := _EXPERTS.search(text)) is not None:
        return _from_experts(int(match[1]), float(match[2]), total)
    known = names.first_match(text, MIXTURES)
    if known is not None and _agrees(known, total, active):
        return (total if total and total >= known.active * 1.5 else known.total, active or known.active)
    if total is None and active is None:
        return _without_numbers(name, text)
    return (total, active if active or _MIXTURE_WORD.search(text) else total)


def _agrees(known: Experts, total: float | None, active: float | None) -> bool:
    """A distillate named after its teacher has another size: then the table does not speak of this model."""
    if total is not None and not (0.75 < total / known.total < 1.34 or 0.75 < total / known.active < 1.34):
        return False
    return active is None or 0.7 < active / known.active < 1.43


def _written_total(name: str) -> float | None:
    """The tag decides where it has a number; several different numbers in one part decide nothing."""
    stem, _, tag = names.leaf(name).partition(":")
    for part in (tag, stem):
        counts = _counts(part)
        if counts:
            return counts.pop() if len(counts) == 1 else None
    return None


def _counts(part: str) -> set[float]:
    text = names.canonical(part)
    if _UNDERSCORED.search(part):
        return set()
    found = {(float(number), unit) for number, unit in _COUNT.findall(text)}
    billions = {number for number, unit in found if unit == "b"}
    billions |= {number * _BILLIONS["m"] for number, unit in found if unit == "m" and number >= _SMALLEST_MILLIONS}
    billions |= {float(f"{whole}.{rest}") for whole, rest in _RWKV.findall(text)}
    billions = billions or {number * _BILLIONS["t"] for number, unit in found if unit == "t"}
    return billions or {float(number) for number in _GLUED.findall(text)}


def _written_active(text: str) -> float | None:
    if (match := _ACTIVE.search(text)) is not None:
        return float(match[1]) * _BILLIONS[match[2]]
    return float(match[1]) if (match := _EFFECTIVE.search(text)) is not None else None


def _from_experts(count: int, each: float, total: float | None) -> tuple[float, float]:
    """`8x7b`. Unknown pairs are estimated by Mistral's blocks: 22 % shared, 78 % an expert, two of them a token."""
    known = EXPERTS_BY_COUNT.get((count, each)) or Experts(
        round(each * (0.22 + 0.78 * count), 1), round(each * (0.22 + 0.78 * min(count, 2)), 1)
    )
    fits = total is not None and each < total < count * each
    return (total if total is not None and fits else known.total, known.active)


def _without_numbers(name: str, text: str) -> tuple[float | None, float | None]:
    nickname = names.first_match(text, NICKNAMES)
    if nickname is not None:
        return (nickname, nickname)
    known = None if "/" in name else DEFAULTS.get(_DEFAULT_TAG.sub("", text))
    return (known.total, known.active) if known else (None, None)


def _native(text: str) -> tuple[str, float] | None:
    label = names.first_match(text, _NATIVE)
    return (label, quantisations.BITS[label]) if label else None
