"""aiohttp's connectors, with one gap closed: whoever reads a body learns of it when its connection ends.

aiohttp 3.14 closes the connection when the framing of a body turns out wrong in its middle, but does not tell the
reader, who then waits for ever when no limit on the whole exchange is set.
"""

from functools import partial
from typing import Any

import aiohttp
from aiohttp.client_proto import ResponseHandler


class _Connection(ResponseHandler):
    """One connection."""

    def connection_lost(self, exc: BaseException | None) -> None:
        """Called by the event loop, once."""
        body = self._payload
        super().connection_lost(exc)
        if body is not None and not body.is_eof() and body.exception() is None:
            body.set_exception(aiohttp.ClientPayloadError("The connection ended in the middle of the body."))


class _Telling(aiohttp.BaseConnector):
    def __init__(self, *places: Any, **options: Any) -> None:
        super().__init__(*places, **options)
        # aiohttp names no way to choose the class of connections; `tests` prove that this one is used.
        self._factory = partial(_Connection, loop=self._loop)  # type: ignore[assignment]  # partial is invariant


class TcpConnector(_Telling, aiohttp.TCPConnector):
    """Opens TCP connections. Takes what `aiohttp.TCPConnector` takes."""


class UnixConnector(_Telling, aiohttp.UnixConnector):
    """Opens connections over a Unix socket. Takes what `aiohttp.UnixConnector` takes."""
