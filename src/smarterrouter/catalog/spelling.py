"""Takes a name proper apart: words, versions, date and sizes. What they mean together, `identity.parse` decides."""

import re
from typing import NamedTuple

from smarterrouter.catalog.families import VENDOR_WORDS

_QUANTISATION = re.compile(
    r"(?<![a-z0-9])(?:(?:iq|tq|q)\d[-_](?:k|[01]|xxs|xs|s|m|nl|l)(?:[-_](?:xxs|xs|xl|s|m|l))?(?:_\d_\d)?|q\df\d+(?:_\d)?"
    r"|\d(?:[._]\d+)?\s?bpw|w\d+a\d+|int\d+|bf16|fp16|f16|fp32|f32|fp8|fp4|nf4|nvfp4|mxfp[48]|[2-8]-?bits?|128g"
    r"|q\dkm?)(?![a-z0-9])"
)
_FORMATS = frozenset({
    "gguf", "ggml", "gptq", "awq", "exl2", "exl3", "mlx", "hqq", "bnb", "quantized", "quantised", "dynamic", "static",
    "channelwise", "imat", "imatrix", "i1", "ud", "qat", "unsloth", "hf", "tput", "autoround", "novita", "latest",
    "effort", "versatile", "dense", "4096", "8192", "16384", "32768",
})  # fmt: skip
"""How a model is packed or served: says nothing about which one it is."""

_FULL_DATE = re.compile(r"(?<!\d)(20[1-3]\d)([-_.]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)")
_YEAR_MONTH = re.compile(r"(?<!\d)20(2\d)[-_.]?(0[1-9]|1[0-2])(?!\d)")
_MONTH_YEAR = re.compile(r"(?<!\d)(0[1-9]|1[0-2])[-_.]20(2\d)(?!\d)")
_MONTH_NAME = re.compile(r"(?<![a-z])(jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[-_ ]*'?(?:20)?(2\d)(?!\d)")
_MONTH_DAY = re.compile(r"(?<![a-z])(?:preview|exp)[-_](0[1-9]|1[0-2])[-_](\d\d)(?!\d)")
_SHORT_DATE = re.compile(
    r"(?<![a-z\d.])(?:(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|2[3-9](?:0[1-9]|1[0-2]))(?![\da-z]|\.\d)"
)
_SHORT_YEAR_MONTH = re.compile(r"(?<![\d.])(2[3-9])[-.](0[1-9]|1[0-2])(?![\d.])")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_BETWEEN = re.compile(r"[^a-z0-9.]+")
_SIZE = re.compile(r"(?:\d+x)?\d+(?:\.\d+)?b|\d{2,}(?:\.\d+)?m|a\d+(?:\.\d+)?[bm]|e\d+(?:\.\d+)?b|\d+e|\d+(?:\.\d+)?t")
_NUMBER = re.compile(r"v?(\d+(?:\.\d+)*)")
_POINT = re.compile(r"(?<=\d)p(?=\d)")
"""Fireworks writes `v3p1` and `qwen2p5`."""
_SMALL = re.compile(r"v?(?:0|[1-9]\d?)")
_MINOR = re.compile(r"(?:0|[1-9]\d?)[a-z]?")
_GLUED = re.compile(r"([a-z]{2,})(v?\d+(?:\.\d+)?)([a-z]*)")
_LETTER_NUMBER = re.compile(r"[a-uw-z]\d")
_BUDGET = re.compile(r"\d+k")
_COUNTED = frozenset({"tokens"})
_CALLING = frozenset({"fc", "auto", "any"})
"""How a benchmark of function calls asked: natively, forced or not."""


class Parts(NamedTuple):
    """What stands in a name."""

    words: tuple[str, ...]
    """In their order, without versions, sizes, dates, formats and quantisation."""
    versions: tuple[str, ...]
    """Without a leading v and a trailing .0."""
    date: str
    """`20241022`; or four digits, year and month or month and day; or empty."""
    sizes: tuple[str, ...]
    """As written: `7b`, `8x22b`, `a3b`, `16e`."""


def read(text: str) -> Parts:
    """The parts of a name in lower case."""
    plain, date = _date(_QUANTISATION.sub("-", _POINT.sub(".", text.replace("+", "-plus"))))
    words: list[str] = []
    versions: list[str] = []
    sizes: list[str] = []
    for token in _without_budget(_without_calling(_merged(_tokens(plain)))):
        if token in _FORMATS:
            continue
        if _SIZE.fullmatch(token):
            sizes.append(token)
        elif (number := _NUMBER.fullmatch(token)) is not None and not token.startswith("00"):
            versions.append(number[1].removesuffix(".0"))
        else:
            words.append(token)
    return Parts(tuple(words), tuple(versions), date, tuple(sizes))


def _date(text: str) -> tuple[str, str]:
    """The text without its date, and the date."""
    for pattern, parts in (
        (_FULL_DATE, (1, 3, 4)), (_MONTH_YEAR, (2, 1)), (_YEAR_MONTH, (1, 2)), (_MONTH_DAY, (1, 2)),
        (_SHORT_DATE, (0,)), (_SHORT_YEAR_MONTH, (1, 2)),
    ):  # fmt: skip
        if (match := pattern.search(text)) is not None:
            rest = f"{text[: match.start()]}-{text[match.end() :]}"
            return _MONTH_NAME.sub("-", rest), "".join(match[part] for part in parts)
    if (match := _MONTH_NAME.search(text)) is not None:
        month = _MONTHS.index(match[1][:3]) + 1
        return f"{text[: match.start()]}-{text[match.end() :]}", f"{match[2]}{month:02}"
    return text, ""


def _tokens(text: str) -> list[str]:
    return [token for piece in _BETWEEN.split(text) for token in _unglued(piece.strip(".")) if token]


def _unglued(piece: str) -> list[str]:
    """`llama3.1` gives llama and 3.1, `qwen2.5vl` qwen, 2.5 and vl, `gpt4o` gpt and 4o, `mistral7b` mistral and 7b."""
    whole = piece in _FORMATS or piece in VENDOR_WORDS or _SIZE.fullmatch(piece)
    match = None if whole else _GLUED.fullmatch(piece)
    if match is None:
        return [piece]
    word, number, rest = match.groups()
    return [word, number, rest] if len(rest) > 1 else [word, number + rest]


def _merged(tokens: list[str]) -> list[str]:
    """`3`, `1` are the version 3.1, `k2`, `5` the name k2.5, and `4`, `5v` is 4.5v."""
    merged: list[str] = []
    for token in tokens:
        before = merged[-1] if merged else ""
        joins = _SMALL.fullmatch(before) or _LETTER_NUMBER.fullmatch(before)
        if joins and _MINOR.fullmatch(token) and not _SIZE.fullmatch(token) and not _BUDGET.fullmatch(token):
            merged[-1] = f"{before}.{token}"
        else:
            merged.append(token)
    return merged


def _without_budget(tokens: list[str]) -> list[str]:
    """Without the tokens a model may think: `thinking-64k`, `(32k thinking tokens)`."""
    if "thinking" not in tokens:
        return tokens
    at = tokens.index("thinking")
    near = {at - 1, at + 1}
    return [
        piece
        for index, piece in enumerate(tokens)
        if piece not in _COUNTED and not (index in near and _BUDGET.fullmatch(piece))
    ]


def _without_calling(tokens: list[str]) -> list[str]:
    end = len(tokens)
    while end and tokens[end - 1] in _CALLING:
        end -= 1
    return tokens[:end] if "fc" in tokens[end:] else tokens
