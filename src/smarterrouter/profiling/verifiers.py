"""`verify`: is this answer right? Code is run by `judging`, everything else is decided here, in linear time."""

import json
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

from smarterrouter.profiling import constraints, numbers, schema, texts
from smarterrouter.profiling.base import Answer, ToolCall, Verdict
from smarterrouter.profiling.checks import (
    Call,
    Check,
    Choice,
    Code,
    Constraints,
    Exact,
    Items,
    Json,
    Number,
    ToolCalls,
)

_SEPARATORS = re.compile(r"[,;\n|、]|->|→|(?<!\w)(?:and|then|und|y|et)(?!\w)")
_LETTER = re.compile(r"[(\[]?([A-Z])(?:[)\].:,]|\s|$)")
_NUMBERING = re.compile(r"^(?:\d{1,3}[.)]\s|[-*•]\s)")
_MOST_STARTS = 20
_DECODER = json.JSONDecoder()
_YES = Verdict(passed=True)


def verify(check: Check, answer: Answer) -> Verdict:
    """Judge an answer. Raises `TypeError` for `Code`, which has to be run."""
    if isinstance(check, Code):
        raise TypeError("code is judged by running it")
    if isinstance(check, ToolCalls):
        return _tool_calls(check, answer)
    if answer.tool_calls:
        return Verdict(passed=False, detail="called a tool where an answer was asked for")
    verifier: Callable[[Any, str], Verdict] = _VERIFIERS[type(check)]
    return verifier(check, answer.text)


def _exact(check: Exact, text: str) -> Verdict:
    if check.whole:
        said = "\n".join(texts.block(text))
        return _yes_no(any(said == "\n".join(texts.block(one)) for one in check.accept), said)
    said, _ = texts.final(text)
    alike = texts.exactly if check.case else texts.plain
    return _yes_no(any(alike(said) == alike(one) for one in check.accept), said)


def _number(check: Number, text: str) -> Verdict:
    said, marked = texts.final(text)
    found = numbers.quantity(said, last=not marked)
    if found is None:
        return Verdict(passed=False, detail=f"no number in: {said[:80]}")
    if " or " in found.behind:
        return Verdict(passed=False, detail="gave more than one answer")
    return _yes_no(numbers.matches(found, check.value, check.tolerance, check.unit), said)


def _choice(check: Choice, text: str) -> Verdict:
    said, _ = texts.final(text)
    bare = said.strip("*_`# .()[]\"'")
    right = ord(check.letter) - ord("A")
    if len(bare) > 1 and 0 <= right < len(check.options) and texts.plain(bare) == texts.plain(check.options[right]):
        return _YES
    found = _LETTER.match(said.strip("*_`# \"'").removeprefix("Option ").removeprefix("option "))
    letter = bare.upper() if len(bare) == 1 else found[1] if found else ""
    return _yes_no(letter == check.letter, said)


def _items(check: Items, text: str) -> Verdict:
    said, _ = texts.final(text)
    parts = [_NUMBERING.sub("", part.strip()) for part in _SEPARATORS.split(said)]
    found = [plain for part in parts if (plain := texts.plain(part))]
    wanted = [texts.plain(value) for value in check.values]
    right = found == wanted if check.ordered else Counter(found) == Counter(wanted)
    return _yes_no(right, said)


def _json(check: Json, text: str) -> Verdict:
    value = _document(texts.spoken(text))
    if value is None:
        return Verdict(passed=False, detail="no JSON document in the answer")
    if check.schema and (found := schema.fault(check.schema, value)):
        return Verdict(passed=False, detail=found)
    right = check.value is None or same(check.value, value)
    return Verdict(passed=right, detail="" if right else "the document says something else")


def _document(text: str) -> Any:
    """The first JSON object or list in the text, or None."""
    inside = texts.unfenced(text)
    starts = [match.start() for match in re.finditer(r"[{\[]", inside)][:_MOST_STARTS]
    for start in starts:
        try:
            return _DECODER.raw_decode(inside, start)[0]
        except (ValueError, RecursionError):
            continue
    return None


def same(wanted: Any, found: Any) -> bool:
    """Equal as JSON: 5 is 5.0, texts without case and outer spaces; `{"any_of": […]}` wants one of several."""
    if isinstance(wanted, dict) and set(wanted) == {"any_of"} and isinstance(wanted["any_of"], list):
        return any(same(one, found) for one in wanted["any_of"])
    if isinstance(wanted, dict):
        return isinstance(found, dict) and set(wanted) == set(found) and all(same(wanted[k], found[k]) for k in wanted)
    if isinstance(wanted, list):
        pairs_up = isinstance(found, list) and len(wanted) == len(found)
        return pairs_up and all(same(one, two) for one, two in zip(wanted, found, strict=True))
    if isinstance(wanted, str):
        return isinstance(found, str) and " ".join(wanted.casefold().split()) == " ".join(found.casefold().split())
    if isinstance(wanted, bool) or isinstance(found, bool) or wanted is None:
        return wanted is found
    return isinstance(found, int | float) and abs(wanted - found) <= 1e-6 * max(1.0, abs(wanted))


def _tool_calls(check: ToolCalls, answer: Answer) -> Verdict:
    if len(answer.tool_calls) != len(check.calls):
        return Verdict(passed=False, detail=f"made {len(answer.tool_calls)} tool calls instead of {len(check.calls)}")
    if check.mention and not _mentions(check.mention, answer.text):
        return Verdict(passed=False, detail="the text does not say what it should")
    left = list(check.calls)
    for made in answer.tool_calls:
        found = next((one for one in (left[:1] if check.ordered else left) if _called(one, made)), None)
        if found is None:
            return Verdict(passed=False, detail=f"called {made.name[:60]} with {made.arguments[:120]}")
        left.remove(found)
    return _YES


def _mentions(wanted: tuple[str, ...], text: str) -> bool:
    said = {word.casefold() for word in texts.words(texts.spoken(text))}
    return any(word.casefold() in said for word in wanted)


def _called(wanted: Call, made: ToolCall) -> bool:
    try:
        arguments = json.loads(made.arguments[: texts.LONGEST] or "{}")
    except (ValueError, RecursionError):
        return False
    if made.name != wanted.name or not isinstance(arguments, dict):
        return False
    fixed = {name: value for name, value in arguments.items() if name not in wanted.free}
    return same(wanted.arguments, fixed)


def _constraints(check: Constraints, text: str) -> Verdict:
    found = constraints.broken(check.rules, texts.prose(text))
    return Verdict(passed=not found, detail=found)


def _yes_no(right: bool, said: str) -> Verdict:
    return _YES if right else Verdict(passed=False, detail=f"said {said[:80]!r}")


_VERIFIERS: dict[type, Callable[[Any, str], Verdict]] = {
    Exact: _exact,
    Number: _number,
    Choice: _choice,
    Items: _items,
    Json: _json,
    Constraints: _constraints,
}
