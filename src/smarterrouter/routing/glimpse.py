"""One bounded look at a conversation: at most about 1,200 characters, however long it is.

The last user message weighs most, and of a long one its opening and its end: people put the question before or after
the document. The system prompt, the first and the previous user message say a little.
"""

from collections.abc import Sequence

from msgspec import Struct

from smarterrouter.wire import content
from smarterrouter.wire.chat import Message

_OPENING, _CLOSING = 144, 240
"""Of a longer ask these many characters at its start and end are the focus."""
_WHOLE = _OPENING + _CLOSING
"""An ask up to this length is read whole."""
_BESIDE = 240
"""Characters read of the system prompt, the first and the previous user message."""


class Glimpse(Struct, frozen=True, gc=False):
    """What was seen."""

    focus: str
    """The ask, or its opening and end. Empty when nobody wrote anything."""
    around: str = ""
    """What stands around it in other messages: worth less."""
    ask_characters: int = 0
    """Length of the whole ask."""
    turns: int = 1
    """Messages in the conversation."""


def of_text(text: str) -> Glimpse:
    """Look at one text."""
    if len(text) <= _WHOLE:
        return Glimpse(text, "", len(text))
    return Glimpse(text[:_OPENING] + "\n" + text[-_CLOSING:], "", len(text))


def of_messages(messages: Sequence[Message]) -> Glimpse:
    """Look at a conversation; images and tool results are not read."""
    asked = [message for message in messages if message.role == "user" and message.content]
    ask = of_text(content.text_of(asked[-1]) if asked else "")
    others = asked[-2:-1] + (asked[:1] if len(asked) > 2 else [])
    if messages[0].role in {"system", "developer"}:
        others.append(messages[0])
    if not others:
        return Glimpse(ask.focus, "", ask.ask_characters, len(messages))
    around = "\n".join([content.text_of(message)[:_BESIDE] for message in others])
    return Glimpse(ask.focus, around, ask.ask_characters, len(messages))
