"""`Soon`: work that is done a moment after it was asked for, once for many askings."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from smarterrouter.observability import tasks

log = logging.getLogger(__name__)
PAUSE = 1.0
"""Seconds between two runs at least."""
_REST = 20.0
"""Work that takes long rests so many times as long, so that it never takes more than a twentieth of our time."""


class Soon:
    """Lives on the event loop; at most one run at a time. What the work raises ends its run and is logged."""

    def __init__(self, work: Callable[[], Awaitable[None]], name: str, pause: float = PAUSE) -> None:
        """`name` is the task's, for logs."""
        self._work = work
        self._name = name
        self._pause = pause
        self._asked = False
        self._ready_at = 0.0
        self._task: asyncio.Task[None] | None = None

    def ask(self) -> None:
        """Let the work be done after now. Never waits."""
        self._asked = True
        if self._task is None or self._task.done():
            self._task = tasks.spawn(self._serve(), self._name)

    async def cancel(self) -> None:
        """Stop; what was asked for is not done."""
        self._asked = False
        await tasks.cancel(self._task)

    async def _serve(self) -> None:
        clock = asyncio.get_running_loop().time
        while self._asked:
            await asyncio.sleep(max(self._ready_at - clock(), 0.0))
            self._asked = False
            began = clock()
            try:
                await self._work()
            except Exception:  # what was asked for meanwhile is still to be done
                log.exception("background task %s failed", self._name)
            finally:
                took = clock() - began
                self._ready_at = clock() + max(self._pause, took * _REST)
