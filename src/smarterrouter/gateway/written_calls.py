"""Calls of tools that a model has written as text, so that no client will see them.

Each family of models has a form of its own, which its server should have read. Only names of tools that were offered
count: other JSON may be the answer itself.
"""

import json
import re
from collections.abc import Collection, Iterator
from itertools import islice
from typing import Any

from smarterrouter.gateway.code import blocks

_MARK = re.compile(
    r"<tool_call>|<\|tool_call|\[TOOL_CALLS\]|<function[=_]|<\|python_tag\|>|<\uff5ctool\u2581calls?\u2581begin\uff5c>"
)
_REACH = 300
"""Characters behind a mark within which the name of the tool stands."""
_MARKS = 8
"""So many of them are looked at: who writes more marks than that does not hide a call behind the ninth."""
_WORD = re.compile(r"[\w.-]+")
_CALLED = re.compile(r"(?<![\w.-])([\w.-]++)\s*+\(")
_JSON_FENCES = frozenset({"", "json", "tool_call", "tool_calls", "tool_code", "function_call"})
_CODE_FENCES = frozenset({"tool_code", "tool_call", "tool_calls", "function_call"})
_NAMES = ("name", "tool", "tool_name", "function")
_ARGUMENTS = frozenset({"arguments", "parameters", "args", "input", "tool_input"})
_CUT_CALL = re.compile(r'[\[\s]*\{\s*"(?:name|function|tool)"\s*:\s*"([^"\\]+)"\s*,\s*"(?:arguments|parameters)"\s*:')
_document = json.JSONDecoder()


def written_call(text: str, names: Collection[str]) -> bool:
    """Does the text call one of these tools?"""
    return _marked(text, names) or _is_call_text(text, names) or _fenced(text, names)


def _marked(text: str, names: Collection[str]) -> bool:
    marks = islice(_MARK.finditer(text), _MARKS)
    words = (word for mark in marks for word in _WORD.findall(text, mark.end(), mark.end() + _REACH))
    return any(word in names or word.partition(".")[0] in names for word in words)


def _fenced(text: str, names: Collection[str]) -> bool:
    """Does the text end with a block that is a call? One with words behind it is rather an example."""
    if not text.rstrip().endswith(("```", "~~~")):
        return False
    last = blocks(text)[-1:]
    return any(
        (block.language in _JSON_FENCES and _is_call_text(block.text, names))
        or (block.language in _CODE_FENCES and _called_in(block.text, names))
        for block in last
    )


def _called_in(code: str, names: Collection[str]) -> bool:
    return any(word in names or word.rpartition(".")[2] in names for word in _CALLED.findall(code))


def _is_call_text(text: str, names: Collection[str]) -> bool:
    """Does the text begin with a call in JSON? What stands behind it does not matter."""
    start = text.lstrip()
    if not start.startswith(("{", "[")):
        return False
    try:
        value, _ = _document.raw_decode(start)
    except (ValueError, RecursionError):
        cut = _CUT_CALL.match(start)
        return cut is not None and cut[1] in names
    return any(_is_call(one, names) for one in _members(value))


def _members(value: Any) -> Iterator[dict[str, Any]]:
    """The objects that may be calls."""
    listed = value.get("tool_calls", [value]) if isinstance(value, dict) else value
    yield from (one for one in listed if isinstance(one, dict)) if isinstance(listed, list) else ()


def _is_call(value: dict[str, Any], names: Collection[str]) -> bool:
    """Is it a call, and no description of the tool?"""
    inner = value.get("function")
    said = inner if isinstance(inner, dict) else value
    name = next((said[key] for key in _NAMES if isinstance(said.get(key), str)), None)
    if name not in names or "description" in said:
        return False
    arguments = next((said[key] for key in _ARGUMENTS if key in said), None)
    if isinstance(arguments, dict) and isinstance(arguments.get("properties"), dict):
        return False
    return said is inner or value.get("type") == "function" or not _ARGUMENTS.isdisjoint(said)
