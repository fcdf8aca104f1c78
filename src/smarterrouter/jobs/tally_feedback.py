"""Takes labels in, keeps them, and gives them to whoever rates models."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from itertools import islice

from smarterrouter.domain.feedback import Aged, Label, ages
from smarterrouter.errors import StoreUnavailable
from smarterrouter.jobs.soon import Soon
from smarterrouter.store.database import Database
from smarterrouter.store.labels import Written, labels, save_labels

log = logging.getLogger(__name__)
_MOST_WAITING = 2000
"""Labels that wait to be written, when the database is away; the oldest are dropped."""
_AT_ONCE = 200
"""Labels in one transaction, so that the journal never waits long for its turn."""
_EVERY = 300.0
"""Seconds between two looks at what other processes have written."""


class TallyFeedback:
    """A job, and the only writer of labels. With feedback switched off it neither takes labels nor gives any."""

    name = "tally_feedback"

    def __init__(self, database: Database, *, enabled: bool = True) -> None:
        """`database` may still be closed."""
        self._database = database
        self._waiting: deque[Label] = deque(maxlen=_MOST_WAITING)
        self._tallied: Mapping[str, Sequence[Aged]] = {}
        self._listeners: list[Callable[[], None]] = []
        self._turn = asyncio.Lock()
        self._soon = Soon(self.run, "tally feedback")
        self.enabled = enabled
        """Is feedback collected and used?"""
        self.version = 0
        """Rises whenever labels were read anew and differ."""

    @property
    def every(self) -> float:
        """Seconds between two runs; votes of this process are counted within seconds anyway."""
        return _EVERY if self.enabled else 0.0

    @property
    def tallied(self) -> Mapping[str, Sequence[Aged]]:
        """Model key to its labels. Immutable: a new run gives a new one."""
        return self._tallied

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Call `listener` when there is a new tally; it must be quick and not raise."""
        self._listeners.append(listener)

    def note(self, label: Label) -> None:
        """Something was noticed while a request was served. Never waits, never fails; call it on the event loop."""
        if self.enabled:
            self._waiting.append(label)
            self._soon.ask()

    async def vote(self, label: Label, comment: str | None = None) -> None:
        """Keep what a user said, in the place of what they said of the same answer before. Raise `StoreUnavailable`."""
        await save_labels(self._database, [Written(label, comment)])
        self._soon.ask()

    async def run(self) -> None:
        """Write what waits and read everything anew. While the database is away labels wait in memory."""
        if not (self.enabled and self._database.ready.is_set()):
            return
        async with self._turn:  # an older result must not come after a newer one
            await self._recount()

    async def _recount(self) -> None:
        try:
            await self._write()
            found = await labels(self._database)
        except StoreUnavailable as error:
            log.warning("feedback is counted later: %s", error.message)
            return
        tallied = _by_model(ages(found))
        if tallied != self._tallied:
            self._tallied = tallied
            self.version += 1
            for listener in self._listeners:
                listener()

    async def close(self) -> None:
        """Write what waits, as far as the database lets us; count nothing more."""
        await self._soon.cancel()
        if self._waiting and self._database.ready.is_set():
            try:
                await self._write()
            except StoreUnavailable as error:
                log.warning("%d labels are lost: %s", len(self._waiting), error.message)

    async def _write(self) -> None:
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), _AT_ONCE))]
            try:
                await save_labels(self._database, [Written(label) for label in batch])
            except BaseException:  # cancelling too: they wait again, before those that came meanwhile
                room = _MOST_WAITING - len(self._waiting)
                self._waiting.extendleft(islice(reversed(batch), room))
                raise


def _by_model(aged: Sequence[Aged]) -> dict[str, list[Aged]]:
    found: dict[str, list[Aged]] = {}
    for one in aged:
        found.setdefault(one.label.model, []).append(one)
    return found
