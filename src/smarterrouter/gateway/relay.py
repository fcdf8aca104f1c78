"""Upstream events to the caller, untouched where they can be; usage is read as it passes."""

from typing import Any

import msgspec

from smarterrouter.domain.models import Model
from smarterrouter.errors import BackendUnreachable, GatewayError
from smarterrouter.gateway.opened import Opened
from smarterrouter.gateway.signature import Signature
from smarterrouter.gateway.sink import Sink
from smarterrouter.wire import sse
from smarterrouter.wire.chat import Usage
from smarterrouter.wire.problems import problem

_FINISHED = (b'"finish_reason":"', b'"finish_reason": "')
_ROLES = (b'"role":"', b'"role": "')
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class _Delta(msgspec.Struct):
    content: str | None = None


class _SeenChoice(msgspec.Struct):
    delta: _Delta | None = None
    finish_reason: str | None = None


class _SeenChunk(msgspec.Struct):
    id: Any = ""
    object: Any = "chat.completion.chunk"
    created: Any = 0
    model: Any = ""
    choices: list[_SeenChoice] | None = None
    usage: Usage | None = None


_chunks = msgspec.json.Decoder(_SeenChunk)
_members = msgspec.json.Decoder(dict[str, msgspec.Raw])
_choices = msgspec.json.Decoder(list[dict[str, msgspec.Raw]])


class Relay:
    """One stream on its way to one caller."""

    __slots__ = (
        "_complete",
        "_done",
        "_last",
        "_model",
        "_origin",
        "_reads",
        "_signature",
        "_text",
        "_usage_sent",
        "_wants_usage",
        "usage",
    )

    def __init__(self, *, wants_usage: bool, model: Model, signature: Signature | None, reads: bool = False) -> None:
        """`signature` only when this answer gets one; `reads` when its text is wanted afterwards."""
        self._wants_usage = wants_usage
        self._model = model
        self._signature = signature
        self._reads = reads or signature is not None
        self._text: list[str] = []
        self._usage_sent = False
        self._done = False
        self._complete = False
        self._last = b""
        self._origin = _SeenChunk()
        self.usage: Usage | None = None

    async def run(self, opened: Opened, sink: Sink, *, roles: bool) -> None:
        """Relay to the end. Raise what the backend's stream raises, and `BackendUnreachable` when it is cut off.

        `roles`: a chat stream, whose first delta has to carry the role.
        """
        await sink.write(self.passed(_with_role(opened.first) if roles else opened.first))
        await self._rest(opened, sink)
        if not self._done:
            await sink.write(self._ending(opened.splitter.remainder))

    async def _rest(self, opened: Opened, sink: Sink) -> None:
        """Everything after the first events, up to the end mark: what follows that is not for the caller."""
        feed = opened.splitter.feed
        if self._done:
            return
        async for chunk in opened.rest:
            if (block := feed(chunk)) and (out := self.passed(block)):
                await sink.write(out)
            if self.ended:
                return

    @property
    def ended(self) -> bool:
        """Has the end mark been relayed?"""
        return self._done

    @property
    def text(self) -> str:
        """What the model has said, when it was to be read."""
        return "".join(self._text)

    def passed(self, block: bytes) -> bytes:
        """What the caller gets of these whole events."""
        self._last = block
        start = 0 if self._reads else sse.special(block)
        if start < 0:
            return block
        rest = [self._event(payload) for payload in sse.events(block[start:]) if not self._done]
        return b"".join([block[:start], *rest])

    def _event(self, payload: bytes) -> bytes:
        if sse.is_done(payload):
            self._done = True
            return self._usage_event() + sse.DONE
        if not self._reads and b'"usage"' not in payload:
            return sse.frame(payload)
        try:
            chunk = _chunks.decode(payload)
        except _UNREADABLE:
            return sse.frame(payload)
        finished = any(choice.finish_reason is not None for choice in chunk.choices or ())
        self._complete = self._complete or finished
        if chunk.usage is not None:
            self.usage = chunk.usage
            self._origin = chunk
            if not chunk.choices:
                return self._usage_chunk(payload)
            if not finished and (bare := _without_empty_choices(payload)) is not None:
                return self._usage_chunk(bare)
        return self._signed(chunk, payload, finished=finished) if self._reads else sse.frame(payload)

    def _usage_chunk(self, payload: bytes) -> bytes:
        """The caller gets it, once, when it asked; we asked in any case, for accounting."""
        self._complete = True
        if not self._wants_usage or self._usage_sent:
            return b""
        self._usage_sent = True
        return sse.frame(payload)

    def _usage_event(self) -> bytes:
        """A usage chunk of our own, for backends that put usage into the last choice instead."""
        if not self._wants_usage or self._usage_sent or self.usage is None:
            return b""
        return sse.frame(msgspec.json.encode({**_identity(self._origin), "choices": [], "usage": self.usage}))

    def _signed(self, chunk: _SeenChunk, payload: bytes, *, finished: bool) -> bytes:
        """The chunk; with the one that finishes the answer, the signature at the end of the text."""
        said = [choice.delta.content for choice in chunk.choices or () if choice.delta and choice.delta.content]
        self._text += said
        line = self._line() if finished else ""
        if not line:
            return sse.frame(payload)
        if said:
            return sse.frame(_longer(payload, line))
        choices = [{"index": 0, "delta": {"content": line}, "logprobs": None, "finish_reason": None}]
        return sse.frame(msgspec.json.encode({**_identity(chunk), "choices": choices})) + sse.frame(payload)

    def _line(self) -> str:
        signature, self._signature = self._signature, None
        return signature.line(self._model, self.text) if signature is not None and self._text else ""

    def _ending(self, remainder: bytes) -> bytes:
        """A backend that finished its answer but forgot the end mark is forgiven; one that broke off is not."""
        out = self.passed(remainder + b"\n\n") if sse.is_done(b"".join(sse.events(remainder))) else b""
        if self._done:
            return out
        if remainder.strip() or not (self._complete or any(mark in self._last for mark in _FINISHED)):
            raise BackendUnreachable("The backend ended its stream in the middle of an answer.")
        self._done = True
        return self._usage_event() + sse.DONE


def error_event(error: GatewayError) -> bytes:
    """What a caller gets when something goes wrong after the stream has begun. No end mark follows: it did not end."""
    return sse.frame(problem(error))


def _with_role(block: bytes) -> bytes:
    """The first events, with a role delta before them when the backend leaves it out."""
    if any(mark in block for mark in _ROLES):
        return block
    choices = [{"index": 0, "delta": {"role": "assistant", "content": ""}, "logprobs": None, "finish_reason": None}]
    return sse.frame(msgspec.json.encode({**_identity(_first_chunk(block)), "choices": choices})) + block


def _first_chunk(block: bytes) -> _SeenChunk:
    """The first chunk in `block`, an empty one when there is none."""
    for payload in sse.events(block):
        try:
            return _chunks.decode(payload)
        except _UNREADABLE:
            continue
    return _SeenChunk()


def _without_empty_choices(payload: bytes) -> bytes | None:
    """LiteLLM sends usage beside a choice that says nothing; this is the chunk as OpenAI sends it, None for others."""
    members = _members.decode(payload)
    if any(bytes(choice.get("delta", b"")) != b"{}" for choice in _choices.decode(members["choices"])):
        return None
    return msgspec.json.encode({**members, "choices": []})


def _longer(payload: bytes, line: str) -> bytes:
    """A chunk that brings its last text and its end at once, with `line` after that text."""
    chunk = msgspec.json.decode(payload)
    delta = next(choice["delta"] for choice in chunk["choices"] if (choice.get("delta") or {}).get("content"))
    delta["content"] += line
    return msgspec.json.encode(chunk)


def _identity(chunk: _SeenChunk) -> dict[str, Any]:
    """What chunks of our own beside `chunk` have in common with it."""
    return {"id": chunk.id, "object": chunk.object, "created": chunk.created, "model": chunk.model}
