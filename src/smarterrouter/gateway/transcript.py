"""`Transcript`: the text of one request and its answer, only where the operator wants it stored."""

from typing import Any

import msgspec

from smarterrouter.observability.redaction import redact
from smarterrouter.wire.calls import ChatCall
from smarterrouter.wire.content import text_of

_LONGEST = 100_000
"""Characters kept of one request; the rest is cut, because everything that grows has a limit."""


class _Message(msgspec.Struct):
    content: Any = None


class _Choice(msgspec.Struct):
    message: _Message | None = None


class _Answer(msgspec.Struct):
    choices: list[_Choice] | None = None


_answers = msgspec.json.Decoder(_Answer)


class Transcript:
    """Made by the chat path when ROUTER_LOG_CONTENT is on, read by accounting."""

    __slots__ = ("_parts",)

    def __init__(self, call: ChatCall) -> None:
        self._parts = [f"{message.role}: {text_of(message)}" for message in call.request.messages]

    def answered(self, text: str) -> None:
        """Add what the model said."""
        self._parts.append(f"assistant: {text}")

    def answered_whole(self, body: bytes) -> None:
        """Add what the model said in a JSON answer."""
        for choice in _answers.decode(body).choices or ():
            if choice.message is not None and choice.message.content:
                self.answered(str(choice.message.content))

    def text(self) -> str:
        """Everything, redacted and cut to a bounded length."""
        return redact("\n".join(self._parts)[:_LONGEST])
