"""Do the code blocks of an answer parse? Python and JSON only: for other languages there is no parser at hand."""

import ast
import json
import re
import textwrap
import warnings

from msgspec import Struct

_FENCE = re.compile(r"^[ \t]{0,3}(`{3,}|~{3,})[ \t]*([\w+#.-]*)[^\n`]*$")
_PYTHON = frozenset({"python", "py", "python3"})
_JSON = frozenset({"json"})
_LONGEST = 16 * 1024
"""Characters of all blocks of an answer that are parsed, the first ones first: the event loop waits meanwhile."""
_TOP_LEVEL_AWAIT = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT


class Block(Struct, frozen=True):
    """One fenced block."""

    language: str
    text: str
    closed: bool = True


def blocks(text: str) -> list[Block]:
    """The fenced blocks, in order. The last one may be open."""
    found: list[Block] = []
    fence, language, lines = "", "", list[str]()
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if not fence and mark:
            fence, language, lines = mark[1], mark[2].lower(), []
        elif fence and mark and mark[1].startswith(fence) and not mark[2]:
            found.append(Block(language, "\n".join(lines)))
            fence = ""
        elif fence:
            lines.append(line)
    if fence:
        found.append(Block(language, "\n".join(lines), closed=False))
    return found


def fault(text: str) -> str:
    """What is wrong with the first block that is wrong, in words; empty when all are well."""
    found = blocks(text)
    if found and not found[-1].closed:
        return "a code block is not closed"
    room = _LONGEST
    for block in found:
        room -= len(block.text)
        if room < 0:
            return ""
        if block.language in _PYTHON and (wrong := _python(block.text)):
            return wrong
        if block.language in _JSON and not _json(block.text):
            return "a block of JSON does not parse"
    return ""


def _python(text: str) -> str:
    if ">>> " in text:
        return ""  # a session, not a program
    lines = ["" if line.lstrip().startswith(("%", "!", "$ ")) else line for line in text.split("\n")]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(textwrap.dedent("\n".join(lines)), "<answer>", "exec", _TOP_LEVEL_AWAIT, dont_inherit=True)
    except SyntaxError as error:
        return f"a block of Python does not parse: {error.msg}, line {error.lineno}"
    except (ValueError, MemoryError, RecursionError):
        return "a block of Python does not parse"
    except SystemError:
        return ""  # CPython issue 106905: the parser's own trouble with being called again meanwhile
    return ""


def _json(text: str) -> bool:
    """Is it JSON, several documents one a line, or an illustration that leaves things out or comments on them?"""
    if not text.strip() or "..." in text or "…" in text or "//" in text:
        return True
    return _parses(text) or all(_parses(line) for line in text.split("\n") if line.strip())


def _parses(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
