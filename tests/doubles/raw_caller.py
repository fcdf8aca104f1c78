"""A caller that sends the bytes it is told, HTTP or not, and reads whatever comes back.

async with RawCaller(gateway.port) as caller:
    await caller.send(b"POST /v1/chat/completions HTTP/1.1\r\n")
    answer = await caller.answer()      # one HTTP answer: status, headers, body
    await caller.rest()                 # everything up to the end of the connection
"""

import asyncio
import contextlib
from typing import Self

from tests.doubles.gateway import Answer

PATIENCE = 30.0
"""Seconds: only something that hangs takes as long."""


class RawCaller:
    """See the top of this file."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def __aenter__(self) -> Self:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self._port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.writer.close()
        with contextlib.suppress(ConnectionError):
            await self.writer.wait_closed()

    async def send(self, *pieces: bytes) -> None:
        """Send each piece on its own. A gateway that has closed its side meanwhile is no error."""
        with contextlib.suppress(ConnectionError):
            for piece in pieces:
                self.writer.write(piece)
                await self.writer.drain()

    async def answer(self) -> Answer:
        """The next whole answer."""
        async with asyncio.timeout(PATIENCE):
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            first, *lines = head.removesuffix("\r\n\r\n").split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
            body = await self._body(headers)
        return Answer(int(first.split(" ", 2)[1]), headers, body)

    async def _body(self, headers: dict[str, str]) -> bytes:
        if "content-length" in headers:
            return await self.reader.readexactly(int(headers["content-length"]))
        if headers.get("transfer-encoding") != "chunked":
            return await self.reader.read()
        body = b""
        while size := int(await self.reader.readline(), 16):
            body += await self.reader.readexactly(size)
            await self.reader.readline()
        await self.reader.readline()
        return body

    async def rest(self) -> bytes:
        """What comes until the gateway closes the connection."""
        async with asyncio.timeout(PATIENCE):
            try:
                return await self.reader.read()
            except ConnectionError:
                return b""


def request(path: str, body: bytes, *headers: str, method: str = "POST", length: int | None = None) -> bytes:
    """A whole HTTP/1.1 request with a JSON body; `length` when the claimed one is to be another."""
    claimed = len(body) if length is None else length
    lines = [f"{method} {path} HTTP/1.1", "host: t", "content-type: application/json", f"content-length: {claimed}"]
    return "\r\n".join([*lines, *headers, "", ""]).encode("latin-1") + body
