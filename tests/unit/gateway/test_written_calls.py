"""Calls that a model has written as text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarterrouter.gateway.written_calls import written_call

NAMES = ("f", "get_weather")
CALL = '{"name": "get_weather", "arguments": {"city": "Paris"}}'


@pytest.mark.parametrize(
    "text",
    [
        CALL,
        f"[{CALL}]",
        f"{CALL}\n{CALL}",
        f"```json\n{CALL}\n```",
        f"```\n[{CALL}]\n```",
        f"I will look.\n\n```json\n{CALL}\n```\n",
        f"<tool_call>\n{CALL}\n</tool_call>",
        "<function=get_weather>{}</function>",
        '<|python_tag|>get_weather.call(city="Paris")',
        f"[TOOL_CALLS][{CALL}]",
        "[TOOL_CALLS]get_weather{}",
        "<\uff5ctool\u2581calls\u2581begin\uff5c><\uff5ctool\u2581call\u2581begin\uff5c>function<\uff5ctool\u2581sep\uff5c>get_weather",
        '```tool_code\nprint(get_weather(city="Paris"))\n```',
        f"```tool_code\n{CALL}\n```",
        '{"type": "function", "name": "f", "parameters": {}}',
        '{"type": "function", "function": {"name": "f", "arguments": "{}"}}',
        '{"function": {"name": "f"}}',
        '{"function": "f", "parameters": {}}',
        '{"tool": "f", "arguments": {}}',
        f'{{"tool_calls": [{CALL}]}}',
        '{"name": "f", "arguments": {"a": ',
    ],
)
def test_a_call_is_known_in_each_form(text: str) -> None:
    assert written_call(text, NAMES)
    assert not written_call(text, ("g",))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "get_weather tells the weather.",
        '{"name": "f"}',
        '{"name": ["f"], "arguments": {}}',
        '{"city": "f", "arguments": {}}',
        '["f", 3]',
        '{"tool_calls": "f"}',
        '{"name": "f", "description": "It pings.", "parameters": {"type": "object", "properties": {}}}',
        '{"name": "f", "parameters": {"type": "object", "properties": {}}}',
        '{"name": "f", "value": ',
        f"One could write:\n```json\n{CALL}\n```\nThat would call it.",
        "```python\nget_weather()\n```",
        "```tool_code\nother()\n```",
        "A model marks its calls with <tool_call>.",
        "<function=other>",
        "[" * 100_000,
        "```",
    ],
)
def test_other_text_is_none(text: str) -> None:
    assert not written_call(text, NAMES)


@given(st.text(alphabet=st.sampled_from('f{}[]":,`\n<tool_call>name'), max_size=200))
def test_any_text_gives_an_answer(text: str) -> None:
    assert written_call(text, NAMES) in (True, False)
