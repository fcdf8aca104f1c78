"""Messages and tools from OpenAI's shape to Ollama's."""

from typing import Any

import msgspec
import pytest

from smarterrouter.backends.ollama_messages import offered, translate
from smarterrouter.errors import CannotHonour
from smarterrouter.wire.chat import Message

PIXEL = "iVBORw0KGgo="


def translated(*messages: dict[str, Any]) -> tuple[list[dict[str, Any]], set[str]]:
    notes: set[str] = set()
    return translate(msgspec.convert(list(messages), list[Message]), notes), notes


def test_w02_tool_history_keeps_calls_results_and_names() -> None:
    call = {"id": "call_7", "type": "function", "function": {"name": "get_weather", "arguments": '{"city": "Oslo"}'}}
    made, notes = translated(
        {"role": "user", "content": "Weather?"},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_7", "content": "rain"},
    )
    assert made[1] == {
        "role": "assistant",
        "content": "",
        "tool_calls": [{"id": "call_7", "function": {"name": "get_weather", "arguments": {"city": "Oslo"}}}],
    }
    assert made[2] == {"role": "tool", "content": "rain", "tool_call_id": "call_7", "tool_name": "get_weather"}
    assert notes == set()


def test_w05_images_become_bare_base64_beside_the_text() -> None:
    image = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PIXEL}"}}
    made, _ = translated({"role": "user", "content": [{"type": "text", "text": "What is this?"}, image, image]})
    assert made == [{"role": "user", "content": "What is this?", "images": [PIXEL, PIXEL]}]


def test_w05_a_message_may_be_an_image_alone() -> None:
    image = {"type": "image_url", "image_url": f"data:image/jpeg;base64,{PIXEL}"}
    assert translated({"role": "user", "content": [image]})[0] == [{"role": "user", "content": "", "images": [PIXEL]}]


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/x.png", "https://example.org/x.png", "data:image/svg+xml,<svg/>", PIXEL]
)
def test_images_that_are_not_inline_are_refused_and_never_fetched(url: str) -> None:
    with pytest.raises(CannotHonour, match="data URL"):
        translated({"role": "user", "content": [{"type": "image_url", "image_url": {"url": url}}]})


def test_parts_that_ollama_does_not_know_are_refused() -> None:
    with pytest.raises(CannotHonour, match="input_audio"):
        translated({"role": "user", "content": [{"type": "input_audio", "input_audio": {"data": ""}}]})


def test_text_parts_are_joined_and_roles_translated() -> None:
    parts = [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]
    made, _ = translated(
        {"role": "developer", "content": parts},
        {"role": "function", "name": "f", "content": "1"},
        {"role": "assistant", "content": "x", "reasoning_content": "hm"},
        {"role": "assistant", "content": "y", "reasoning": "ho"},
    )
    assert made == [
        {"role": "system", "content": "a\nb"},
        {"role": "tool", "content": "1", "tool_name": "f"},
        {"role": "assistant", "content": "x", "thinking": "hm"},
        {"role": "assistant", "content": "y", "thinking": "ho"},
    ]


def test_what_is_left_out_is_noted() -> None:
    image = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PIXEL}", "detail": "high"}}
    _, notes = translated({"role": "user", "name": "Ann", "content": [image]})
    assert notes == {"messages.name", "messages.image_url.detail"}


@pytest.mark.parametrize("arguments", ["{", "[]", "1", '"x"', "[" * 5000])
def test_broken_arguments_are_refused(arguments: str) -> None:
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": arguments}}
    with pytest.raises(CannotHonour, match="tool call c"):
        translated({"role": "assistant", "tool_calls": [call]})


def test_missing_arguments_are_none() -> None:
    call = {"type": "function", "function": {"name": "f", "arguments": ""}}
    made, _ = translated({"role": "assistant", "tool_calls": [call]})
    assert made[0]["tool_calls"] == [{"function": {"name": "f", "arguments": {}}}]


def test_calls_of_other_kinds_are_refused() -> None:
    with pytest.raises(CannotHonour, match="custom"):
        translated({"role": "assistant", "tool_calls": [{"id": "c", "type": "custom"}]})


def test_tools_are_passed_on_as_they_came() -> None:
    raw = msgspec.Raw(b'{"type":"function", "function":{"name":"f","parameters":{"x-own":1.50}}}')
    notes: set[str] = set()
    assert offered([raw], notes) == [raw]
    assert notes == set()


def test_strict_tools_are_noted_and_other_kinds_refused() -> None:
    notes: set[str] = set()
    offered([msgspec.Raw(b'{"type":"function","function":{"name":"f","strict":true}}')], notes)
    assert notes == {"tools.function.strict"}
    for bad in (b'{"type":"custom","custom":{}}', b'"x"'):
        with pytest.raises(CannotHonour):
            offered([msgspec.Raw(bad)], set())
