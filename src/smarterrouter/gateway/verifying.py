"""Can this answer be right? Checks that need no model and no opinion: whatever fails one is of no use to the caller."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from smarterrouter.domain.intent import Category, Intent
from smarterrouter.gateway import code, repetition
from smarterrouter.gateway.heard import Called, Heard
from smarterrouter.profiling import schema
from smarterrouter.wire.chat import ChatRequest

_LONGEST = 256 * 1024
"""Characters of text or arguments that are looked at; a longer answer passes."""
_BLIND = frozenset({"$ref", "$dynamicRef", "patternProperties", "prefixItems", "nullable", "if", "not"})
"""Keywords beside which the others that we know may mean something else: such a schema is not held against anybody."""
_CUT = "length"


class Fault(msgspec.Struct, frozen=True):
    """What is wrong with an answer."""

    kind: str
    """One of `KINDS`: for headers, records and metrics."""
    detail: str = ""
    """For the debug log; it may hold words of the answer."""


KINDS = (
    "empty",
    "cut_off",
    "repetition",
    "json",
    "schema",
    "tool_missing",
    "tool_unknown",
    "tool_arguments",
    "tool_as_text",
    "code",
)
"""All kinds of faults."""


class Tool(msgspec.Struct, frozen=True):
    """One tool that the caller offered."""

    name: str
    parameters: Mapping[str, Any] | None = None


class Expected(msgspec.Struct, frozen=True):
    """What the answer to one request has to be."""

    json: bool = False
    json_schema: Mapping[str, Any] | None = None
    tools: tuple[Tool, ...] = ()
    must_call: str = ""
    """The tool that has to be called, `*` for any, empty for none."""
    code: bool = False
    """Is the request about code, so that code blocks of the answer are worth parsing?"""
    limited: bool = False
    """Did the caller limit the length of the answer?"""

    @property
    def checkable(self) -> bool:
        """Can more be checked than whether there is an answer at all? A stream is held back only then."""
        return self.json or bool(self.tools) or self.code


def expected(request: ChatRequest, intent: Intent | None) -> Expected | None:
    """What can be checked; None where an answer has several choices, because then no single one counts."""
    if (request.n or 1) > 1:
        return None
    tools = _tools(request) if request.wants_tools else ()
    return Expected(
        json=request.wants_json,
        json_schema=_schema(request),
        tools=tools,
        must_call=_must_call(request.tool_choice) if tools else "",
        code=intent is not None and intent.category is Category.CODE,
        limited=request.answer_tokens > 0,
    )


def fault(wanted: Expected, heard: Heard) -> Fault | None:
    """The first thing that is wrong; None for an answer that passes. Half an answer is only looked at for loops."""
    if len(heard.text) > _LONGEST or sum(len(call.arguments) for call in heard.calls) > _LONGEST:
        return None
    checks = (_repeats,) if not heard.complete else (_empty, _repeats, _cut_off, _tool_calls, _document, _code)
    return next((found for check in checks if (found := check(wanted, heard)) is not None), None)


def _empty(wanted: Expected, heard: Heard) -> Fault | None:
    return Fault("empty") if not heard.calls and not heard.text.strip() else None


def _repeats(wanted: Expected, heard: Heard) -> Fault | None:
    arguments = "".join(call.arguments for call in heard.calls)
    return Fault("repetition") if repetition.degenerate(heard.text) or repetition.degenerate(arguments) else None


def _cut_off(wanted: Expected, heard: Heard) -> Fault | None:
    """A caller who limits the length knows that text may be cut; half a document or call is of no use to anybody."""
    needs_end = wanted.json or bool(heard.calls)
    return Fault("cut_off") if heard.finish == _CUT and (needs_end or not wanted.limited) else None


def _tool_calls(wanted: Expected, heard: Heard) -> Fault | None:
    if not wanted.tools:
        return None
    if not heard.calls:
        if wanted.must_call:
            return Fault("tool_missing", wanted.must_call)
        return Fault("tool_as_text", heard.text[:80]) if _written_call(heard.text) else None
    known = {tool.name: tool for tool in wanted.tools}
    return next((found for call in heard.calls if (found := _call(wanted, known, call)) is not None), None)


def _call(wanted: Expected, known: Mapping[str, Tool], call: Called) -> Fault | None:
    tool = known.get(call.name)
    if tool is None or wanted.must_call not in {"", "*", call.name}:
        return Fault("tool_unknown", call.name[:80])
    read, arguments = _read(call.arguments.strip() or "{}")
    if not read or not isinstance(arguments, dict):
        return Fault("tool_arguments", "the arguments are no JSON object")
    wrong = _misfit(tool.parameters, arguments)
    return Fault("tool_arguments", wrong) if wrong else None


def _document(wanted: Expected, heard: Heard) -> Fault | None:
    if not wanted.json or heard.calls:
        return None
    read, value = _read(heard.text)
    if not read or (wanted.json_schema is None and not isinstance(value, dict | list)):
        return Fault("json", "the text is no JSON document")
    wrong = _misfit(wanted.json_schema, value)
    return Fault("schema", wrong) if wrong else None


def _code(wanted: Expected, heard: Heard) -> Fault | None:
    wrong = code.fault(heard.text) if wanted.code and not wanted.json and heard.finish != _CUT else ""
    return Fault("code", wrong) if wrong else None


def _read(text: str) -> tuple[bool, Any]:
    """Whether the text is JSON as the standard has it (no NaN), and its value."""
    try:
        return True, msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        pass
    try:  # numbers beyond 64 bits are JSON too
        return True, json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return False, None


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _misfit(wanted: Mapping[str, Any] | None, value: Any) -> str:
    """What does not fit the schema; nothing where the schema says more than we understand, or makes no sense."""
    if not wanted or _blind(wanted):
        return ""
    try:
        return schema.fault(wanted, value)
    except (TypeError, ValueError, AttributeError, KeyError, RecursionError):
        return ""


def _blind(part: Any, depth: int = 0) -> bool:
    if depth > 64:
        return True
    if isinstance(part, Mapping):
        alone = set(part) <= {"$ref", "description", "title", "default"}
        if not alone and not _BLIND.isdisjoint(part):
            return True
        return any(_blind(inner, depth + 1) for inner in part.values())
    return isinstance(part, list) and any(_blind(inner, depth + 1) for inner in part)


def _schema(request: ChatRequest) -> Mapping[str, Any] | None:
    """The schema of `response_format`, as OpenAI nests it or bare."""
    given = request.response_format.json_schema if request.response_format is not None else None
    if not isinstance(given, dict):
        return None
    inner = given.get("schema")
    return inner if isinstance(inner, dict) else given if "type" in given or "properties" in given else None


class _Described(msgspec.Struct):
    name: str = ""
    parameters: Any = None


class _Offered(msgspec.Struct):
    function: _Described | None = None


_offered = msgspec.json.Decoder(_Offered)
_described = msgspec.json.Decoder(_Described)


def _tools(request: ChatRequest) -> tuple[Tool, ...]:
    """The offered tools; none at all when one cannot be read, because then no name is surely unknown."""
    found: list[Tool] = []
    try:
        functions = [_offered.decode(raw).function for raw in request.tools or ()]
        functions += [_described.decode(raw) for raw in request.functions or ()]
    except (msgspec.DecodeError, RecursionError):
        return ()
    for one in functions:
        if one is None or not one.name:
            return ()
        found.append(Tool(one.name, one.parameters if isinstance(one.parameters, dict) else None))
    return tuple(found)


def _must_call(choice: Any) -> str:
    if choice == "required":
        return "*"
    function = choice.get("function") if isinstance(choice, dict) else None
    name = function.get("name") if isinstance(function, dict) else None
    return name if isinstance(name, str) else ""


_WRITTEN: tuple[Callable[[str], Any], ...] = (
    re.compile(r"<tool_call>|<\|tool_call|\[TOOL_CALLS\]|<function[=_]|<\|python_tag\|>").search,
    re.compile(
        r'\s*(?:```(?:json)?\s*)?\{\s*"(?:name|function)"\s*:\s*"[\w.-]+"\s*,\s*"(?:arguments|parameters)"\s*:'
    ).match,
)


def _written_call(text: str) -> bool:
    """Is this a call that the model wrote as text, so that no client will see it?"""
    return any(looks(text) for looks in _WRITTEN)
