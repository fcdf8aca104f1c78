"""Can this answer be right?"""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.doubles.in_process import request

from smarterrouter.domain.intent import Category, Intent, Needs
from smarterrouter.gateway.heard import Called, Heard
from smarterrouter.gateway.verifying import KINDS, Expected, Tool, expected, fault
from smarterrouter.profiling.bank import OURS
from smarterrouter.profiling.base import Template
from smarterrouter.profiling.checks import Json
from smarterrouter.wire.calls import ChatCall

SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "days": {"type": "integer", "minimum": 1}},
    "required": ["city"],
    "additionalProperties": False,
}
WEATHER = {"type": "function", "function": {"name": "get_weather", "parameters": SCHEMA}}
TOOLS = (Tool("get_weather", SCHEMA), Tool("ping"))
CODE = Intent(Category.CODE, 0.5, Needs())
LOOP = "I will look again and " * 100
COUNTED = "".join(f"Step {number}: let me check that once again. " for number in range(100, 150))
WORDS = st.sampled_from(["type", "properties", "items", "required", "enum", "$ref", "minimum", "x"])
SCHEMAS = st.recursive(
    st.none() | st.booleans() | st.integers() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=10,
)


def wanted(intent: Intent | None = None, **members: Any) -> Expected | None:
    return expected(ChatCall.decode(request(**members)).request, intent)


def kind(want: Expected, heard: Heard) -> str:
    found = fault(want, heard)
    assert found is None or found.kind in KINDS
    return found.kind if found is not None else ""


def called(arguments: str = '{"city": "Paris"}', name: str = "get_weather", finish: str = "tool_calls") -> Heard:
    return Heard(calls=(Called(name, arguments),), finish=finish)


def test_what_a_request_wants_is_read_from_its_form() -> None:
    assert wanted() == Expected()
    assert wanted(max_tokens=5) == Expected(limited=True)
    assert wanted(CODE) == Expected(code=True)
    assert wanted(response_format={"type": "json_object"}) == Expected(json=True)
    nested = {"type": "json_schema", "json_schema": {"name": "x", "schema": SCHEMA}}
    assert wanted(response_format=nested) == Expected(json=True, json_schema=SCHEMA)
    assert wanted(response_format={"type": "json_schema", "json_schema": SCHEMA}) == Expected(
        json=True, json_schema=SCHEMA
    )
    assert wanted(tools=[WEATHER]) == Expected(tools=TOOLS[:1])
    assert wanted(tools=[WEATHER], tool_choice="none") == Expected()
    assert wanted(tools=[WEATHER], tool_choice="required") == Expected(tools=TOOLS[:1], must_call="*")
    named = {"type": "function", "function": {"name": "get_weather"}}
    assert wanted(tools=[WEATHER], tool_choice=named) == Expected(tools=TOOLS[:1], must_call="get_weather")
    assert wanted(functions=[{"name": "ping"}]) == Expected(tools=TOOLS[1:])
    old = {"name": "ping"}
    assert wanted(functions=[old], function_call=old) == Expected(tools=TOOLS[1:], must_call="ping")
    assert wanted(functions=[old], function_call="auto") == Expected(tools=TOOLS[1:])
    assert wanted(n=2) is None


@pytest.mark.parametrize(
    ("choice", "must_call"),
    [
        ("any", "*"),
        ("auto", ""),
        ({"type": "allowed_tools", "allowed_tools": {"mode": "required", "tools": [WEATHER]}}, "*"),
        ({"type": "allowed_tools", "mode": "required", "tools": [WEATHER]}, "*"),
        ({"type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": [WEATHER]}}, ""),
        ({"type": "function", "function": 3}, ""),
        ([], ""),
    ],
)
def test_calls_are_required_in_several_ways(choice: Any, must_call: str) -> None:
    assert wanted(tools=[WEATHER], tool_choice=choice) == Expected(tools=TOOLS[:1], must_call=must_call)


@pytest.mark.parametrize(
    ("content", "python"),
    [("Write a Python function.", True), ("Write a function.", False), ([{"type": "text", "text": "python!"}], True)],
)
def test_whether_python_is_meant_stands_in_the_last_message(content: Any, *, python: bool) -> None:
    messages = [{"role": "user", "content": "python?"}, {"role": "user", "content": content}]
    assert wanted(CODE, messages=messages) == Expected(code=True, python=python)
    assert wanted(CODE, messages=[{"role": "assistant", "content": "python"}]) == Expected(code=True)
    assert wanted(None, messages=messages) == Expected()


@pytest.mark.parametrize("template", OURS, ids=lambda template: template.id)
def test_right_answers_of_the_bank_are_never_faults(template: Template) -> None:
    for seed in range(3):
        task = template.make(seed)
        answer = template.reference(task)
        calls = tuple(Called(one.name, one.arguments) for one in answer.tool_calls)
        want = wanted(Intent(task.category, 0.5, Needs()), messages=task.messages, tools=list(task.tools) or None)
        assert want is not None
        forms = [want, msgspec.structs.replace(want, code=True, python=True)]
        if isinstance(task.check, Json):
            forms.append(msgspec.structs.replace(want, json=True, json_schema=task.check.schema))
        for form in forms:
            assert kind(form, Heard(answer.text, calls, answer.finish_reason)) == ""
            assert kind(form, Heard(answer.text, calls, complete=False)) == ""


def test_only_what_goes_beyond_form_is_worth_holding_a_stream_back() -> None:
    assert not Expected(limited=True).checkable
    assert all(want.checkable for want in (Expected(json=True), Expected(tools=TOOLS), Expected(code=True)))


@pytest.mark.parametrize("tools", [[3], [{"type": "computer"}], [WEATHER, {"type": "function", "function": {}}]])
def test_where_one_tool_cannot_be_read_no_name_is_surely_unknown(tools: list[Any]) -> None:
    assert wanted(tools=tools) == Expected()


@pytest.mark.parametrize(
    ("want", "heard", "expected"),
    [
        (Expected(), Heard("fine", finish="stop"), ""),
        (Expected(), Heard(" \n", finish="stop"), "empty"),
        (Expected(), Heard(finish="stop"), "empty"),
        (Expected(), Heard("half", finish="length"), "cut_off"),
        (Expected(limited=True), Heard("half", finish="length"), ""),
        (Expected(), Heard(LOOP, finish="length"), "repetition"),
        (Expected(), Heard(LOOP, complete=False), "repetition"),
        (Expected(json=True), Heard('{"a"', complete=False), ""),
        (Expected(json=True), Heard('{"a": 1}', finish="stop"), ""),
        (Expected(json=True), Heard('{"a": 123456789012345678901234567890}', finish="stop"), ""),
        (Expected(json=True), Heard('{"a": 1', finish="stop"), "json"),
        (Expected(json=True), Heard('{"a": NaN}', finish="stop"), "json"),
        (Expected(json=True), Heard('"text"', finish="stop"), "json"),
        (Expected(json=True), Heard('Sure! {"a": 1}', finish="stop"), "json"),
        (Expected(json=True, limited=True), Heard('{"a": 1', finish="length"), "cut_off"),
        (Expected(json=True, json_schema=SCHEMA), Heard('{"city": "Rome"}'), ""),
        (Expected(json=True, json_schema=SCHEMA), Heard('{"town": "Rome"}'), "schema"),
        (Expected(json=True, json_schema=SCHEMA), Heard('{"city": "Rome", "town": 1}'), "schema"),
        (Expected(json=True, json_schema=SCHEMA), Heard('{"city": "Rome", "days": 0}'), "schema"),
        (Expected(json=True, json_schema={"type": "string"}), Heard('"x"'), ""),
        (Expected(tools=TOOLS), Heard("I need no tool."), ""),
        (Expected(tools=TOOLS), called(), ""),
        (Expected(tools=TOOLS), called("", "ping"), ""),
        (Expected(tools=TOOLS), called(name="get_whether"), "tool_unknown"),
        (Expected(tools=TOOLS), called('{"city": 7}'), "tool_arguments"),
        (Expected(tools=TOOLS), called('{"city": '), "tool_arguments"),
        (Expected(tools=TOOLS), called("[]"), "tool_arguments"),
        (Expected(tools=TOOLS), called('{"city": ', finish="length"), "cut_off"),
        (Expected(tools=TOOLS), called('{"city": "' + LOOP), "repetition"),
        (Expected(limited=True), Heard(COUNTED, finish="length"), "repetition"),
        (Expected(), Heard(COUNTED, complete=False), "repetition"),
        (Expected(), Heard("The same line, once for each of them.\n" * 40), ""),
        (Expected(json=True), Heard(json.dumps([[int(i == j) for j in range(11)] for i in range(11)])), ""),
        (Expected(json=True), Heard(json.dumps([[0] * 40] * 40)[:2000], complete=False), ""),
        (Expected(tools=TOOLS), called(json.dumps({"cells": [[0] * 20] * 20}), "ping"), ""),
        (Expected(tools=TOOLS, must_call="*"), Heard("It is sunny."), "tool_missing"),
        (Expected(tools=TOOLS, must_call="*"), called("{}", "ping"), ""),
        (Expected(tools=TOOLS, must_call="get_weather"), called("{}", "ping"), "tool_unknown"),
        (Expected(tools=TOOLS), Heard('<tool_call>{"name": "get_weather"}'), "tool_as_text"),
        (Expected(tools=TOOLS), Heard('{"name": "get_weather", "arguments": {}}'), "tool_as_text"),
        (Expected(tools=TOOLS), Heard('```json\n{"name": "ping", "parameters": {}}\n```'), "tool_as_text"),
        (Expected(tools=TOOLS), Heard('{"name": "x", "arguments": {}}'), ""),
        (Expected(tools=TOOLS, json=True), Heard('{"name": "ping", "arguments": {}}'), ""),
        (Expected(tools=TOOLS, must_call="*"), Heard(beside=True), ""),
        (Expected(json=True), Heard(finish="stop", beside=True), ""),
        (Expected(), Heard('<tool_call>{"name": "x"}'), ""),
        (Expected(tools=TOOLS, json=True, json_schema=SCHEMA), called(), ""),
        (Expected(code=True), Heard("```python\nx = 1\n```"), ""),
        (Expected(code=True), Heard("```python\nx = (\n```"), "code"),
        (Expected(code=True, python=True), Heard("```\ndef f(\n```"), "code"),
        (Expected(code=True), Heard("```\ndef f(\n```"), ""),
        (Expected(code=True, limited=True), Heard("```python\nx = (", finish="length"), ""),
        (Expected(), Heard("```python\nx = (\n```"), ""),
        (Expected(json=True), Heard("x" * 300_000), ""),
    ],
)  # fmt: skip
def test_each_kind_of_fault(want: Expected, heard: Heard, expected: str) -> None:
    assert kind(want, heard) == expected


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#/$defs/a", "type": "object"},
        {"$ref": "#"},
        {"anyOf": [{"$ref": "#"}, {"$ref": "#"}]},
        {"type": "float"},
        {"type": "object", "additionalProperties": False, "patternProperties": {"^x": {}}},
        {"type": ["object"], "properties": 3},
        {"type": 7},
        {"type": "object", "required": 3},
        {"properties": {"x": True}},
        {"enum": 3},
    ],
)
def test_a_schema_that_we_do_not_understand_is_held_against_nobody(schema: dict[str, Any]) -> None:
    for text in ('{"x": 1}', "[1]", '"s"', "null"):
        assert kind(Expected(json=True, json_schema=schema), Heard(text, finish="stop")) in {"", "schema"}
    assert kind(Expected(json=True, json_schema=schema), Heard('{"x": 1}')) == ""


def test_a_part_that_refers_elsewhere_is_believed_and_the_rest_is_checked() -> None:
    schema = {"type": "object", "properties": {"a": {"$ref": "https://a.org/b"}}, "required": ["a"]}
    want = Expected(json=True, json_schema=schema)
    assert kind(want, Heard('{"a": 3}')) == ""
    assert kind(want, Heard('{"b": 3}')) == "schema"


@given(SCHEMAS)
def test_any_schema_gives_an_answer(schema: Any) -> None:
    if isinstance(schema, dict):
        fault(Expected(json=True, json_schema=schema), Heard(json.dumps(schema), finish="stop"))
    assert wanted(response_format={"type": "json_schema", "json_schema": schema}) is not None
