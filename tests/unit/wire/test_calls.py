import json
from collections.abc import AsyncIterator
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarterrouter.errors import BadRequest
from smarterrouter.wire.calls import ChatCall, CompletionCall, EmbedCall, Reply

T = TypeVar("T", ChatCall, CompletionCall, EmbedCall)
MESSAGES = [{"role": "user", "content": "hi"}]


def chat(**members: Any) -> bytes:
    return json.dumps({"messages": MESSAGES, **members}).encode()


def taken(kind: type[T], body: bytes) -> T | BadRequest:
    """The call, or why it is none; any other error fails the test."""
    try:
        return kind.decode(body)
    except BadRequest as error:
        return error


def refused(body: bytes) -> BadRequest:
    with pytest.raises(BadRequest) as caught:
        ChatCall.decode(body)
    return caught.value


@given(
    st.dictionaries(
        st.text(min_size=1, max_size=12).filter(lambda name: name.startswith(("x", "_"))),
        st.recursive(st.none() | st.integers() | st.text(max_size=9), lambda inner: st.lists(inner, max_size=3)),
        max_size=4,
    )
)
def test_unknown_members_reach_the_backend(extras: dict[str, Any]) -> None:
    extras = json.loads(json.dumps(extras).encode("utf-8", "replace"))
    extras = {name: value for name, value in extras.items() if "\\ud" not in json.dumps([name, value])}
    call = ChatCall.decode(chat(**extras))
    assert json.loads(call.body.encode(model="m")) == {"messages": MESSAGES, **extras, "model": "m"}


@given(st.binary(max_size=120) | st.text(max_size=60).map(str.encode))
def test_arbitrary_bytes_are_a_bad_request_or_a_call(body: bytes) -> None:
    for kind in (ChatCall, CompletionCall, EmbedCall):
        found = taken(kind, body)
        assert isinstance(found, BadRequest) or isinstance(json.loads(body), dict)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(sorted(ChatCall.decode(chat()).request.__struct_fields__)), JSON_VALUES)
def test_any_value_of_a_known_member_is_taken_or_refused_by_name(name: str, value: Any) -> None:
    call = taken(ChatCall, chat(**{name: value}))
    if isinstance(call, BadRequest):
        assert call.param is None or call.param.startswith(name)
        assert len(call.message) < 400
    else:
        assert call.body.has(name) is (value is not None)


def test_the_member_at_fault_is_named() -> None:
    assert refused(chat(temperature="hot")).param == "temperature"
    assert refused(chat(messages=[{"role": "user", "content": [{"text": "x"}]}])).param == "messages[0].content[0].type"
    assert refused(b"{}").param == "messages"
    assert "messages" in refused(b"{}").message
    assert refused(chat(messages=[])).param == "messages"


def test_a_long_wrong_value_is_not_sent_back_whole() -> None:
    error = refused(chat(messages=[{"role": "a" * 100_000, "content": "x"}]))
    assert len(error.message) < 300
    assert error.param == "messages[0].role"


def test_a_value_cannot_pretend_to_be_the_place_of_the_fault() -> None:
    error = refused(chat(messages=[{"role": "x - at `$.pretended`", "content": "x"}]))
    assert error.param == "messages[0].role"


@pytest.mark.parametrize("member", ["x", "tool_choice", "tools", "response_format", "messages"])
def test_deep_nesting_is_a_bad_request_wherever_it_stands(member: str) -> None:
    body = b'{"messages":[{"role":"user","content":"hi"}],"%b":%b}' % (
        member.encode(),
        b"[" * 50_000 + b"]" * 50_000,
    )
    assert "deep" in refused(body).message


def test_a_syntax_error_is_told_with_its_place() -> None:
    message = refused(b"{ ]").message
    assert "not valid JSON" in message
    assert "byte 2" in message


def test_huge_numbers_are_refused_where_they_are_read_and_relayed_where_not() -> None:
    assert refused(b'{"messages":[{"role":"user"}],"seed":%b}' % (b"9" * 5000)).param == "seed"
    assert refused(b'{"messages":[{"role":"user"}],"max_tokens":99999999999}').param == "max_tokens"
    call = ChatCall.decode(b'{"messages":[{"role":"user"}],"x":%b}' % (b"9" * 5000))
    assert b"9" * 5000 in call.body.encode(model="m")


def test_control_characters_in_escaped_form_pass_untouched() -> None:
    body = b'{"messages":[{"role":"user","content":"a\\u0000b\\u001b"}]}'
    call = ChatCall.decode(body)
    assert call.request.messages[0].content == "a\x00b\x1b"
    assert call.body.encode() == body


@pytest.mark.parametrize("prompt", ["text", ["a", "b"], [1, 2], [[1], [2, 3]]])
def test_every_form_of_a_completion_prompt(prompt: Any) -> None:
    assert CompletionCall.decode(json.dumps({"prompt": prompt}).encode()).request.prompt == prompt


@pytest.mark.parametrize("prompt", [None, [], {}, 7, ["a", 1], [1, [2]], [-1], [1.5], [[["a"]]]])
def test_other_forms_of_a_prompt_are_refused(prompt: Any) -> None:
    with pytest.raises(BadRequest):
        CompletionCall.decode(json.dumps({"prompt": prompt}).encode())


async def test_a_reply_hands_its_parts_on() -> None:
    closed = []

    async def read() -> bytes:
        return b"{}"

    async def chunks() -> AsyncIterator[bytes]:
        yield b"data: {}\n\n"

    reply = Reply(read=read, chunks=chunks, close=lambda: closed.append(1), stream=True, notes=("seed",))
    assert await reply.read() == b"{}"
    assert [chunk async for chunk in reply.chunks()] == [b"data: {}\n\n"]
    reply.close()
    assert (closed, reply.stream, reply.notes) == ([1], True, ("seed",))
