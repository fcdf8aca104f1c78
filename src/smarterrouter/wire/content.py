"""What a conversation says: its texts, its images, its tool history."""

from collections.abc import Sequence
from typing import Any

import msgspec

from smarterrouter.wire.chat import Message, Part

_TOOL_ROLES = frozenset({"tool", "function"})
_IMAGES = frozenset({"image_url", "input_image", "image"})


class _Said(msgspec.Struct):
    content: Any = None


class _Choice(msgspec.Struct):
    message: _Said | None = None


class _Answer(msgspec.Struct):
    choices: list[_Choice] | None = None


_answers = msgspec.json.Decoder(_Answer)


def text_of(message: Message) -> str:
    """The text of one message; its text parts are joined by line ends. Empty when it has none."""
    content = message.content
    if isinstance(content, str):
        return content
    return "\n".join(part.text for part in content if part.text) if content else ""


def texts(messages: Sequence[Message]) -> list[str]:
    """The texts of all messages that have one, in order."""
    return [text for message in messages if (text := text_of(message))]


def is_image(part: Part) -> bool:
    """Is this part an image, by its type or by what it carries?"""
    return part.type in _IMAGES or part.image_url is not None


def image_count(messages: Sequence[Message]) -> int:
    """How many image parts the conversation holds."""
    count = 0
    for message in messages:
        if type(message.content) is list:
            count += sum([is_image(part) for part in message.content])
    return count


def has_tool_history(messages: Sequence[Message]) -> bool:
    """Has a tool been called or answered in this conversation?"""
    for message in messages:  # noqa: SIM110 - `any` with a generator costs three times as much
        if message.tool_calls or message.role in _TOOL_ROLES:
            return True
    return False


def answer_contents(body: bytes) -> list[Any]:
    """What each choice of a whole chat answer holds as its content: text, parts, or None."""
    choices = _answers.decode(body).choices or ()
    return [None if choice.message is None else choice.message.content for choice in choices]
