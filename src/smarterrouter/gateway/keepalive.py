"""Comments on a silent stream, so that clients and proxies wait while a model loads or thinks."""

import asyncio

from smarterrouter.gateway.sink import Headers, Sink
from smarterrouter.observability import tasks
from smarterrouter.wire import sse

_COMMENT = sse.comment("keep-alive")


class KeepAlive:
    """Watches one stream and comments after every `seconds` in which nothing went out.

    A stream that has not begun by then begins with a comment, before it is known who answers.
    """

    __slots__ = ("_handle", "_headers", "_loop", "_seconds", "_seen", "_sink", "_task")

    def __init__(self, sink: Sink, seconds: float, headers: Headers) -> None:
        """`seconds` 0 switches it off. `headers` are sent when the stream has to begin early."""
        self._sink = sink
        self._seconds = seconds
        self._headers = headers
        self._seen = 0
        self._loop = asyncio.get_running_loop()
        self._task: asyncio.Task[None] | None = None
        self._handle = self._loop.call_later(seconds, self._look) if seconds else None

    def stop(self) -> None:
        """The stream has ended."""
        if self._handle is not None:
            self._handle.cancel()
        if self._task is not None:
            self._task.cancel()

    def _look(self) -> None:
        if self._sink.writes != self._seen:
            self._seen = self._sink.writes
        elif self._task is None or self._task.done():  # else a caller who does not read holds the last comment up
            self._task = tasks.spawn(self._comment(), "keep-alive comment")
        self._handle = self._loop.call_later(self._seconds, self._look)

    async def _comment(self) -> None:
        if not self._sink.started:
            await self._sink.start(self._headers)
        await self._sink.write(_COMMENT)
        self._seen = self._sink.writes
