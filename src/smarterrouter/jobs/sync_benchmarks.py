"""Fetches all sources in parallel, merges, stores, and tells the catalog."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from smarterrouter.benchmarks.base import BenchmarkSource
from smarterrouter.benchmarks.merge import merge
from smarterrouter.benchmarks.registry import Outcome, fetch_all
from smarterrouter.catalog.known import Known
from smarterrouter.domain.knowledge import Published
from smarterrouter.domain.models import Model
from smarterrouter.store.benchmarks import Reading, published, save_published
from smarterrouter.store.database import Database
from smarterrouter.store.syncs import SourceStatus, note_failure, sync_status

log = logging.getLogger(__name__)
HOUR = 3600.0
_DAILY = timedelta(hours=23)
"""A little less than a day, so that the time of day does not wander."""
_FIRST_WAIT = timedelta(minutes=59)
"""After a failure, doubled after each further one up to a day. A little less than the hour between two looks."""
_MOST_DOUBLINGS = 5
"""Enough for a day."""


class Synced(Struct, frozen=True):
    """What one sync did (row H9)."""

    synced: int
    """Rows written."""
    skipped: int
    matched_models: tuple[str, ...]
    """Keys of our models that something published is about."""
    total_models: int
    problems: tuple[str, ...]
    """Of all sources, each with its name before it."""


class SyncBenchmarks:
    """A job: once a day, sooner after a failure, and when an administrator asks."""

    name = "sync_benchmarks"

    def __init__(
        self,
        sources: Sequence[BenchmarkSource],
        database: Database,
        known: Known,
        models: Callable[[], Sequence[Model]],
    ) -> None:
        """`models` gives the catalog's."""
        self._sources = sources
        self._database = database
        self._known = known
        self._models = models
        self._turn = asyncio.Lock()

    @property
    def sources(self) -> Sequence[BenchmarkSource]:
        """Who is asked."""
        return self._sources

    @property
    def every(self) -> float:
        """Seconds between two looks at whose day is over; none when there is nobody to ask."""
        return HOUR if self._sources else 0.0

    @property
    def hosts(self) -> tuple[str, ...]:
        """Whom this job contacts, for the start log."""
        return tuple(dict.fromkeys(host for source in self._sources for host in source.hosts))

    async def load(self) -> None:
        """Take up what earlier syncs stored. Raise `StoreUnavailable`."""
        rows, names = await published(self._database), [source.name for source in self._sources]
        self._known.learn_published(await asyncio.to_thread(merge, rows, names), names)

    async def run(self) -> None:
        """Read the sources whose time has come: a gateway that is started often asks nobody more often.

        A source that failed comes again after an hour, then after two, up to a day.
        """
        if not self._sources:
            return
        await self._database.ready.wait()
        tried = {status.source: status for status in await sync_status(self._database)}
        now = datetime.now(UTC)
        due = [source for source in self._sources if _is_due(tried.get(source.name), now)]
        if due:
            await self._sync(due)

    async def sync(self, only: str | None = None) -> Synced:
        """Read every source now, or one. One that fails keeps what it said before. Raise `StoreUnavailable`."""
        await sync_status(self._database)  # nobody is asked for what cannot be stored
        return await self._sync([source for source in self._sources if only in {None, source.name}])

    async def _sync(self, sources: Sequence[BenchmarkSource]) -> Synced:
        async with self._turn:  # a source is read by one at a time
            outcomes = [outcome for outcome in await fetch_all(sources) if not outcome.fetched.absent]
            written, skipped = await self._store_all(outcomes)
        models = self._models()
        known = await asyncio.to_thread(self._known.about, models)
        matched = tuple(sorted(key for key, one in known.items() if one.published))
        problems = [f"{outcome.source}: {text}" for outcome in outcomes for text in outcome.fetched.problems]
        if outcomes:
            log.info("benchmarks: %d rows, %d of %d models known", written, len(matched), len(models))
        return Synced(written, skipped, matched, len(models), tuple(problems))

    async def _store_all(self, outcomes: Sequence[Outcome]) -> tuple[int, int]:
        """Rows written and skipped. Where nothing could be read, nothing is known anew."""
        counts = [await self._store(outcome) for outcome in outcomes]
        if outcomes:
            await self.load()
        return sum(written for written, _ in counts), sum(skipped for _, skipped in counts)

    async def _store(self, outcome: Outcome) -> tuple[int, int]:
        now = datetime.now(UTC)
        if outcome.error:
            log.warning("benchmark source %s: %s", outcome.source, outcome.error)
            await note_failure(self._database, outcome.source, outcome.fetched.problems, now)
            return 0, 0
        fetched = outcome.fetched
        rows = fetched.rows if fetched.whole else (*fetched.rows, *await self._before(outcome))
        reading = Reading(fetched.problems, fetched.extra_data)
        saved = await save_published(self._database, outcome.source, rows, now, reading)
        return saved.written, len(saved.skipped)

    async def _before(self, outcome: Outcome) -> list[Published]:
        """What a source said before and may still hold, where only a part of it could be read."""
        said = {_place(row) for row in outcome.fetched.rows}
        rows = await published(self._database)
        return [row for row in rows if row.source == outcome.source and _place(row) not in said]


def _is_due(tried: SourceStatus | None, now: datetime) -> bool:
    return tried is None or now - tried.last_try >= _wait(tried.failures)


def _wait(failures: int) -> timedelta:
    """Until the next try: a day, or less after failures, since most of them pass within hours."""
    if failures == 0:
        return _DAILY
    return min(_FIRST_WAIT * (1 << min(failures - 1, _MOST_DOUBLINGS)), _DAILY)


def _place(row: Published) -> tuple[str, str, str]:
    return row.model, row.column, row.reported_by
