"""What a model has said in an answer."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.doubles.in_process import COUNTS, ROLE, STOP, STREAM, USAGE, WHOLE, chunk, event

from smarterrouter.gateway.heard import Called, Heard, heard_events, heard_whole
from smarterrouter.wire import sse
from smarterrouter.wire.chat import Usage


def whole(finish: str = "stop", **message: object) -> bytes:
    return json.dumps({"choices": [{"index": 0, "message": message, "finish_reason": finish}]}).encode()


def test_a_whole_answer() -> None:
    assert heard_whole(WHOLE) == Heard("Hello.", finish="stop", usage=Usage(**USAGE))


def test_a_stream_says_the_same() -> None:
    assert heard_events(b"".join(step for step in STREAM if isinstance(step, bytes))) == heard_whole(WHOLE)


def test_a_stream_without_its_end_is_not_complete() -> None:
    assert not heard_events(ROLE + chunk({"content": "Hel"})).complete
    assert not heard_events(ROLE + STOP).complete
    assert heard_events(ROLE + STOP + COUNTS).complete


def test_tool_calls_are_put_together_by_their_number() -> None:
    block = b"".join(
        chunk({"tool_calls": [{"index": index, "function": function}]})
        for index, function in [
            (0, {"name": "a", "arguments": ""}),
            (1, {"name": "b", "arguments": '{"y"'}),
            (0, {"arguments": '{"x":1}'}),
            (1, {"arguments": ":2}"}),
        ]
    )
    assert heard_events(block + sse.DONE).calls == (Called("a", '{"x":1}'), Called("b", '{"y":2}'))


@pytest.mark.parametrize(
    "message",
    [
        {"tool_calls": [{"id": "1", "function": {"name": "a", "arguments": '{"x":1}'}}]},
        {"tool_calls": [{"id": "1", "function": {"name": "a", "arguments": {"x": 1}}}]},
        {"function_call": {"name": "a", "arguments": '{"x":1}'}},
    ],
)
def test_tool_calls_of_a_whole_answer_in_every_shape(message: dict[str, object]) -> None:
    assert heard_whole(whole("tool_calls", **message)).calls == (Called("a", '{"x":1}'),)


def test_parts_are_text_and_reasoning_is_not() -> None:
    assert heard_whole(whole(content=[{"type": "text", "text": "a"}, {"type": "x"}, "b"])).text == "a"
    assert heard_whole(whole(content="a", reasoning_content="hm")).text == "a"


@pytest.mark.parametrize("said", [{"refusal": "I cannot."}, {"audio": {"id": "1", "data": "AAAA"}}])
def test_a_refusal_and_sound_are_heard(said: dict[str, Any]) -> None:
    assert heard_whole(whole(content=None, **said)) == Heard(finish="stop", beside=True)
    assert heard_events(chunk({"content": ""}) + chunk(said) + STOP + sse.DONE).beside
    assert not heard_whole(whole(content="a", refusal=None, audio=None)).beside


@pytest.mark.parametrize(
    "odd", [{"usage": {"prompt_tokens": None}}, {"usage": {"prompt_tokens": 1.5}}, {"usage": "x"}, {"usage": []}]
)
def test_odd_counts_and_reasons_are_no_reason_to_miss_what_was_said(odd: dict[str, object]) -> None:
    choice = {"message": {"content": "a", "tool_calls": [{"index": "0", "function": {"name": "f"}}]}}
    body = json.dumps({"choices": [{**choice, "finish_reason": 3}], **odd}).encode()
    assert heard_whole(body) == Heard("a", (Called("f", ""),))


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"choices": 3}', b"\xff"])
def test_what_cannot_be_read_says_nothing(body: bytes) -> None:
    assert heard_whole(body) == Heard()
    assert heard_events(event({}) + b"data: " + body + b"\n\n").text == ""


@given(st.binary(max_size=300))
def test_any_bytes_give_an_answer(block: bytes) -> None:
    assert isinstance(heard_events(block), Heard)
    assert isinstance(heard_whole(block), Heard)
