"""Ollama's NDJSON streams, one for each choice, as one stream of OpenAI events."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from typing import Any

from msgspec import Struct

from smarterrouter.backends.ollama_lines import Line, LineSplitter, failure, line
from smarterrouter.backends.ollama_replies import ChatPart, Head, TextPart
from smarterrouter.errors import BackendGarbage, BackendUnreachable, GatewayError
from smarterrouter.observability.tasks import cancel, spawn
from smarterrouter.transport.client import Response
from smarterrouter.wire.problems import problem
from smarterrouter.wire.sse import frame

Part = ChatPart | TextPart
_AHEAD = 64
"""How many pieces all choices together may be ahead of a slow caller."""


class _Broken(Struct):
    """What a choice that runs beside the others raised."""

    error: GatewayError


_Item = bytes | GatewayError | _Broken | None


class Answers:
    """The open answers of all choices of one request."""

    def __init__(self, head: Head, parts: list[Part], responses: list[Response], where: str) -> None:
        """`parts` and `responses` belong together one by one; `where` names the backend for people."""
        self._head = head
        self._parts = parts
        self._responses = responses
        self._where = where
        self._tasks: list[asyncio.Task[None]] = []
        self.when_done: Callable[[], None] = lambda: None
        """Called when the whole answer has come."""

    async def read(self) -> bytes:
        """The whole answer. Raise `BackendGarbage` or what an error inside the answer means."""
        choices: list[Any] = []
        for part, response in zip(self._parts, self._responses, strict=True):
            found = line(await response.read(), self._where)
            if found.error is not None:
                raise failure(found.error, found.status, self._where)
            if not found.done:
                raise BackendGarbage(f"{self._where} answered an unfinished answer.")
            choices.append(part.whole(found))
        self.when_done()
        return self._head.whole(choices)

    async def chunks(self) -> AsyncIterator[bytes]:
        """Events as they come, the usage chunk and the end mark last.

        An error that Ollama reports is raised before the first event and becomes an `error` event after it. A stream
        that stops without its last line raises `BackendUnreachable`.
        """
        source = self._single(0) if len(self._parts) == 1 else self._merged()
        begun = False
        try:
            async for events in source:
                if isinstance(events, GatewayError):
                    if not begun:
                        raise events
                    yield frame(problem(events))
                    return
                begun = True
                yield events
        finally:
            await source.aclose()
        self.when_done()
        yield self._head.ending()

    def close(self) -> None:
        """Give the connections back, or drop those that are not at their end."""
        for task in self._tasks:
            task.cancel()
        for response in self._responses:
            response.close()

    async def _single(self, at: int) -> AsyncGenerator[bytes | GatewayError, None]:
        """The events of one choice; a reported error comes as a value, and is the last one."""
        part, splitter = self._parts[at], LineSplitter()
        seen = False
        async for chunk in self._responses[at].chunks():
            lines = splitter.feed(chunk)
            events, error = self._fed(part, lines)
            seen = seen or bool(lines)
            if events:
                yield events
            if error is not None:
                yield error
                return
        events, error = self._fed(part, splitter.rest())
        if events:
            yield events
        if error is not None:
            yield error
        elif not part.done:
            self._broken(seen or bool(events))

    def _fed(self, part: Part, lines: list[bytes]) -> tuple[bytes, GatewayError | None]:
        events: list[bytes] = []
        for data in lines:
            found: Line = line(data, self._where)
            if found.error is not None:
                return b"".join(events), failure(found.error, found.status, self._where)
            events.append(part.feed(found))
        return b"".join(events), None

    def _broken(self, seen: bool) -> None:
        if seen:
            raise BackendUnreachable(f"{self._where} broke off in the middle of an answer.")
        raise BackendGarbage(f"{self._where} answered nothing.")

    async def _merged(self) -> AsyncGenerator[bytes | GatewayError, None]:
        """The events of all choices as they come, each with its index."""
        queue: asyncio.Queue[_Item] = asyncio.Queue()
        ahead = asyncio.Semaphore(_AHEAD)
        count = len(self._parts)
        self._tasks = [spawn(self._pump(at, queue, ahead), f"ollama choice {at}") for at in range(count)]
        try:
            while count:
                item = await queue.get()
                ahead.release()
                if isinstance(item, _Broken):
                    raise item.error
                if item is None:
                    count -= 1
                else:
                    yield item
        finally:
            await cancel(*self._tasks)

    async def _pump(self, at: int, queue: asyncio.Queue[_Item], ahead: asyncio.Semaphore) -> None:
        """Fill the queue with one choice. The end mark never waits, so no failure leaves the reader hanging."""
        try:
            async for events in self._single(at):
                await ahead.acquire()
                queue.put_nowait(events)
        except GatewayError as error:
            queue.put_nowait(_Broken(error))
        finally:
            queue.put_nowait(None)
