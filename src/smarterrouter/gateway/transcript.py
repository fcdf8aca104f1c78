"""`Transcript`: the text of one request and its answer, only where the operator wants it stored."""

from smarterrouter.observability.redaction import redact
from smarterrouter.wire.calls import ChatCall
from smarterrouter.wire.content import answer_contents, text_of

_LONGEST = 100_000
"""Characters kept of one request; the rest is cut, because everything that grows has a limit."""


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
        for content in answer_contents(body):
            if content:
                self.answered(str(content))

    def text(self) -> str:
        """Everything, redacted and cut to a bounded length."""
        return redact("\n".join(self._parts)[:_LONGEST])
