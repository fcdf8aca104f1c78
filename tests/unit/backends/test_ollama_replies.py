"""Ollama's answers in OpenAI's shape."""

import base64
import struct
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarterrouter.backends.ollama_lines import Vectors, line
from smarterrouter.backends.ollama_replies import ChatPart, Head, TextPart, embeddings
from smarterrouter.errors import BackendGarbage
from smarterrouter.wire.sse import events as payloads


def says(**members: Any) -> bytes:
    return msgspec.json.encode({"model": "m", "created_at": "2026-01-01T00:00:00Z", "done": False, **members})


def message(content: str = "", **more: Any) -> bytes:
    return says(message={"role": "assistant", "content": content, **more})


DONE = says(
    message={"role": "assistant", "content": ""}, done=True, done_reason="stop", prompt_eval_count=3, eval_count=2
)


def streamed(*lines: bytes) -> list[dict[str, Any]]:
    """The events of one choice, the end included."""
    head = Head("m", chat=True)
    part = ChatPart(head, 0)
    out = b"".join(part.feed(line(each, "o")) for each in lines) + head.ending()
    *found, end = payloads(out)
    assert end == b"[DONE]"
    return [msgspec.json.decode(each) for each in found]


def whole(data: bytes) -> dict[str, Any]:
    head = Head("m", chat=True)
    decoded: dict[str, Any] = msgspec.json.decode(head.whole([ChatPart(head, 0).whole(line(data, "o"))]))
    return decoded


def test_w03_a_stream_has_role_deltas_one_reason_and_usage() -> None:
    events = streamed(message("Hel"), message("lo"), DONE)
    assert [event["choices"][0]["delta"] for event in events[:-1]] == [
        {"role": "assistant", "content": ""},
        {"content": "Hel"},
        {"content": "lo"},
        {},
    ]
    assert [event["choices"][0]["finish_reason"] for event in events[:-1]] == [None, None, None, "stop"]
    assert events[-1]["choices"] == []
    assert events[-1]["usage"] == {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
    assert len({event["id"] for event in events}) == 1
    assert all(event["object"] == "chat.completion.chunk" for event in events)


def test_w11_created_is_whole_seconds() -> None:
    assert all(type(event["created"]) is int for event in streamed(DONE))
    assert type(whole(DONE)["created"]) is int


@pytest.mark.parametrize(("given", "meant"), [("stop", "stop"), ("length", "length"), (None, "stop"), ("load", "stop")])
def test_w03_the_real_finish_reason(given: str | None, meant: str) -> None:
    last = says(message={"content": "x"}, done=True, done_reason=given)
    assert streamed(last)[-2]["choices"][0]["finish_reason"] == meant
    assert whole(last)["choices"][0]["finish_reason"] == meant


def test_w02_tool_calls_reach_the_caller_with_string_arguments_and_ids() -> None:
    calls = [
        {"function": {"index": 0, "name": "f", "arguments": {"city": "Zürich", "n": 1}}},
        {"id": "given", "function": {"name": "g", "arguments": "{}"}},
        {"function": {"name": "h"}},
    ]
    events = streamed(message(tool_calls=calls[:1]), message(tool_calls=calls[1:]), DONE)
    deltas = [call for event in events[:-1] for call in event["choices"][0]["delta"].get("tool_calls", [])]
    assert [call["index"] for call in deltas] == [0, 1, 2]
    assert msgspec.json.decode(deltas[0]["function"]["arguments"]) == {"city": "Zürich", "n": 1}
    assert deltas[0]["id"].startswith("call_")
    assert (deltas[1]["id"], deltas[1]["function"]["arguments"]) == ("given", "{}")
    assert deltas[2]["function"]["arguments"] == "{}"
    assert events[-2]["choices"][0]["finish_reason"] == "tool_calls"
    answer = whole(says(message={"content": "", "tool_calls": calls}, done=True, done_reason="stop"))["choices"][0]
    assert answer["finish_reason"] == "tool_calls"
    assert answer["message"]["content"] is None
    assert [call["function"]["name"] for call in answer["message"]["tool_calls"]] == ["f", "g", "h"]


def test_thinking_is_reasoning() -> None:
    events = streamed(message(thinking="hm"), message("x"), DONE)
    assert events[1]["choices"][0]["delta"] == {"reasoning_content": "hm"}
    answer = whole(says(message={"content": "x", "thinking": "hm"}, done=True))
    assert answer["choices"][0]["message"]["reasoning_content"] == "hm"


def test_a_last_line_may_still_say_something() -> None:
    last = says(message={"content": "all"}, done=True, done_reason="stop")
    assert [event["choices"][0]["delta"].get("content") for event in streamed(last)[:-1]] == ["", "all", None]


def test_missing_counts_are_zero() -> None:
    assert whole(says(message={"content": ""}, done=True))["usage"] == {
        "prompt_tokens": 0,
        "completion_tokens": 0,
        "total_tokens": 0,
    }


def test_logprobs_of_a_chat() -> None:
    token = {"token": "é", "logprob": -0.5, "top_logprobs": [{"token": "e", "logprob": -1.0, "bytes": [101]}]}
    wanted = {
        "content": [
            {
                "token": "é",
                "logprob": -0.5,
                "bytes": [195, 169],
                "top_logprobs": [{"token": "e", "logprob": -1.0, "bytes": [101]}],
            }
        ],
        "refusal": None,
    }
    data = says(message={"content": "é"}, logprobs=[token], done=True)
    assert streamed(data)[1]["choices"][0]["logprobs"] == wanted
    assert whole(data)["choices"][0]["logprobs"] == wanted


def test_text_completions() -> None:
    head = Head("m", chat=False)
    part = TextPart(head, 1, "Once")
    token = {"token": " upon", "logprob": -0.5, "top_logprobs": [{"token": " more", "logprob": -1.0}]}
    out = part.feed(line(says(response=" upon"), "o")) + part.feed(line(says(response=" a", logprobs=[token]), "o"))
    out += part.feed(line(says(response="", done=True, done_reason="length", eval_count=2), "o")) + head.ending()
    *events, end = payloads(out)
    found = [msgspec.json.decode(event) for event in events]
    assert end == b"[DONE]"
    assert [choice["text"] for event in found for choice in event["choices"]] == ["Once upon", " a", ""]
    assert {choice["index"] for event in found for choice in event["choices"]} == {1}
    assert found[1]["choices"][0]["logprobs"] == {
        "tokens": [" upon"],
        "token_logprobs": [-0.5],
        "top_logprobs": [{" more": -1.0}],
        "text_offset": [9],
    }
    assert found[2]["choices"][0]["finish_reason"] == "length"
    assert found[3]["usage"]["completion_tokens"] == 2
    assert found[0]["object"] == "text_completion"


@given(st.lists(st.lists(st.floats(-1, 1, width=32), min_size=1, max_size=9), max_size=4))
def test_vectors_survive_both_encodings(given: list[list[float]]) -> None:
    answer = Vectors(embeddings=given, prompt_eval_count=4)
    plain = msgspec.json.decode(embeddings(answer, "m", len(given), as_base64=False))
    assert [row["embedding"] for row in plain["data"]] == given
    packed = msgspec.json.decode(embeddings(answer, "m", len(given), as_base64=True))
    for row, vector in zip(packed["data"], given, strict=True):
        data = base64.b64decode(row["embedding"])
        assert list(struct.unpack(f"<{len(vector)}f", data)) == vector
    assert plain["usage"] == {"prompt_tokens": 4, "total_tokens": 4}


def test_a_vector_for_each_text_or_nothing() -> None:
    with pytest.raises(BackendGarbage):
        embeddings(Vectors(embeddings=None), "m", 1, as_base64=False)
