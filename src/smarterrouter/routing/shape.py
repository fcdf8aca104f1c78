"""What the form of a text says: program text, formulas, lists, questions. Counted by byte tables."""

import re
from string import ascii_letters, digits

from msgspec import Struct

_NO_SIGN = (ascii_letters + digits + " \t\r\n").encode() + bytes(range(128, 256))
_NOT_OF_CODE = bytes(set(range(256)) - set(b"{}()[];=<>_&|"))
_CODE_MARKS = (
    b"def ",
    b"();",
    b"):\n",
    b"){",
    b") {",
    b"=> ",
    b"};",
    b"self.",
    b"#include",
    b"</",
    b"import ",
    b" == ",
    b" != ",
    b"const ",
    b"let ",
    b"var ",
    b"function ",
    b"class ",
    b"return ",
    b"public ",
    b"select ",
    b" from ",
    b"&&",
    b"::",
    b"->",
    b"print(",
    b";\n",
)
_CODE_DENSITY = 0.03
"""Share of code signs; prose holds less than one in a hundred."""
_MARKS_NEEDED = 2
"""One mark alone happens in prose: "class " or "let "."""
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
_SUMS = (b"0 + 0", b"0+0", b"a+0", b"a + 0", b"0a+", b"0a +", b"0)+")
_TEX = (
    "\\frac",
    "\\int",
    "\\sum",
    "\\sqrt",
    "\\mathbb",
    "\\begin{",
    "$$",
    "\\leq",
    "\\geq",
    "\\cdot",
    "\\times",
    "\\(",
    "\\lim",
)
_SYMBOL = re.compile("[∫∑√∂∞≤≥≠∈∀∃±\u00d7÷π²³]")
_ITEM = re.compile(r"\n[ \t]*(?:[-*•]|\d{1,2}[.)])[ \t]")


class Shape(Struct, frozen=True):
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


def shape_of(text: str) -> Shape:
    """The form of `text`, which must be lower case and short (some thousand characters)."""
    data = text.encode("utf-8", "replace")
    signs = data.translate(None, _NO_SIGN)
    fence = "```" in text
    code = fence or _is_code(data, signs)
    return Shape(
        code=code,
        fence=fence,
        trace=_has_any(data, _TRACE_MARKS),
        formula=_is_formula(text, data, signs, code=code),
        items=len(_ITEM.findall(text)) if text.count("\n") > 1 else 0,
        questions=text.count("?") + text.count("\uff1f"),
    )


def _is_code(data: bytes, signs: bytes) -> bool:
    if len(signs.translate(None, _NOT_OF_CODE)) < max(3, _CODE_DENSITY * len(data)):
        return False
    return sum(mark in data for mark in _CODE_MARKS) >= _MARKS_NEEDED


def _is_formula(text: str, data: bytes, signs: bytes, *, code: bool) -> bool:
    if b"\\" in signs and any(mark in text for mark in _TEX):
        return True
    if len(text) != len(data) and _SYMBOL.search(text):
        return True
    if code or not (b"+" in signs or b"^" in signs or b"*" in signs or b"=" in signs):
        return False
    form = data.translate(_FORM)
    return _has_any(form, _SUMS)


def _has_any(data: bytes, marks: tuple[bytes, ...]) -> bool:
    """A plain loop: `any` with a generator costs three times as much, and this runs for every request."""
    for mark in marks:  # noqa: SIM110
        if mark in data:
            return True
    return False
