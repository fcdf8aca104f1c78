"""One connection of a caller: uvicorn's HTTP protocol with the limits that it lacks.

A request line or header that never ends is given up, what is not HTTP is refused in OpenAI's form, and the offer to
speak HTTP/2 is overlooked instead of costing the request its body. It also passes on that the server is being stopped.
"""

import asyncio
import os
import re

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from smarterrouter.api.asgi import STOPPING
from smarterrouter.api.errors import error_answer
from smarterrouter.api.joining import OneWrite
from smarterrouter.errors import BadRequest, GatewayError, HeadTooLarge, SlowBody

LONGEST_HEAD = 2**17
"""Bytes of a request line with its headers. The parser takes 2**16 for the address alone."""
_UPGRADE = re.compile(rb"\r\nupgrade(?=[ \t]*:)", re.IGNORECASE)


class Connection(HttpToolsProtocol):
    """Made by uvicorn for each connection."""

    head_seconds = 30.0
    """How long a request line with its headers may take."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Start the clock: even the first byte may not take for ever."""
        super().connection_made(transport)
        self._answers = OneWrite(transport, self.loop)
        self._since = self.loop.time()
        self._head = 0
        self._timer = self.loop.call_later(self.head_seconds, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock."""
        self._timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse, as long as the head of the request does not grow beyond its limit."""
        if self._since or self.cycle.response_complete:
            data = _without_upgrade(data)
        super().data_received(data)
        if self._since and not self.transport.is_closing():
            self._head += len(data)
            if self._head > LONGEST_HEAD:
                self._refuse(HeadTooLarge(f"The request line and headers are longer than {LONGEST_HEAD} bytes."))

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._since = self.loop.time()
        self._head = 0

    def on_headers_complete(self) -> None:
        """Its head is complete; its body is the endpoint's to watch."""
        self._since = 0.0
        before = self.cycle
        super().on_headers_complete()
        if self.cycle is not before:
            self.cycle.transport = self._answers

    def send_400_response(self, msg: str) -> None:
        """What came is not HTTP."""
        self._refuse(BadRequest("This is not a valid HTTP request."))

    def shutdown(self) -> None:
        """The server is being stopped: what has no end of its own is told, instead of being waited for."""
        if (stopping := self.app_state.get(STOPPING)) is not None:
            stopping.set()
        super().shutdown()

    def _look(self) -> None:
        """One timer for a connection costs less than one for each request, so it may be early and is set again."""
        now = self.loop.time()
        if not self._since and self._idle():
            self._since = now  # something came after the last answer that was no request
        left = self.head_seconds - (now - self._since if self._since else 0.0)
        if left > 0:
            self._timer = self.loop.call_later(left, self._look)
        elif self._head:
            self._refuse(SlowBody(f"The request did not arrive within {self.head_seconds:g} s."))
        else:
            self.transport.close()

    def _idle(self) -> bool:
        """Nothing is being answered, and uvicorn's own limit on idle connections does not run either."""
        return self.cycle is not None and self.cycle.response_complete and self.timeout_keep_alive_task is None

    def _refuse(self, error: GatewayError) -> None:
        """Answer, unless an answer is already on its way, and close."""
        if self.cycle is None or self.cycle.response_complete or not self.cycle.response_started:
            status, headers, body = error_answer(error)
            said = dict([*self.server_state.default_headers, *headers])
            said |= {b"content-length": b"%d" % len(body), b"connection": b"close"}
            said |= {b"x-request-id": os.urandom(12).hex().encode()}
            lines = [b"%b: %b\r\n" % pair for pair in said.items()]
            self.transport.write(b"".join([STATUS_LINE[status], *lines, b"\r\n", body]))
        self.transport.close()


def limited(seconds: float) -> type[Connection]:
    """The protocol class to give to uvicorn; `seconds` limits each request line with its headers."""
    return type("Connection", (Connection,), {"head_seconds": seconds})


def _without_upgrade(data: bytes) -> bytes:
    """The head of a request under another name for `Upgrade`, of the same length.

    Java's clients offer HTTP/2 with each request. The parser would take the offer for a change of protocol and stop
    before the body.
    """
    end = data.find(b"\r\n\r\n")
    if data.find(b"pgrade", 0, end) < 0:
        return data
    return _UPGRADE.sub(b"\r\nx-grade", data[:end]) + data[end:] if end > 0 else data
