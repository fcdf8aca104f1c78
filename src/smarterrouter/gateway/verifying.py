"""Can this answer be right? Checks that need no model and no opinion: whatever fails one is of no use to the caller."""

import json
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from smarterrouter.domain.intent import Category, Intent
from smarterrouter.gateway import code, repetition
from smarterrouter.gateway.heard import Called, Heard
from smarterrouter.gateway.written_calls import written_call
from smarterrouter.profiling import schema
from smarterrouter.wire.chat import ChatRequest
from smarterrouter.wire.content import text_of

_LONGEST = 256 * 1024
"""Characters of text or arguments that are looked at; a longer answer passes."""
_CUT = "length"
_ASKED = 8 * 1024
"""Characters at the end of the last message that are looked at for the name of a language."""
_PYTHON = re.compile(r"\bpython\b", re.IGNORECASE)


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
    python: bool = False
    """Is it Python that was asked for?"""
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
    code = intent is not None and intent.category is Category.CODE
    return Expected(
        json=request.wants_json,
        json_schema=_schema(request),
        tools=tools,
        must_call=_must_call(request) if tools else "",
        code=code,
        python=code and _asks_for_python(request),
        limited=request.answer_tokens > 0,
    )


def fault(wanted: Expected, heard: Heard) -> Fault | None:
    """The first thing that is wrong; None for an answer that passes. Half an answer is only looked at for loops.

    A refusal in a member of its own and an answer in sound are answers: there is nothing to check.
    """
    if heard.beside:
        return None
    if len(heard.text) > _LONGEST or sum(len(call.arguments) for call in heard.calls) > _LONGEST:
        return None
    checks = (_repeats,) if not heard.complete else (_empty, _repeats, _cut_off, _tool_calls, _document, _code)
    return next((found for check in checks if (found := check(wanted, heard)) is not None), None)


def _empty(wanted: Expected, heard: Heard) -> Fault | None:
    return Fault("empty") if not heard.calls and not heard.text.strip() else None


def _repeats(wanted: Expected, heard: Heard) -> Fault | None:
    finish = heard.finish or ("stop" if heard.complete else "")
    said = heard.text, *(call.arguments for call in heard.calls)
    return Fault("repetition") if any(repetition.degenerate(text, finish) for text in said) else None


def _cut_off(wanted: Expected, heard: Heard) -> Fault | None:
    """A caller who limits the length knows that text may be cut; half a document or call is of no use to anybody."""
    needs_end = wanted.json or bool(heard.calls)
    return Fault("cut_off") if heard.finish == _CUT and (needs_end or not wanted.limited) else None


def _tool_calls(wanted: Expected, heard: Heard) -> Fault | None:
    if not wanted.tools:
        return None
    known = {tool.name: tool for tool in wanted.tools}
    if not heard.calls:
        if wanted.must_call:
            return Fault("tool_missing", wanted.must_call)
        return Fault("tool_as_text", heard.text[:80]) if not wanted.json and written_call(heard.text, known) else None
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
    if not wanted.code or wanted.json or heard.finish == _CUT:
        return None
    wrong = code.fault(heard.text, python=wanted.python)
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
    """What does not fit the schema; nothing where the schema makes no sense."""
    if not wanted:
        return ""
    try:
        return schema.fault(wanted, value)
    except (TypeError, ValueError, AttributeError, KeyError, RecursionError):
        return ""


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


def _must_call(request: ChatRequest) -> str:
    """The name that has to be called: of a tool, of one of several allowed ones, or in the older way of a function."""
    choice = request.tool_choice
    if choice in ("required", "any") or _member(choice, "mode") == "required":
        return "*"
    if _member(_member(choice, "allowed_tools"), "mode") == "required":
        return "*"
    name = _member(_member(choice, "function"), "name") or _member(request.function_call, "name")
    return name if isinstance(name, str) else ""


def _member(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None


def _asks_for_python(request: ChatRequest) -> bool:
    asked = next((message for message in reversed(request.messages) if message.role == "user"), None)
    return asked is not None and _PYTHON.search(text_of(asked)[-_ASKED:]) is not None
