"""`Opened`: a reply whose beginning was read and found to be an answer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import msgspec

from smarterrouter.errors import BackendError, BackendGarbage
from smarterrouter.gateway.visit import Discarded
from smarterrouter.wire import sse
from smarterrouter.wire.calls import Reply
from smarterrouter.wire.chat import SeenAnswer, SeenChoice, Usage

_DRAIN_SECONDS = 1.0
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_answer = msgspec.json.Decoder(SeenAnswer)


class _Loose(msgspec.Struct):
    """An answer whose counts or reasons are of other types than they should be: that is no reason to lose it."""

    choices: list[msgspec.Raw] | None = None
    data: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    error: Any = None


_loose = msgspec.json.Decoder(_Loose)


class _Nothing:
    """What a whole body leaves to be read."""

    def __aiter__(self) -> "_Nothing":
        return self

    async def __anext__(self) -> bytes:
        raise StopAsyncIteration


_nothing = _Nothing()


class Opened:
    """Either a whole body, or the first events and the rest of a stream. Whoever holds it closes it."""

    __slots__ = ("body", "first", "notes", "reply", "rest", "splitter", "usage")

    def __init__(self, reply: Reply) -> None:
        self.reply = reply
        self.notes = reply.notes
        self.body = b""
        self.usage: Usage | None = None
        self.first = b""
        self.splitter = sse.Splitter()
        self.rest: AsyncIterator[bytes] = _nothing

    async def drain(self) -> None:
        """Read what follows the end mark, for a moment: a connection that was read to its end can be used again."""
        with suppress(TimeoutError, BackendError):
            async with asyncio.timeout(_DRAIN_SECONDS):
                async for _ in self.rest:
                    pass

    def close(self) -> None:
        """End the exchange with the backend; cancels what it still does."""
        self.reply.close()


class Doubtful(BackendGarbage):
    """An answer came, but it cannot be right; another model may do better. `kept` is there in case none does."""

    def __init__(self, message: str, discarded: Discarded, kept: Opened | None) -> None:
        """`kept`: the whole answer, with nothing left to close; None when it was left before its end."""
        super().__init__(message)
        self.discarded = discarded
        self.kept = kept


def put_aside(opened: Opened) -> Opened:
    """The same answer when all of it has been read and its reply is closed: closing it once more does nothing."""
    old = opened.reply
    opened.reply = Reply(read=old.read, chunks=old.chunks, close=_closed, stream=old.stream, notes=old.notes)
    opened.rest = _nothing
    return opened


def _closed() -> None:
    """There is nothing left to close."""


async def read_whole(reply: Reply) -> Opened:
    """Read a JSON answer. Raise `BackendGarbage` unless it is one, and what reading raises."""
    opened = Opened(reply)
    try:
        opened.body = await reply.read()
        seen = _seen(opened.body)
    except BaseException:
        reply.close()
        raise
    opened.usage = seen.usage
    reply.close()
    return opened


async def read_first(reply: Reply) -> Opened:
    """Read a stream up to its first event. Raise `BackendGarbage` when that is an error or never comes."""
    opened = Opened(reply)
    try:
        opened.rest = reply.chunks()
        opened.first = await _first_events(opened)
    except BaseException:
        reply.close()
        raise
    return opened


async def _first_events(opened: Opened) -> bytes:
    async for chunk in opened.rest:
        held = opened.splitter.feed(chunk)
        payload = sse.first_event(held)
        if not payload:
            continue  # comments only: the backend says that it is alive
        if sse.is_done(payload):
            break
        if b'"error"' in payload:
            _raise_error_event(payload)
        return held
    raise BackendGarbage("The backend ended its stream before the first event.")


def _raise_error_event(payload: bytes) -> None:
    """A stream that begins with an error has not begun: the next candidate may do better."""
    try:
        seen = _answer.decode(payload)
    except _UNREADABLE:
        return
    if seen.error is not None and not seen.choices:
        raise BackendError(f"The backend answered with an error: {_words(seen.error)}")


def _seen(body: bytes) -> SeenAnswer:
    if not body:
        raise BackendGarbage("The backend answered with an empty body.")
    try:
        seen = _decoded(body)
    except _UNREADABLE:
        raise BackendGarbage("The backend answered something that is not a JSON answer.") from None
    if seen.error is not None and seen.choices is None:
        raise BackendError(f"The backend answered with an error: {_words(seen.error)}")
    if seen.choices is None and seen.data is msgspec.UNSET:
        raise BackendGarbage("The backend answered JSON without choices or data.")
    return seen


def _decoded(body: bytes) -> SeenAnswer:
    try:
        return _answer.decode(body)
    except msgspec.ValidationError:
        loose = _loose.decode(body)
    choices = None if loose.choices is None else [SeenChoice() for _ in loose.choices]
    return SeenAnswer(choices=choices, data=loose.data, error=loose.error)


def _words(error: object) -> str:
    message = error.get("message", error) if isinstance(error, dict) else error
    return str(message)[:300]
