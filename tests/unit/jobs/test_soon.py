"""Work that is asked for again and again."""

import asyncio

import pytest

from smarterrouter.jobs.soon import Soon


class Work:
    """Counts its runs."""

    def __init__(self, seconds: float = 0.0, error: Exception | None = None) -> None:
        self.runs = 0
        self.seconds = seconds
        self.error = error

    async def __call__(self) -> None:
        self.runs += 1
        await asyncio.sleep(self.seconds)
        if self.error is not None:
            raise self.error


async def test_many_askings_are_one_run() -> None:
    work = Work()
    soon = Soon(work, "work", pause=0.05)
    for _ in range(100):
        soon.ask()
    await asyncio.sleep(0.02)
    assert work.runs == 1
    await asyncio.sleep(0.1)
    assert work.runs == 1


async def test_what_is_asked_for_during_a_run_is_done_after_a_pause() -> None:
    work = Work(seconds=0.002)
    soon = Soon(work, "work", pause=0.05)
    soon.ask()
    await asyncio.sleep(0.001)
    soon.ask()
    await asyncio.sleep(0.02)
    assert work.runs == 1
    await asyncio.sleep(0.1)
    assert work.runs == 2


async def test_work_that_takes_long_rests_longer() -> None:
    work = Work(seconds=0.02)
    soon = Soon(work, "work", pause=0.0)
    for _ in range(20):
        soon.ask()
        await asyncio.sleep(0.01)
    assert work.runs == 1
    await soon.cancel()


async def test_a_failure_is_logged_and_the_next_asking_served(caplog: pytest.LogCaptureFixture) -> None:
    work = Work(error=ValueError("broken"))
    soon = Soon(work, "work", pause=0.01)
    soon.ask()
    await asyncio.sleep(0.005)
    soon.ask()
    await asyncio.sleep(0.05)
    assert work.runs == 2
    assert "background task work failed" in caplog.text


async def test_what_is_asked_for_during_a_run_that_fails_is_done() -> None:
    work = Work(seconds=0.005, error=ValueError("broken"))
    soon = Soon(work, "work", pause=0.0)
    soon.ask()
    await asyncio.sleep(0.002)
    soon.ask()
    await asyncio.sleep(0.2)
    assert work.runs == 2


async def test_after_cancelling_nothing_is_done() -> None:
    work = Work()
    soon = Soon(work, "work")
    await soon.cancel()
    soon.ask()
    await soon.cancel()
    assert work.runs == 0
