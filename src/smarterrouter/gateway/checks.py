"""Length and count limits, before any work is done."""

import msgspec

from smarterrouter.errors import BadRequest, TooLarge
from smarterrouter.wire.calls import ChatCall
from smarterrouter.wire.chat import Message


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


def _characters(message: Message) -> int:
    if isinstance(message.content, str):
        return len(message.content)
    return sum(len(part.text or "") for part in message.content or ())
