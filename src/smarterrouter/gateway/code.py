"""Are the code blocks of an answer whole? Python and JSON only: for other languages there is no parser at hand.

A fault is only what no version of Python and no excerpt, outline or diff explains: brackets or quotes that stay open, a
header without its colon before an indented body, a statement without its body. All else is believed, because our
parser knows no syntax that is newer than itself, and most blocks that do not parse were never meant to be run.
"""

import ast
import json
import re
import textwrap
import warnings

from msgspec import Struct

_FENCE = re.compile(r"^([ \t]*)(`{3,}|~{3,})[ \t]*([\w+#.-]*)[^\n`]*$")
_INDENT = 3
"""Blanks before a fence, and by how many more its end may be indented."""
_PYTHON = frozenset({"python", "py", "python3"})
_JSON = frozenset({"json"})
_LONGEST = 6 * 1024
"""Characters of all blocks of an answer that are parsed, the first ones first. The event loop waits meanwhile, and no
thread helps, because the parser lets nobody else run: about 1 ms for usual code, 9 ms for the slowest found."""
_TOP_LEVEL_AWAIT = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
_NO_PROGRAM = re.compile(
    r"""^>>>[ ] | [ ]>>>[ ]              # a session
    | ^[ \t]*Traceback[ ]\(             # what a program has said
    | ^(?:@@[ ]|diff[ ]|[+-][ \t]*[^\W\d]|[+-][ \t]*[@\#"')\]}])  # a diff
    | <[A-Za-z][^<>\n,]*'[a-z][^<>\n]*>  # <the user's key>
    """,
    re.MULTILINE | re.VERBOSE,
)
_SHELL = re.compile(r"^[ \t]*(?:%%?[a-z]|!|\$ ).*$", re.MULTILINE)
"""Lines of a notebook that are for the shell."""
_OPEN = re.compile(r"was never closed|^unterminated|does not match opening|too many nested parentheses")
"""Of the parser's complaints those that mean the same in every version."""
_NEWER_QUOTES = re.compile(
    r"(?i:\b(?:[ft]r?|r[ft]))(?P<quote>[\"'])(?!(?P=quote){2})[^\n]{0,300}?\{[^}\n]{0,300}(?:(?P=quote)|$)",
    re.MULTILINE,
)
"""Since Python 3.12 the members of an f-string may use its own quotes and go over several lines."""
_APOSTROPHE = re.compile(r"[^\W\d_]{2,}'[a-z]")
_EMPTY_ON_PURPOSE = re.compile(r"\s*(?:async |def |class |@|elif |else|except|finally|#|\.\.\.|$)")
"""What follows a header in an outline."""
_HEADER = re.compile(r"^[ \t]*(?:(?:async )?def \w+ *\(|from [\w.]+ import )", re.MULTILINE)
_OTHER_LANGUAGE = re.compile(r"^[ \t]*end[ \t]*$|[{;][ \t]*$|\bdo[ \t]*$", re.MULTILINE)
_STRING = re.compile(r"(?P<quote>[\"'])(?:(?!(?P=quote))[^\\\n]|\\.)*+(?P<end>(?P=quote))?")
_PYTHON_STRING = re.compile(rf"\"\"\"(?s:.*?)\"\"\"|'''(?s:.*?)'''|\#[^\n]*|{_STRING.pattern}")
_ILLUSTRATES = re.compile(r"\.\.\.|…|//|#|/\*")
_PAIRS = {")": "(", "]": "[", "}": "{"}


class Block(Struct, frozen=True):
    """One fenced block."""

    language: str
    text: str
    closed: bool = True


def blocks(text: str) -> list[Block]:
    """The fenced blocks, in order. The last one may be open."""
    found: list[Block] = []
    fence, indent, language, lines = "", 0, "", list[str]()
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if not fence and mark and len(mark[1]) <= _INDENT:
            indent, fence, language, lines = len(mark[1]), mark[2], mark[3].lower(), []
        elif fence and mark and _ends(mark, fence, indent):
            found.append(Block(language, "\n".join(lines)))
            fence = ""
        elif fence:
            lines.append(line)
    if fence:
        found.append(Block(language, "\n".join(lines), closed=False))
    return found


def _ends(mark: re.Match[str], fence: str, indent: int) -> bool:
    return len(mark[1]) <= indent + _INDENT and mark[2].startswith(fence) and not mark[3]


def fault(text: str, *, python: bool = False) -> str:
    """What is wrong with the first block that is wrong, in words; empty when all are well.

    `python` says that Python was asked for: then blocks that name no language may be meant, and text without blocks.
    """
    room = _LONGEST
    found = blocks(text)
    if not found and python and len(text) <= room and _HEADER.match(text) and _is_python(text):
        return _python(Block("python", text), only_colons=True)
    for block in found:
        room -= len(block.text)
        if room < 0:
            return ""
        if wrong := _wrong(block, python):
            return wrong
    return ""


def _wrong(block: Block, python: bool) -> str:
    if block.language in _PYTHON or (python and not block.language and _is_python(block.text)):
        return _python(block)
    return "a block of JSON does not parse" if block.language in _JSON and not _json(block.text) else ""


def _is_python(text: str) -> bool:
    return _HEADER.search(text) is not None and _OTHER_LANGUAGE.search(text) is None


def _python(block: Block, *, only_colons: bool = False) -> str:
    if _NO_PROGRAM.search(block.text):
        return ""
    source = textwrap.dedent(block.text)
    error = _complaint(source)
    if error is not None and _SHELL.search(source):
        source = _SHELL.sub("", source)
        error = _complaint(source)
    if error is None:
        return ""
    lines = source.rstrip().split("\n")
    if not block.closed and _at_end(error, lines):
        return "a code block is not closed"
    clear = _lacks_colon(error, lines) or (not only_colons and (_lacks_body(error, lines) or _stays_open(error, lines)))
    return f"a block of Python does not parse: {error.msg}, line {error.lineno}" if clear else ""


def _complaint(source: str) -> SyntaxError | None:
    """What the parser says; nothing where it gave up for reasons of its own."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(source, "<answer>", "exec", _TOP_LEVEL_AWAIT, dont_inherit=True)
    except SyntaxError as error:
        return error
    except (MemoryError, RecursionError, SystemError, ValueError):
        return None  # SystemError: CPython issue 106905, its trouble with being called again meanwhile
    return None


def _rest(error: SyntaxError, lines: list[str]) -> str:
    """What stands behind the place of the complaint in its line."""
    return lines[(error.lineno or 1) - 1][max((error.offset or 1) - 1, 0) :].strip()


def _at_end(error: SyntaxError, lines: list[str]) -> bool:
    at = error.lineno or 0
    return at > len(lines) or (at == len(lines) and not _rest(error, lines))


def _lacks_colon(error: SyntaxError, lines: list[str]) -> bool:
    """Is a colon missing at the end of a header that has a body?"""
    at = error.lineno or 0
    if not str(error.msg).startswith("expected ':'") or not 0 < at < len(lines):
        return False
    body = next((line for line in lines[at:] if line.strip()), "")
    return _rest(error, lines)[:1] in {"", "#"} and _indent(body) > _indent(lines[at - 1])


def _lacks_body(error: SyntaxError, lines: list[str]) -> bool:
    """Does another statement follow a header at once, as nobody writes who leaves something out?"""
    header = re.match(r"expected an indented block after .* on line (\d+)", str(error.msg))
    if header is None or not int(header[1]) < (error.lineno or 0) <= len(lines):
        return False
    between = lines[int(header[1]) : error.lineno]
    return not any(_EMPTY_ON_PURPOSE.match(line) for line in between)


def _stays_open(error: SyntaxError, lines: list[str]) -> bool:
    """Is a bracket or a quote not closed, and no excerpt, newer syntax or English the reason?"""
    source = "\n".join(lines)
    if "..." in lines[-1] or "…" in lines[-1] or _NEWER_QUOTES.search(source):
        return False
    if _OPEN.search(str(error.msg)):
        return not _APOSTROPHE.search(lines[min(max(error.lineno or 1, 1), len(lines)) - 1])
    bare = _PYTHON_STRING.sub(
        _open_quote, source
    )  # of a bracket that is open in the line of another error nothing is said
    return not _is_balanced(bare) and '"' not in bare


def _open_quote(string: re.Match[str]) -> str:
    """Nothing for a string, a quote for one that its line does not end."""
    return '"' if string["quote"] and not string["end"] else ""


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _json(text: str) -> bool:
    """Is it whole: JSON, several documents one a line, an excerpt, or what illustrates or comments?

    Only what stays open at its end, or is closed by another bracket, is not.
    """
    if not text.strip() or _parses(text) or all(_parses(line) for line in text.split("\n") if line.strip()):
        return True
    before, _, last = _STRING.sub(_open_quote, text.rstrip()).rpartition("\n")
    if '"' in before or _ILLUSTRATES.search(before + last):
        return True
    return _is_balanced(before + last) and '"' not in last


def _is_balanced(bare: str) -> bool:
    """Are all brackets closed that are opened? An excerpt may close others."""
    opened: list[str] = []
    for sign in bare:
        if sign in "([{":
            opened.append(sign)
        elif sign in _PAIRS and opened and opened.pop() != _PAIRS[sign]:
            return False
    return not opened


def _parses(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
