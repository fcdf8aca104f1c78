"""What the form of a text says: program text, formulas, lists, questions. Counted by byte tables."""

import re
from collections.abc import Set as AbstractSet
from itertools import pairwise
from string import ascii_letters, digits

from msgspec import Struct

from smarterrouter.routing.learned.words import word

_NOT_BARE = (ascii_letters + " \t\r\n").encode() + bytes(range(128, 256))
_DIGITS = digits.encode()
_NOT_OF_CODE = bytes(set(range(256)) - set(b"{}()[];=<>_&|"))
_CODE_WORDS = frozenset(
    word("def import const let var function class return public select from self include print").split()
)
_CODE_SIGNS = (
    (b"();", b"();"),
    (b"):", b"):\n"),
    (b"){", b"){"),
    (b"){", b") {"),
    (b"=>", b"=> "),
    (b"};", b"};"),
    (b"</", b"</"),
    (b"==", b" == "),
    (b"!=", b" != "),
    (b"&&", b"&&"),
    (b"::", b"::"),
    (b"->", b"->"),
    (b";", b";\n"),
)
"""Signs of program text as they are among other signs, and as they stand in the text."""
_CODE_DENSITY = 0.03
"""Share of code signs; prose holds less than one in a hundred."""
_MARKS_NEEDED = 2
"""One mark alone happens in prose: "class" or "let"."""
_TRACE_WORDS = frozenset((b"traceback", b"exception", b"error", b"segmentation", b"panic"))
_TRACE_MARKS = (b"traceback (most recent", b"exception in thread", b"error: ", b"segmentation fault", b"panic: ")

_FORM = bytes(
    ord("0")
    if byte in digits.encode()
    else ord("+")
    if byte in b"+*^="
    else ord("a")
    if byte in ascii_letters.encode()
    else byte
    for byte in range(256)
)
_TEX_WORDS = frozenset(word("frac int sum sqrt mathbb begin leq geq cdot times lim").split())
_TEX_SIGNS = ((b"$$", b"$$"), (b"\\(", b"\\("))
_SYMBOL = re.compile("[∫∑√∂∞≤≥≠∈∀∃±\u00d7÷π²³]")
_ITEM = re.compile(r"\n[ \t]*(?:[-*•]|\d{1,2}[.)])[ \t]")


_OF_PROSE = b".,?!'\""
"""Signs of which neither code nor formulas can be made."""


class Shape(Struct, frozen=True, gc=False):
    """The form of a text."""

    code: bool = False
    """A fence, or lines of program text."""
    fence: bool = False
    trace: bool = False
    """An error message or stack trace was pasted."""
    formula: bool = False
    items: int = 0
    """Lines that begin like an entry of a list."""
    questions: int = 0


PLAIN = Shape()
"""Of a text without anything that is looked for."""


def bare(data: bytes) -> tuple[bytes, int]:
    """The signs of a text, without its letters, digits and blanks; and how many digits there were."""
    rest = data.translate(None, _NOT_BARE)
    signs = rest.translate(None, _DIGITS)
    return signs, len(rest) - len(signs)


def shape_of(text: str, data: bytes, signs: bytes, words: AbstractSet[bytes]) -> Shape:
    """The form of `text`, which must be lower case and short (some thousand characters).

    `data` are its bytes by `learned/words.py`, `signs` what `bare` leaves of them, `words` its words.
    """
    if _is_prose(text, data, signs, words):
        return Shape(questions=signs.count(b"?")) if b"?" in signs else PLAIN
    return _looked_at(text, data, signs, words)


def _is_prose(text: str, data: bytes, signs: bytes, words: AbstractSet[bytes]) -> bool:
    """Most asks are: then all that is looked for cannot be there, but for questions."""
    return (
        not signs.translate(None, _OF_PROSE)
        and text.isascii()
        and data.count(b"\n") < 2
        and _TRACE_WORDS.isdisjoint(words)
    )


def _looked_at(text: str, data: bytes, signs: bytes, words: AbstractSet[bytes]) -> Shape:
    fence = "```" in text
    code = fence or _is_code(data, signs, words)
    lines = data.count(b"\n")
    found = Shape(
        code=code,
        fence=fence,
        trace=not _TRACE_WORDS.isdisjoint(words) and _has_any(data, _TRACE_MARKS),
        formula=_is_tex(data, signs, words) or (not code and _is_sum(data, signs)) or _has_symbol(text),
        items=len(_ITEM.findall(text)) if lines > 1 else 0,
        questions=text.count("?") + (0 if text.isascii() else text.count("\uff1f")),
    )
    return PLAIN if found == PLAIN else found


def joined(ask: Shape, beside: Shape) -> Shape:
    """The form of an ask and what stands around it."""
    return Shape(
        ask.code or beside.code,
        ask.fence or beside.fence,
        ask.trace or beside.trace,
        ask.formula or beside.formula,
        ask.items + beside.items,
        ask.questions + beside.questions,
    )


def _is_code(data: bytes, signs: bytes, words: AbstractSet[bytes]) -> bool:
    if len(signs.translate(None, _NOT_OF_CODE)) < max(3, _CODE_DENSITY * len(data)):
        return False
    found = len(_CODE_WORDS & words)
    for near, mark in _CODE_SIGNS:
        if found >= _MARKS_NEEDED:
            return True
        if near in signs and mark in data:
            found += 1
    return found >= _MARKS_NEEDED


def _is_tex(data: bytes, signs: bytes, words: AbstractSet[bytes]) -> bool:
    if b"\\" not in signs and b"$$" not in signs:
        return False
    return any(b"\\" + name in data for name in _TEX_WORDS & words) or any(
        near in signs and mark in data for near, mark in _TEX_SIGNS
    )


def _has_symbol(text: str) -> bool:
    return not text.isascii() and _SYMBOL.search(text) is not None


def _is_sum(data: bytes, signs: bytes) -> bool:
    """Is a number or a letter added to, multiplied by or set equal to a number, or a term like 2x or 3) to anything?"""
    if not (b"+" in signs or b"^" in signs or b"*" in signs or b"=" in signs):
        return False
    sides = data.translate(_FORM, b" ").split(b"+")
    for left, right in pairwise(sides):
        if left.endswith((b"0a", b"0)")) or (right.startswith(b"0") and left.endswith((b"0", b"a"))):
            return True
    return False


def _has_any(data: bytes, marks: tuple[bytes, ...]) -> bool:
    """A plain loop: `any` with a generator costs three times as much, and this runs for every request."""
    for mark in marks:  # noqa: SIM110
        if mark in data:
            return True
    return False
