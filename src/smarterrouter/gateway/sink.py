"""`Sink`: where an answer goes. The door implements it over ASGI, so that the gateway knows no HTTP server."""

from typing import Protocol

Headers = list[tuple[bytes, bytes]]


class Sink(Protocol):
    """One answer: either `whole`, or `start`, any number of `write`, and `finish`."""

    started: bool
    """Has a status gone out? Then no other status can."""
    writes: int
    """How often something was written."""

    def begins(self) -> None:
        """The answer itself begins now; comments may have gone out before."""

    async def whole(self, status: int, headers: Headers, body: bytes) -> None:
        """Send a complete answer."""

    async def start(self, headers: Headers) -> None:
        """Begin a stream of events with status 200."""

    async def write(self, data: bytes) -> None:
        """Send whole events."""

    async def finish(self) -> None:
        """End the stream."""
