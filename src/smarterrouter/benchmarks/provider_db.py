"""provider.db: a downloadable SQLite file with scores of hosted models, most of them guessed by its makers.

Project: https://github.com/peva3/smarterrouter-provider. Every value is therefore flagged as estimated. The file is
kept up to date here, and read whole, in a thread, into rows: no request ever waits for it.
"""

import asyncio
import logging
import os
import time
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from smarterrouter.benchmarks import provider_file
from smarterrouter.benchmarks.base import Fetched, host
from smarterrouter.errors import BackendGarbage, BackendUnreachable, GatewayError
from smarterrouter.transport.downloads import Downloads

log = logging.getLogger(__name__)
_URL = "https://raw.githubusercontent.com/peva3/smarterrouter-provider/refs/heads/main/data/provider.db"
_FIRST_WAIT = 60.0
_LONGEST_WAIT = 3600.0
_HOUR = 3600.0


class Upkeep(Struct, frozen=True):
    """How the file is kept. The settings of the same names say more."""

    auto_update_hours: float = 4.0
    """0: never downloaded."""
    max_age_hours: float = 168.0
    url: str = _URL
    slow_fallback: bool = True
    slow_ms: float = 250.0
    slow_window_seconds: float = 30.0
    memory_max_age_seconds: float = 300.0


class Status(Struct, frozen=True):
    """The state of the file, for people and for health."""

    present: bool
    age_hours: float | None
    stale: bool
    """Older than `max_age_hours`, or not there."""
    failures: int
    """Downloads that failed since the last good one."""
    problem: str
    slow: bool
    """Read from memory for a while, because the disk was slow."""


class ProviderDb:
    """Owner of the file at `path`. Two jobs use it, so a download that is under way is waited for, not doubled."""

    name = "provider_db"

    def __init__(
        self,
        path: Path,
        downloads: Downloads,
        upkeep: Upkeep | None = None,
        *,
        now: Callable[[], float] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`now` gives the time of day in seconds, for the age of the file; `clock` measures waits."""
        self._path = path
        self._downloads = downloads
        self._upkeep = upkeep or Upkeep()
        self._now = now or _now
        self._clock = clock
        self._etag = ""
        self._failures = 0
        self._problem = ""
        self._not_before = 0.0
        self._slow_until = 0.0
        self._remembered: tuple[float, Fetched] | None = None
        self._turn = asyncio.Lock()
        self._tries = 0
        self._missed = False
        self.hosts = (host(self._upkeep.url),) if self._upkeep.auto_update_hours > 0 else ()

    async def fetch(self) -> Fetched:
        """See `BenchmarkSource`. Downloads first when that is due; a failed download leaves the old file in use.

        Whoever reads it need not wait after a failure: jobs that read have a patience of their own, and people none.
        Where the file is never downloaded, it may well not be there: then there is nothing to read, and no error.
        """
        await self._in_turn(0.0)
        if not self.status().present:
            return self._nothing()
        self._missed = False
        started = self._clock()
        if self._remembered is not None and started < self._slow_until:
            return self._from_memory(*self._remembered)
        fetched = await asyncio.to_thread(provider_file.read, self._path, self.name, self._upkeep.url)
        ended = self._clock()
        self._remembered = (ended, fetched)
        if self._upkeep.slow_fallback and (ended - started) * 1000 > self._upkeep.slow_ms:
            self._slow_until = ended + self._upkeep.slow_window_seconds
        return Fetched(fetched.rows, (*self._warnings(), *fetched.problems))

    async def refresh(self) -> bool:
        """Download the file when it is missing or older than it may be. True when a new one is in place.

        After a failure the next try waits 60 seconds, then 120, and so on up to an hour.
        """
        return await self._in_turn(self._not_before)

    async def _in_turn(self, not_before: float) -> bool:
        tries = self._tries
        async with self._turn:
            if self._tries != tries or self._clock() < not_before or not self._is_due():
                return False  # a download that was waited for stands for this one, whatever came of it
            changed = await self._download()
            self._tries += 1
            return changed

    def _is_due(self) -> bool:
        return self._upkeep.auto_update_hours > 0 and self._age_hours() >= self._upkeep.auto_update_hours

    async def _download(self) -> bool:
        known = self._etag if self.status().present else ""  # a file that was taken away is wanted whole
        try:
            got = await self._downloads.save(self._upkeep.url, self._path, etag=known, check=provider_file.check)
        except (GatewayError, OSError) as error:
            self._failed(str(error))
            return False
        self._etag, self._failures, self._problem = got.etag, 0, ""
        if got.unchanged:
            await asyncio.to_thread(os.utime, self._path)
        return not got.unchanged

    def status(self) -> Status:
        """How the file is. One look at its date, no more."""
        age = self._age_hours()
        present = age != float("inf")
        slow = self._clock() < self._slow_until
        stale = age > self._upkeep.max_age_hours
        return Status(present, age if present else None, stale, self._failures, self._problem, slow)

    def _nothing(self) -> Fetched:
        """Said once, so that a look each hour does not fill the log."""
        if self._upkeep.auto_update_hours > 0:
            raise BackendUnreachable(f"There is no provider.db yet. {self._problem}".strip())
        if not self._missed:
            log.info("there is no provider.db at %s, and it is not downloaded: its guesses are left out", self._path)
        self._missed = True
        return Fetched(absent=True)

    def _failed(self, problem: str) -> None:
        wait = min(_FIRST_WAIT * 2.0 ** min(self._failures, 10), _LONGEST_WAIT)
        self._failures += 1
        self._problem = problem
        self._not_before = self._clock() + wait
        log.warning("provider.db was not updated: %s Next try in %.0f seconds.", problem, wait)

    def _age_hours(self) -> float:
        try:
            return max(0.0, (self._now() - self._path.stat().st_mtime) / _HOUR)
        except OSError:
            return float("inf")

    def _warnings(self) -> tuple[str, ...]:
        status = self.status()
        stale = (f"provider.db is {status.age_hours:.0f} hours old",) if status.stale and status.present else ()
        return (*((f"not updated: {status.problem}",) if status.problem else ()), *stale)

    def _from_memory(self, read_at: float, fetched: Fetched) -> Fetched:
        if self._clock() - read_at > self._upkeep.memory_max_age_seconds:
            raise BackendGarbage("provider.db is slow, and what is remembered of it is too old.")
        return Fetched(fetched.rows, (*self._warnings(), "read from memory: the disk was slow"))


def _now() -> float:
    """Seconds since 1970, as the dates of files count."""
    return time.time_ns() / 1e9
