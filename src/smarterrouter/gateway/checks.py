"""Length and count limits, before any work is done; control characters out of the text."""

import re
from typing import Any

import msgspec

from smarterrouter.errors import BadRequest, TooLarge
from smarterrouter.wire.calls import ChatCall
from smarterrouter.wire.chat import Message
from smarterrouter.wire.raw import RawBody

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_MAY_HOLD_CONTROL = re.compile(rb"\\u00[01]|\\u007[fF]|\\[bf]|\x7f")
"""How a control character can be spelled in JSON: a cheap test that is right whenever it says no."""


class Limits(msgspec.Struct, frozen=True):
    """How much one request may bring."""

    message_characters: int
    """Of the text of one message."""
    messages: int


def check(call: ChatCall, limits: Limits) -> None:
    """Raise `BadRequest` or `TooLarge` with the member at fault."""
    messages = call.request.messages
    if len(messages) > limits.messages:
        raise BadRequest(f"There are {len(messages)} messages; the limit is {limits.messages}.", param="messages")
    if len(call.body.original) <= limits.message_characters:
        return  # no message can be longer than the whole body
    for index, message in enumerate(messages):
        length = _characters(message)
        if length > limits.message_characters:
            raise TooLarge(
                f"Message {index} has {length} characters; the limit is {limits.message_characters} "
                "(ROUTER_MAX_MESSAGE_CONTENT_LENGTH).",
                param=f"messages[{index}].content",
            )


def clean(body: bytes) -> bytes:
    """The body without control characters in its strings (tab, newline and return stay). Untouched when there are none.

    Tokenizers cut at NUL and terminals obey escape sequences; no prompt means them.
    """
    if _MAY_HOLD_CONTROL.search(body) is None:
        return body
    raw = RawBody.decode(body)
    members: dict[str, Any] = dict(raw.members)
    if "messages" in members:
        members["messages"] = _stripped(raw.get("messages"))
    return msgspec.json.encode(members)


def _stripped(value: Any) -> Any:
    if isinstance(value, str):
        return _CONTROL.sub("", value)
    if isinstance(value, list):
        return [_stripped(item) for item in value]
    if isinstance(value, dict):
        return {key: _stripped(item) for key, item in value.items()}
    return value


def _characters(message: Message) -> int:
    if isinstance(message.content, str):
        return len(message.content)
    return sum(len(part.text or "") for part in message.content or ())
