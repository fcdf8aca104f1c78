"""What is null was not given: left out where servers refuse it, and nowhere else."""

import msgspec

from smarterrouter.backends import nulls
from smarterrouter.wire.calls import ChatCall, EmbedCall

ASKED = {"model": "a", "messages": [{"role": "user", "content": "Hi"}]}


def chat(**members: object) -> ChatCall:
    return ChatCall.decode(msgspec.json.encode({**ASKED, **members}))


def tool(**function: object) -> dict[str, object]:
    return {"type": "function", "function": {"name": "f", **function}}


def test_null_members_of_an_embeddings_request_are_left_out() -> None:
    call = EmbedCall.decode(b'{"model":"a","input":"x","encoding_format":null,"dimensions":null,"user":"u"}')
    assert nulls.members(call) == {"encoding_format", "dimensions"}


def test_null_members_of_a_chat_stay() -> None:
    assert nulls.members(chat(stop=None)) == frozenset()


def test_nulls_of_a_function_are_left_out() -> None:
    nothing = tool(description=None, strict=None, parameters={"type": "object"})
    assert nulls.tools(chat(tools=[nothing])) == {"tools": [tool(parameters={"type": "object"})]}


def test_null_as_a_value_of_a_schema_stays() -> None:
    schema = {"type": "object", "properties": {"a": {"enum": [None, 1], "default": None}}}
    assert nulls.tools(chat(tools=[tool(parameters=schema)]))["tools"] == [tool(parameters=schema)]


def test_tools_without_null_are_not_touched() -> None:
    assert nulls.tools(chat(tools=[tool(description="d")])) == {}
    assert nulls.tools(chat()) == {}
