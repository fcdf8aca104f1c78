from typing import Any

import msgspec
import pytest

from smarterrouter.wire.chat import (
    AnswerMessage,
    ChatChunk,
    ChatCompletion,
    ChatRequest,
    Choice,
    ChunkChoice,
    CompletionRequest,
    Delta,
    SeenAnswer,
    Usage,
)


def request(**members: Any) -> ChatRequest:
    body = {"messages": [{"role": "user", "content": "hi"}], **members}
    return msgspec.json.decode(msgspec.json.encode(body), type=ChatRequest)


TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}


def test_w02_a_conversation_with_tools_is_read_whole() -> None:
    messages = [
        {"role": "developer", "content": "be short"},
        {"role": "user", "content": [{"type": "text", "text": "weather?"}]},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "f", "arguments": '{"a":1}'}}],
        },
        {"role": "tool", "tool_call_id": "c1", "content": "sunny"},
    ]
    read = request(messages=messages, tools=[TOOL]).messages
    assert [message.role for message in read] == ["developer", "user", "assistant", "tool"]
    assert read[2].tool_calls is not None
    assert read[2].tool_calls[0].function is not None
    assert read[2].tool_calls[0].function.arguments == '{"a":1}'
    assert read[3].tool_call_id == "c1"


def test_images_in_both_spellings_and_unknown_parts_are_read() -> None:
    parts = [
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA==", "detail": "low"}},
        {"type": "image_url", "image_url": "https://example.org/a.png"},
        {"type": "input_audio", "input_audio": {"data": "AA==", "format": "wav"}},
    ]
    content = request(messages=[{"role": "user", "content": parts}]).messages[0].content
    assert content is not None
    assert [part.type for part in content if not isinstance(part, str)] == ["image_url", "image_url", "input_audio"]


@pytest.mark.parametrize(
    ("members", "tokens"),
    [({}, 0), ({"max_tokens": 9}, 9), ({"max_tokens": 9, "max_completion_tokens": 5}, 5), ({"max_tokens": -1}, 0)],
)
def test_how_many_tokens_are_asked_for(members: dict[str, Any], tokens: int) -> None:
    assert request(**members).answer_tokens == tokens


@pytest.mark.parametrize(
    ("kind", "wanted"), [(None, False), ("text", False), ("json_object", True), ("json_schema", True)]
)
def test_json_is_wanted_when_the_format_says_so(kind: str | None, *, wanted: bool) -> None:
    assert request(response_format=kind and {"type": kind}).wants_json is wanted


@pytest.mark.parametrize(
    ("members", "wanted"),
    [
        ({}, False),
        ({"tools": []}, False),
        ({"tools": [TOOL]}, True),
        ({"functions": [{"name": "f"}]}, True),
        ({"tools": [TOOL], "tool_choice": "none"}, False),
        ({"tools": [TOOL], "tool_choice": {"type": "function", "function": {"name": "f"}}}, True),
    ],
)
def test_tools_are_wanted_unless_forbidden(members: dict[str, Any], *, wanted: bool) -> None:
    assert request(**members).wants_tools is wanted


@pytest.mark.parametrize(
    ("options", "wanted"),
    [(None, False), ({}, False), ({"include_usage": False}, False), ({"include_usage": True}, True)],
)
def test_the_usage_chunk_is_wanted_when_asked_for(options: dict[str, bool] | None, *, wanted: bool) -> None:
    assert request(stream_options=options).wants_usage is wanted
    text = msgspec.convert({"prompt": "x", "stream_options": options}, CompletionRequest)
    assert text.wants_usage is wanted


@pytest.mark.parametrize(
    "members",
    [
        {"messages": []},
        {"messages": [{"role": "robot", "content": "x"}]},
        {"messages": [{"content": "x"}]},
        {"messages": "hi"},
        {"temperature": 2.1},
        {"temperature": -0.1},
        {"top_p": 1.1},
        {"n": 0},
        {"n": 129},
        {"presence_penalty": -2.1},
        {"max_tokens": -2},
        {"top_logprobs": 21},
        {"stream": "yes"},
        {"tools": {}},
        {"response_format": "json"},
        {"stop": [1]},
        {"logit_bias": {"5": "much"}},
        {"reasoning_effort": "x" * 33},
    ],
)
def test_values_out_of_range_are_refused(members: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        request(**members)


def test_null_means_not_said() -> None:
    names = [name for name in ChatRequest.__struct_fields__ if name != "messages"]
    assert request(**dict.fromkeys(names)) == request()


def test_a_delta_says_only_what_it_adds() -> None:
    def written(delta: Delta) -> bytes:
        return msgspec.json.encode(delta)

    assert written(Delta()) == b"{}"
    assert written(Delta(role="assistant", content="")) == b'{"role":"assistant","content":""}'
    assert written(Delta(content=None)) == b'{"content":null}'


def test_chunks_and_answers_have_the_shape_that_clients_expect() -> None:
    chunk = ChatChunk(id="c", created=1, model="m", choices=[ChunkChoice(delta=Delta(content="x"))])
    assert msgspec.to_builtins(chunk) == {
        "id": "c",
        "created": 1,
        "model": "m",
        "choices": [{"index": 0, "delta": {"content": "x"}, "logprobs": None, "finish_reason": None}],
        "object": "chat.completion.chunk",
    }
    answer = ChatCompletion("c", 1, "m", [Choice(0, AnswerMessage(content="x"), None, "stop")], Usage(1, 2, 3))
    assert msgspec.to_builtins(answer)["choices"] == [
        {"index": 0, "message": {"role": "assistant", "content": "x"}, "logprobs": None, "finish_reason": "stop"}
    ]
    assert msgspec.to_builtins(answer)["usage"] == {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}


def test_a_relayed_answer_is_read_as_far_as_accounting_needs() -> None:
    seen = msgspec.json.decode(
        b'{"id":"x","choices":[{"finish_reason":"length","message":{"content":"t"}}],"usage":{"prompt_tokens":4}}',
        type=SeenAnswer,
    )
    assert seen.choices is not None
    assert seen.choices[0].finish_reason == "length"
    assert seen.usage == Usage(prompt_tokens=4)
    assert msgspec.json.decode(b'{"error":{"message":"no"}}', type=SeenAnswer).error == {"message": "no"}
