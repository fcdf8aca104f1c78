"""Well-formed is not the same as right."""

import pytest

from smarterrouter.domain.intent import Category
from smarterrouter.profiling.base import Answer, Task, ToolCall
from smarterrouter.profiling.checks import Call, Exact, Json, ToolCalls
from smarterrouter.profiling.validity import well_formed

MESSAGES = ({"role": "user", "content": "x"},)
TOOLS = ({"type": "function", "function": {"name": "add", "parameters": {}}},)
CALLING = Task("t#1", Category.TOOLS, 0.0, MESSAGES, ToolCalls((Call("add", {"a": 1}),)), tools=TOOLS)
FORMED = Task("t#1", Category.TOOLS, 0.0, MESSAGES, Json(value={"a": 1}))


@pytest.mark.parametrize(
    ("calls", "expected"),
    [
        ((), False),
        ((ToolCall("add", '{"a": 2}'),), True),
        ((ToolCall("add", '{"a": '),), False),
        ((ToolCall("add", "[1]"),), False),
        ((ToolCall("subtract", "{}"),), False),
        ((ToolCall("add", "{}"), ToolCall("add", "")), False),
    ],
)
def test_tool_calls(calls, expected):
    assert well_formed(CALLING, Answer(tool_calls=calls)) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [('{"a": 2}', True), (" [1]\n", True), ('```json\n{"a": 1}\n```', False), ("", False), ("[" * 9999, False)],
)
def test_json(text, expected):
    assert well_formed(FORMED, Answer(text)) is expected


def test_other_tasks_have_no_form():
    assert well_formed(Task("t#1", Category.CHAT, 0.0, MESSAGES, Exact(("a",))), Answer("b")) is None
    assert well_formed(Task("t#1", Category.TOOLS, 0.0, MESSAGES, ToolCalls(), tools=TOOLS), Answer("b")) is None


def test_a_response_format_asks_for_json_whatever_the_check():
    task = Task("t#1", Category.CHAT, 0.0, MESSAGES, Exact(("a",)), response_format={"type": "json_object"})
    assert well_formed(task, Answer("b")) is False
