"""A double of an OpenAI-compatible server that writes the bytes it is told, HTTP or not. It runs no model.

    async with RawUpstream(OK_JSON + b"{", RESET) as upstream:      # lists the model `raw`, answers POSTs like this
        upstream.base_url                                          # "http://127.0.0.1:PORT/v1"
        upstream.steps = (EVENTS_HEAD, b"data: {}", CLOSE)          # from the next request on
        upstream.asked                                             # how many POSTs have come
        upstream.open, upstream.connections                        # open connections now; how many there have been

A step is bytes, seconds to wait, RESET (a TCP reset), CLOSE (an orderly end), HOLD (silence until the caller leaves),
or a function that gives endless bytes: it is called again and again until the caller leaves. After the last step it
waits for the next request. `tls` makes it speak TLS.
"""

import asyncio
import contextlib
import json
import socket
import ssl
import struct
from collections.abc import Callable
from typing import Any, Final, Self

RESET: Final = "reset"
CLOSE: Final = "close"
HOLD: Final = "hold"
OK_JSON = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
EVENTS_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
Step = bytes | float | str | Callable[[], bytes]
_MODELS = json.dumps({"object": "list", "data": [{"id": "raw", "object": "model", "owned_by": "tests"}]}).encode()


def whole(body: bytes, kind: str = "application/json", status: int = 200) -> bytes:
    """A complete answer of this type."""
    kind_line = f"content-type: {kind}\r\n" if kind else ""
    return f"HTTP/1.1 {status} Raw\r\n{kind_line}content-length: {len(body)}\r\n\r\n".encode() + body


class RawUpstream:
    """See the top of this file."""

    def __init__(self, *steps: Step, tls: ssl.SSLContext | None = None) -> None:
        self.steps: tuple[Step, ...] = steps
        self.asked = 0
        self.connections = 0
        self.port = 0
        self._tls = tls
        self._callers: dict[asyncio.Task[Any], asyncio.StreamWriter] = {}
        self._server: asyncio.Server | None = None

    @property
    def open(self) -> int:
        """Open connections."""
        return len(self._callers)

    @property
    def base_url(self) -> str:
        """Address of its API."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}/v1"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        tasks = list(self._callers)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._callers[task] = writer
        self.connections += 1
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                while await self._one(reader, writer):
                    pass
        finally:
            del self._callers[task]
            writer.transport.abort()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        lengths = [line.partition(":")[2] for line in head.splitlines() if line.lower().startswith("content-length:")]
        await reader.readexactly(int(lengths[0]) if lengths else 0)
        if head.startswith("GET"):
            writer.write(whole(_MODELS))
            return True
        self.asked += 1
        gone = asyncio.ensure_future(reader.read(1))  # nobody sends anything before the answer: this ends with them
        try:
            return all([await _step(step, writer, gone) for step in self.steps])
        finally:
            gone.cancel()
            with contextlib.suppress(ConnectionError, asyncio.CancelledError):
                await gone


async def _step(step: Step, writer: asyncio.StreamWriter, gone: "asyncio.Future[bytes]") -> bool:
    """Do one step; False when the connection has ended with it."""
    if isinstance(step, bytes):
        writer.write(step)
        await writer.drain()
        return True
    if isinstance(step, float):
        await asyncio.sleep(step)
        return True
    if step == HOLD:
        await gone
    elif step == RESET:
        await asyncio.sleep(0.02)  # what was written before is on its way
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()
    elif step == CLOSE:
        writer.close()
        await writer.wait_closed()
    else:
        assert callable(step)
        while not gone.done() and not writer.is_closing():
            writer.write(step())
            await writer.drain()
            await asyncio.sleep(0)
    return False
