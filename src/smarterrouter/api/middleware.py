"""Request id and slow-request log: pure ASGI, nothing is buffered."""

import logging
import os
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from time import perf_counter

from smarterrouter.api.asgi import REQUEST_ID, Message, Receive, Scope, Send, header
from smarterrouter.observability.logs import request_id_context

log = logging.getLogger(__name__)
App = Callable[[Scope, Receive, Send], Awaitable[None]]
_SAFE = re.compile(rb"[A-Za-z0-9._:-]{1,128}")
"""What a caller's own id may hold: anything else would let it write into headers and log lines."""
_DRAWN = 256
"""Ids that are drawn at once: to ask the system for randomness costs more than the rest of it."""


def identities() -> Iterator[str]:
    """Ids that nobody can guess, 24 hex digits each."""
    while True:
        drawn = os.urandom(12 * _DRAWN).hex()
        for start in range(0, len(drawn), 24):
            yield drawn[start : start + 24]


class RequestContext:
    """Gives every request its id: the caller's when it is harmless, else a new one (row A24)."""

    def __init__(self, app: App, data: Mapping[str, App], direct: Mapping[str, App]) -> None:
        """`data`: the endpoints that put the id into their answer themselves, by path.

        `direct`: those of them that no other middleware waits for; they are called without a walk through the routes.
        """
        self._app = app
        self._data = data
        self._direct = direct
        self._identities = identities()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on with the id in the scope, in the log context, and in the headers of the answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = header(scope, b"x-request-id")
        identity = given.decode() if given and _SAFE.fullmatch(given) else next(self._identities)
        scope[REQUEST_ID] = identity
        token = request_id_context.set(identity)
        try:
            path = scope["path"]
            if (endpoint := self._direct.get(path)) is not None:
                await endpoint(scope, receive, send)
            else:
                await self._app(scope, receive, send if path in self._data else _with_id(send, identity))
        finally:
            request_id_context.reset(token)


def _with_id(send: Send, identity: str) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), (b"x-request-id", identity.encode())]
        await send(message)

    return sending


class SlowRequests:
    """Logs requests that take longer than a threshold (row T7). Only there when it is switched on."""

    def __init__(self, app: App, milliseconds: float) -> None:
        """`milliseconds`: what is slow."""
        self._app = app
        self._milliseconds = milliseconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on and look at the clock."""
        started = perf_counter()
        try:
            await self._app(scope, receive, send)
        finally:
            took = (perf_counter() - started) * 1000
            if scope["type"] == "http" and took >= self._milliseconds:
                log.warning("slow request: %s %s took %.0f ms", scope["method"], scope["path"], took)


_FEEDBACK = "/v1/feedback"
_COUNTED = {"v1": "models", "admin": "admin", "docs": "docs", "redoc": "docs", "openapi.json": "docs"}
"""First part of a path to its endpoint in metrics. Probes are not counted: they would drown what people do (A33)."""
Answered = Callable[[str, str, int, str, float], None]
"""Endpoint, method, status, error code, seconds."""


class Counted:
    """Counts requests that no model answers; those of the data plane are accounted for by their endpoints."""

    def __init__(self, app: App, data: Mapping[str, App], answered: Answered) -> None:
        """`answered` takes endpoint, method, status, error code and seconds."""
        self._app = app
        self._data = data
        self._answered = answered

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on and remember the status."""
        path = scope.get("path", "")
        endpoint = "feedback" if path == _FEEDBACK else _COUNTED.get(path.lstrip("/").partition("/")[0])
        if endpoint is None or path in self._data:
            await self._app(scope, receive, send)
            return
        started, status = perf_counter(), 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            self._answered(endpoint, scope["method"], status, "", perf_counter() - started)
