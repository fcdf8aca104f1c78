"""Supervised periodic jobs."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from smarterrouter.errors import NotFound
from smarterrouter.jobs.scheduler import Scheduler

PATIENCE = 10.0
"""Seconds after which a test that waits for something gives up; nothing is measured."""


class Work:
    """A job that counts its runs and does what the test says."""

    def __init__(
        self, name: str = "work", every: float = 0.001, act: Callable[[int], Awaitable[None]] | None = None
    ) -> None:
        self.name = name
        self.every = every
        self.runs = 0
        self.at_once = 0
        self.most_at_once = 0
        self._act = act
        self._ran = asyncio.Condition()

    async def run(self) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if self._act is not None:
                await self._act(self.runs)
        finally:
            self.at_once -= 1
            self.runs += 1
            async with self._ran:
                self._ran.notify_all()

    async def until(self, runs: int) -> None:
        async with asyncio.timeout(PATIENCE), self._ran:
            await self._ran.wait_for(lambda: self.runs >= runs)


async def fail(_: int) -> None:
    raise RuntimeError("no luck")


async def test_runs_at_start_and_then_again_and_again() -> None:
    work = Work()
    scheduler = Scheduler([work])
    scheduler.start()
    await work.until(3)
    assert await scheduler.stop() == []


async def test_starting_twice_runs_once_at_a_time() -> None:
    work = Work(act=lambda _: asyncio.sleep(0.001))
    scheduler = Scheduler([work])
    scheduler.start()
    scheduler.start()
    await work.until(5)
    await scheduler.stop()
    assert work.most_at_once == 1


def test_each_job_is_registered_once() -> None:
    class Named:
        name = "same"
        every = 1.0

        async def run(self) -> None:
            raise AssertionError("never runs")

    with pytest.raises(ValueError, match="same is registered twice"):
        Scheduler([Named(), Named()])


async def test_every_zero_runs_once_at_start() -> None:
    work = Work(every=0)
    scheduler = Scheduler([work])
    scheduler.start()
    await work.until(1)
    for _ in range(20):
        await asyncio.sleep(0)
    assert work.runs == 1
    assert (await scheduler.run_now("work")).runs == 2
    await scheduler.stop()


async def test_a_failure_is_logged_shown_and_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    async def only_first(run: int) -> None:
        if run == 0:
            raise RuntimeError("no luck")

    work = Work(every=0, act=only_first)
    scheduler = Scheduler([work])
    status = await scheduler.run_now("work")
    assert (status.runs, status.failures, status.last_error) == (1, 1, "RuntimeError: no luck")
    assert "job work failed" in caplog.text
    status = await scheduler.run_now("work")
    assert (status.runs, status.failures, status.last_error) == (2, 1, "")


async def test_a_failing_job_does_not_stop_the_schedule() -> None:
    work = Work(act=fail)
    other = Work("other")
    scheduler = Scheduler([work, other])
    scheduler.start()
    await work.until(3)
    await other.until(3)
    await scheduler.stop()
    assert scheduler.status()[0].failures >= 3
    assert scheduler.status()[1].failures == 0


async def test_run_now_joins_the_run_under_way() -> None:
    gate = asyncio.Event()

    async def wait(_: int) -> None:
        await gate.wait()

    work = Work(every=0, act=wait)
    scheduler = Scheduler([work])
    first = asyncio.ensure_future(scheduler.run_now("work"))
    second = asyncio.ensure_future(scheduler.run_now("work"))
    await asyncio.sleep(0.001)
    assert scheduler.status()[0].running
    gate.set()
    assert [status.runs for status in await asyncio.gather(first, second)] == [1, 1]
    assert work.runs == 1
    assert not scheduler.status()[0].running


async def test_who_stops_waiting_does_not_stop_the_run() -> None:
    gate = asyncio.Event()

    async def wait(_: int) -> None:
        await gate.wait()

    work = Work(every=0, act=wait)
    scheduler = Scheduler([work])
    impatient = asyncio.ensure_future(scheduler.run_now("work"))
    await asyncio.sleep(0.001)
    impatient.cancel()
    await asyncio.gather(impatient, return_exceptions=True)
    gate.set()
    await work.until(1)


async def test_unknown_jobs_are_named_in_the_error() -> None:
    with pytest.raises(NotFound, match="there are: work"):
        await Scheduler([Work()]).run_now("nothing")


async def test_status_tells_times() -> None:
    scheduler = Scheduler([Work(every=0)])
    before = scheduler.status()[0]
    assert (before.runs, before.last_run, before.last_error, before.running) == (0, 0.0, "", False)
    after = await scheduler.run_now("work")
    assert after.last_run > 1_700_000_000
    assert after.last_seconds >= 0


async def test_stop_cancels_what_runs_and_leaves_no_task() -> None:
    ended = asyncio.Event()

    async def hang(_: int) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    before = asyncio.all_tasks()
    scheduler = Scheduler([Work("a", act=hang), Work("b", act=hang), Work("c")])
    scheduler.start()
    await asyncio.sleep(0.005)
    assert await scheduler.stop() == []
    assert ended.is_set()
    assert asyncio.all_tasks() == before


async def test_stop_does_not_wait_for_a_job_that_ignores_it() -> None:
    release = asyncio.Event()

    async def stubborn(_: int) -> None:
        while not release.is_set():
            try:
                await release.wait()
            except asyncio.CancelledError:
                continue

    work = Work(act=stubborn)
    scheduler = Scheduler([work])
    scheduler.start()
    await asyncio.sleep(0.001)
    assert await scheduler.stop(seconds=0.01) == ["job work"]
    release.set()
    await work.until(1)


async def test_stop_without_start_is_nothing() -> None:
    assert await Scheduler([Work()]).stop() == []
    assert await Scheduler().stop() == []
