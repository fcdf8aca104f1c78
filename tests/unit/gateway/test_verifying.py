"""Can this answer be right?"""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.doubles.in_process import request

from smarterrouter.domain.intent import Category, Intent, Needs
from smarterrouter.gateway.heard import Called, Heard
from smarterrouter.gateway.verifying import KINDS, Expected, Tool, expected, fault
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
LOOP = "again and " * 200
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
    assert wanted(n=2) is None


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
        (Expected(tools=TOOLS, must_call="*"), Heard("It is sunny."), "tool_missing"),
        (Expected(tools=TOOLS, must_call="*"), called("{}", "ping"), ""),
        (Expected(tools=TOOLS, must_call="get_weather"), called("{}", "ping"), "tool_unknown"),
        (Expected(tools=TOOLS), Heard('<tool_call>{"name": "get_weather"}'), "tool_as_text"),
        (Expected(tools=TOOLS), Heard('{"name": "get_weather", "arguments": {}}'), "tool_as_text"),
        (Expected(tools=TOOLS), Heard('```json\n{"name": "x", "parameters": {}}\n```'), "tool_as_text"),
        (Expected(), Heard('<tool_call>{"name": "x"}'), ""),
        (Expected(tools=TOOLS, json=True, json_schema=SCHEMA), called(), ""),
        (Expected(code=True), Heard("```python\nx = 1\n```"), ""),
        (Expected(code=True), Heard("```python\nx = (\n```"), "code"),
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
        {"type": "object", "additionalProperties": False, "patternProperties": {"^x": {}}},
        {"type": "string", "nullable": True},
        {"type": ["object"], "properties": 3},
        {"type": 7},
        {"type": "object", "required": 3},
        {"properties": {"x": True}},
        {"items": True, "type": "array"},
        {"enum": 3},
    ],
)
def test_a_schema_that_we_do_not_understand_is_held_against_nobody(schema: dict[str, Any]) -> None:
    for text in ('{"x": 1}', "[1]", '"s"', "null"):
        assert kind(Expected(json=True, json_schema=schema), Heard(text, finish="stop")) in {"", "schema"}
    assert kind(Expected(json=True, json_schema=schema), Heard('{"x": 1}')) == "" or schema == {
        "items": True,
        "type": "array",
    }


def test_a_part_that_refers_elsewhere_is_believed_and_the_rest_is_checked() -> None:
    schema = {"type": "object", "properties": {"a": {"$ref": "#/$defs/a"}}, "required": ["a"]}
    want = Expected(json=True, json_schema=schema)
    assert kind(want, Heard('{"a": 3}')) == ""
    assert kind(want, Heard('{"b": 3}')) == "schema"


@given(SCHEMAS)
def test_any_schema_gives_an_answer(schema: Any) -> None:
    if isinstance(schema, dict):
        fault(Expected(json=True, json_schema=schema), Heard(json.dumps(schema), finish="stop"))
    assert wanted(response_format={"type": "json_schema", "json_schema": schema}) is not None
