"""One shape for all data routes: admit, read, answer, account."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

import msgspec

from smarterrouter.api.asgi import (
    REQUEST_ID,
    AsgiSink,
    CallerLeft,
    Receive,
    Scope,
    Send,
    Watch,
    caller_of,
    header,
    read_body,
    require_json,
)
from smarterrouter.api.errors import InternalError, error_answer
from smarterrouter.api.rounds import Rounds
from smarterrouter.errors import BadRequest, GatewayError, MethodNotAllowed, RequestTimeout, ServerStopping
from smarterrouter.gateway.accounting import LEFT, Accounting
from smarterrouter.gateway.noticing import Noticing
from smarterrouter.gateway.relay import error_event
from smarterrouter.gateway.sink import Sink
from smarterrouter.gateway.visit import Visit

log = logging.getLogger(__name__)
Answer = Callable[[bytes, Visit, Sink], Awaitable[None]]
_WISHES = {b"on": True, b"true": True, b"1": True, b"off": False, b"false": False, b"0": False}


class RequestLimits(msgspec.Struct, frozen=True):
    """How much and how long one request may take."""

    body_bytes: int
    body_seconds: float
    total_seconds: float | None
    """Until the answer is complete, or has begun when it is a stream; None for no limit."""


class DataEndpoint:
    """An ASGI application for one POST route of the data plane."""

    def __init__(
        self,
        name: str,
        answer: Answer,
        limits: RequestLimits,
        accounting: Accounting,
        noticing: Noticing | None = None,
    ) -> None:
        """`name` is the endpoint's name in metrics and records."""
        self._noticing = noticing
        self._name = name
        self._answer = answer
        self._limits = limits
        self._accounting = accounting
        self._rounds = Rounds()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request. Whatever happens, it is accounted for exactly once."""
        visit = Visit(scope[REQUEST_ID], self._name, scope["method"])
        watch: Watch | None = None
        sink = AsgiSink(
            send,
            visit.id,
            begins=lambda: watch.no_deadline() if watch is not None else None,
            on_end=lambda: watch.stop() if watch is not None else None,
        )
        self._accounting.open(visit)
        try:
            body = await self._read(scope, receive, visit)
            watch = Watch(receive, self._limits.total_seconds, self._rounds)
            await self._answer(body, visit, sink)
        except GatewayError as error:
            await _refuse(error, visit, sink)
        except CallerLeft:
            visit.status, visit.error = LEFT, "client_disconnected"
        except asyncio.CancelledError:
            await self._cancelled(watch, visit, sink)
        except Exception:
            log.exception("request %s failed", visit.id)
            await _refuse(InternalError(visit.id), visit, sink)
        finally:
            if watch is not None:
                watch.stop()
            self._accounting.close(visit)
            if self._noticing is not None and (visit.discarded or visit.repeats):
                self._noticing.ended(visit, caller_of(scope))

    async def _read(self, scope: Scope, receive: Receive, visit: Visit) -> bytes:
        if scope["method"] != "POST":
            raise MethodNotAllowed(f"{scope['method']} is not allowed here; use POST.", allowed="POST")
        require_json(scope)
        visit.headers = scope["headers"]
        if scope["query_string"]:
            visit.override = _override(scope["query_string"])
        if named := header(scope, b"x-smarterrouter-policy"):
            visit.policy = named.decode("latin-1")
        visit.signature = _WISHES.get(header(scope, b"x-smarterrouter-signature").lower())
        visit.browser = b"Mozilla/" in header(scope, b"user-agent")
        return await read_body(scope, receive, self._limits.body_bytes, self._limits.body_seconds, self._rounds)

    async def _cancelled(self, watch: Watch | None, visit: Visit, sink: AsgiSink) -> None:
        """Cancelled by our own watch, or because the server is stopping: either way the request ends here."""
        task = asyncio.current_task()
        if task is not None:
            task.uncancel()
        if watch is None or not watch.reason:
            if not sink.ended:
                await _refuse(ServerStopping("The gateway is being stopped."), visit, sink)
        elif watch.reason == "left":
            visit.status, visit.error = LEFT, "client_disconnected"
        else:
            seconds = self._limits.total_seconds or 0
            await _refuse(RequestTimeout(f"The request took longer than {seconds:g} s."), visit, sink)


async def _refuse(error: GatewayError, visit: Visit, sink: AsgiSink) -> None:
    """Answer with an error: as a status, or as the last event of a stream whose beginning is out already."""
    visit.status, visit.error = error.status, error.code
    if sink.ended:
        return
    if sink.started:
        await sink.write(error_event(error))
        await sink.finish()
        return
    status, headers, body = error_answer(error)
    visit.byte_goes_out()
    await sink.whole(status, headers, body)


def _override(query: bytes) -> str | None:
    """`?model=` (row A2). Raise `BadRequest` when it is there but empty or doubled."""
    values: dict[str, list[Any]] = parse_qs(query.decode("latin-1"), keep_blank_values=True)
    names = values.get("model")
    if names is None:
        return None
    if len(names) != 1 or not names[0]:
        raise BadRequest("`?model=` takes exactly one name.", param="model")
    return str(names[0])
