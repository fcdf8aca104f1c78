"""`Scheduler`: supervised periodic jobs. One that fails is logged and tried again at its next time."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from time import perf_counter
from typing import Any, Protocol

from msgspec import Struct

from smarterrouter.errors import NotFound
from smarterrouter.observability.tasks import spawn

log = logging.getLogger(__name__)


class Job(Protocol):
    """Work that is not a request.

    Example: `name = "refresh_models"`, `every = 300.0`, `async def run(self) -> None`.
    """

    @property
    def name(self) -> str:
        """Unique among the jobs."""

    @property
    def every(self) -> float:
        """Seconds between the end of one run and the begin of the next; 0 for once at start, then only when asked."""

    async def run(self) -> None:
        """Do the work once. What it raises is logged and shown; the next run comes all the same."""


class JobStatus(Struct, frozen=True):
    """How a job fares. Times are Unix seconds, 0 when it has not run."""

    name: str
    every: float
    running: bool = False
    runs: int = 0
    failures: int = 0
    last_run: float = 0.0
    """When the last run began."""
    last_seconds: float = 0.0
    """How long the last finished run took."""
    last_error: str = ""
    """Empty when the last run succeeded."""


class _Supervised:
    """One job, its loop and its record; at most one run at a time."""

    def __init__(self, job: Job, finished: Callable[[str, bool], None]) -> None:
        self.job = job
        self.finished = finished
        self.loop: asyncio.Task[None] | None = None
        self.running: asyncio.Task[None] | None = None
        self.runs = 0
        self.failures = 0
        self.last_run = 0.0
        self.last_seconds = 0.0
        self.last_error = ""

    async def forever(self) -> None:
        await self.join()
        while self.job.every > 0:
            await asyncio.sleep(self.job.every)
            await self.join()

    async def join(self) -> None:
        """Run the job, or wait for the run that is under way. Who stops waiting does not stop the run."""
        if self.running is None or self.running.done():
            self.running = spawn(self._once(), f"job {self.job.name}")
        await asyncio.wait({self.running})

    async def _once(self) -> None:
        self.last_run, began, error = datetime.now(UTC).timestamp(), perf_counter(), ""
        try:
            await self.job.run()
        except Exception as failure:  # whatever a job does wrong must not end its schedule
            self.failures += 1
            error = f"{type(failure).__name__}: {failure}"
            log.warning("job %s failed; it is tried again at its next time", self.job.name, exc_info=failure)
        self.runs += 1
        self.last_error = error
        self.last_seconds = perf_counter() - began
        self.finished(self.job.name, not error)

    def status(self) -> JobStatus:
        return JobStatus(
            name=self.job.name,
            every=self.job.every,
            running=self.running is not None and not self.running.done(),
            runs=self.runs,
            failures=self.failures,
            last_run=self.last_run,
            last_seconds=self.last_seconds,
            last_error=self.last_error,
        )


class Scheduler:
    """Owns the loops of all jobs; lives on the event loop."""

    def __init__(self, jobs: Sequence[Job] = (), finished: Callable[[str, bool], None] = lambda name, ok: None) -> None:
        """`finished` hears the name of a job and whether its run succeeded.

        Raise `ValueError` when two jobs have the same name: each is registered once.
        """
        self._jobs: dict[str, _Supervised] = {}
        for job in jobs:
            if job.name in self._jobs:
                raise ValueError(f"job {job.name} is registered twice")
            self._jobs[job.name] = _Supervised(job, finished)

    def start(self) -> None:
        """Run each job now, and then every `every` seconds. Calling it again changes nothing."""
        for supervised in self._jobs.values():
            if supervised.loop is None:
                supervised.loop = spawn(supervised.forever(), f"schedule of {supervised.job.name}")

    async def run_now(self, name: str) -> JobStatus:
        """Run a job outside its schedule, or join the run under way; give its status afterwards. Raise `NotFound`."""
        supervised = self._jobs.get(name)
        if supervised is None:
            raise NotFound(f"There is no job {name}; there are: {', '.join(sorted(self._jobs)) or 'none'}.")
        await supervised.join()
        return supervised.status()

    def status(self) -> tuple[JobStatus, ...]:
        """How every job fares, in the order of registration."""
        return tuple(supervised.status() for supervised in self._jobs.values())

    async def stop(self, seconds: float = 5.0) -> list[str]:
        """Cancel everything and wait at most `seconds`; give the names of tasks that would not end in time."""
        tasks = {task for one in self._jobs.values() for task in (one.loop, one.running) if task and not task.done()}
        stuck = await _cancelled(tasks, seconds) if tasks else set()
        for supervised in self._jobs.values():
            supervised.loop = None
        names = sorted(task.get_name() for task in stuck)
        if names:
            log.warning("still running %g s after they were told to stop: %s", seconds, ", ".join(names))
        return names


async def _cancelled(tasks: set[asyncio.Task[Any]], seconds: float) -> set[asyncio.Task[Any]]:
    for task in tasks:
        task.cancel()
    _, stuck = await asyncio.wait(tasks, timeout=seconds)
    return stuck
