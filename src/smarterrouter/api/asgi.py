"""The few words of ASGI that the hot routes speak: read a body, watch the caller, send an answer."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from smarterrouter.api.rounds import Rounds
from smarterrouter.errors import BadRequest, NotJson, SlowBody, TooLarge
from smarterrouter.gateway.sink import Headers
from smarterrouter.observability import tasks

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

REQUEST_ID = "smarterrouter.request_id"
"""Where the middleware leaves the request id in the scope."""
STOPPING = "smarterrouter.stopping"
"""Where the application leaves an `asyncio.Event` in the state of its lifespan: the server is being stopped."""
_MOST_DIGITS = 20
"""Of a content length; Python refuses to read thousands of them."""
_HEADERS = "smarterrouter.headers"
"""Where `header` leaves the first of all headers of each name."""


def header(scope: Scope, name: bytes) -> bytes:
    """The first header called `name` (lower case), or nothing."""
    known: dict[bytes, bytes] | None = scope.get(_HEADERS)
    if known is None:
        known = scope[_HEADERS] = dict(reversed(scope["headers"]))
    return known.get(name, b"")


def caller_of(scope: Scope) -> tuple[bytes, str]:
    """Who asks, as far as anybody can tell: the value of the `Authorization` header, and the address."""
    client = scope.get("client")
    return header(scope, b"authorization"), client[0] if client else ""


def require_json(scope: Scope) -> None:
    """Raise `NotJson` unless the body claims to be JSON (row A19)."""
    kind = header(scope, b"content-type")
    if kind == b"application/json":
        return
    if kind.split(b";", 1)[0].strip().lower() != b"application/json":
        said = kind.decode("latin-1")[:100] or "none"
        raise NotJson(f"The content type must be application/json; it is {said}.")


async def read_body(scope: Scope, receive: Receive, limit: int, seconds: float, rounds: Rounds) -> bytes:
    """The whole body.

    Raise `TooLarge` above `limit` bytes, `SlowBody` when it is late by `seconds`, `CallerLeft` when it breaks off.
    """
    declared = header(scope, b"content-length")
    if declared and (not declared.isdigit() or len(declared) > _MOST_DIGITS or int(declared) > limit):
        raise TooLarge(_too_large(limit))
    late = _Late(seconds)
    rounds.enter(late)
    try:
        return await _parts(receive, limit)
    except asyncio.CancelledError:
        late.check()
        raise
    finally:
        rounds.leave(late)
        late.stop()


async def whole_body(scope: Scope, receive: Receive, limit: int, seconds: float) -> bytes:
    """`read_body` for callers who are answered in any case: raise `BadRequest` when it breaks off."""
    try:
        return await read_body(scope, receive, limit, seconds, Rounds())
    except CallerLeft:
        raise BadRequest("The body broke off.") from None


async def _parts(receive: Receive, limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise CallerLeft
        part: bytes = message.get("body", b"")
        size += len(part)
        if size > limit:
            raise TooLarge(_too_large(limit))
        if not message.get("more_body"):
            return b"".join([*parts, part]) if parts else part
        parts.append(part)


class _Late:
    """Cancels the task that made it, `seconds` from then. `asyncio.timeout` does the same for many times the cost."""

    __slots__ = ("_deadline", "_expired", "_handle", "_loop", "_seconds", "_task")

    def __init__(self, seconds: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.current_task(self._loop)
        self._seconds = seconds
        self._deadline = self._loop.time() + seconds
        self._expired = False
        self._handle: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """The body did not come at once."""
        self._handle = self._loop.call_at(self._deadline, self._expire)

    def stop(self) -> None:
        """The body is here, or never will be."""
        if self._handle is not None:
            self._handle.cancel()

    def check(self) -> None:
        """Raise `SlowBody` when it was this timer that cancelled."""
        if self._expired and self._task is not None:
            self._task.uncancel()
            raise SlowBody(f"The body did not arrive within {self._seconds:g} s.")

    def _expire(self) -> None:
        self._expired = True
        if self._task is not None:
            self._task.cancel()


def _too_large(limit: int) -> str:
    return f"The body is larger than {limit} bytes (ROUTER_MAX_REQUEST_BODY_BYTES)."


class CallerLeft(Exception):
    """The caller closed the connection before its request was complete: there is nobody to answer."""


class Watch:
    """Cancels the task that serves a request when its caller leaves or its time is up.

    Set up only for requests that take longer than a moment: quick ones pay next to nothing.
    """

    __slots__ = ("_deadline", "_receive", "_rounds", "_served", "_task", "_timeout", "reason")

    def __init__(self, receive: Receive, seconds: float | None, rounds: Rounds) -> None:
        """`seconds` limits the request; None for no limit. Call from the task to be watched."""
        loop = asyncio.get_running_loop()
        self._receive = receive
        self._rounds = rounds
        self._served = asyncio.current_task(loop)
        self._deadline = None if seconds is None else loop.time() + seconds
        self._task: asyncio.Task[None] | None = None
        self._timeout: asyncio.Timeout | None = None
        self.reason = ""
        rounds.enter(self)

    def no_deadline(self) -> None:
        """The answer has begun: from now on only silence and leaving end it."""
        self._deadline = None
        if self._timeout is not None and not self._timeout.expired() and not self.reason:
            self._timeout.reschedule(None)

    def stop(self) -> None:
        """The request is done."""
        self._rounds.leave(self)
        if self._task is not None:
            self._task.cancel()
            self._task = self._timeout = None  # what a cancelled task remembers leads back to here

    def begin(self) -> None:
        """The request takes longer than a moment."""
        self._task = tasks.spawn(self._watch(), "watch a caller")

    async def _watch(self) -> None:
        try:
            async with asyncio.timeout_at(self._deadline) as self._timeout:
                while (await self._receive())["type"] != "http.disconnect":
                    pass
        except TimeoutError:
            self.reason = "timeout"
        else:
            self.reason = "left"
        if self._served is not None:
            self._served.cancel()


class AsgiSink:
    """`Sink` over ASGI. Adds the request id to every answer."""

    __slots__ = ("_identity", "_send", "begins", "ended", "on_end", "started", "writes")

    def __init__(self, send: Send, request_id: str, begins: Callable[[], None], on_end: Callable[[], None]) -> None:
        """`begins` is called when the answer in a stream begins, `on_end` before the last bytes of any answer.

        After these the server tells that the caller has left, whether it has or not.
        """
        self._send = send
        self._identity = (b"x-request-id", request_id.encode())
        self.begins = begins
        self.on_end = on_end
        self.started = False
        self.ended = False
        self.writes = 0

    async def whole(self, status: int, headers: Headers, body: bytes) -> None:
        """Send a complete answer."""
        self.started = self.ended = True
        self.on_end()
        headers = [*headers, self._identity, (b"content-length", b"%d" % len(body))]
        await self._send({"type": "http.response.start", "status": status, "headers": headers})
        await self._send({"type": "http.response.body", "body": body})

    async def start(self, headers: Headers) -> None:
        """Begin a stream of events."""
        self.started = True
        await self._send({"type": "http.response.start", "status": 200, "headers": [*headers, self._identity]})

    async def write(self, data: bytes) -> None:
        """Send whole events."""
        self.writes += 1
        await self._send({"type": "http.response.body", "body": data, "more_body": True})

    async def finish(self) -> None:
        """End the stream."""
        self.ended = True
        self.on_end()
        await self._send({"type": "http.response.body", "body": b""})
