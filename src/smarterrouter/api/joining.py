"""`OneWrite`: the head of an answer goes out together with what follows it.

uvicorn writes them one after the other, and each write is a system call and a packet: for a short answer the second
one costs as much as everything that the server itself does to send it.
"""

import asyncio

_HEAD = b"HTTP/1."
_LARGE = 2**14
"""Bytes of a body above which copying it costs more than a write."""


class OneWrite(asyncio.Transport):
    """What uvicorn writes the answers of one connection to; it uses no other method of it.

    A head waits for the next write, or for the end of this turn of the event loop if none comes.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        """`transport` is the connection's own."""
        super().__init__()
        self._transport = transport
        self._loop = loop
        self._head = b""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Write, behind a head that waits. A body that begins like a head only waits as long as one."""
        head = self._head
        if not head and bytes(data[: len(_HEAD)]) == _HEAD:
            self._head = bytes(data)
            self._loop.call_soon(self._flush)
            return
        self._head = b""
        if not head:
            self._transport.write(data)
        elif len(data) > _LARGE:
            self._transport.writelines([head, data])
        else:
            self._transport.write(head + data)

    def close(self) -> None:
        """Close when everything is written."""
        self._flush()
        self._transport.close()

    def is_closing(self) -> bool:
        """Is the connection closed, or about to be?"""
        return self._transport.is_closing()

    def _flush(self) -> None:
        if self._head:
            head, self._head = self._head, b""
            self._transport.write(head)
