import asyncio
import gc
import logging

import pytest

from smarterrouter.observability import tasks


async def test_a_task_is_kept_alive_until_it_ends() -> None:
    started, finish, others = asyncio.Event(), asyncio.Event(), set(tasks._running)

    async def work() -> str:
        started.set()
        await finish.wait()
        return "done"

    tasks.spawn(work(), "work")
    await started.wait()
    gc.collect()
    running = [task for task in asyncio.all_tasks() if task.get_name() == "work"]
    finish.set()
    assert await running[0] == "done"
    await asyncio.sleep(0)
    assert tasks._running <= others


async def test_a_failure_is_logged_with_its_name(caplog: pytest.LogCaptureFixture) -> None:
    async def work() -> None:
        raise RuntimeError("out of coffee")

    with caplog.at_level(logging.ERROR):
        task = tasks.spawn(work(), "make coffee")
        await asyncio.wait([task])
        await asyncio.sleep(0)
    assert "background task make coffee failed" in caplog.text
    assert "out of coffee" in caplog.text


async def test_cancelling_waits_for_the_end_and_is_no_failure(caplog: pytest.LogCaptureFixture) -> None:
    cleaned = []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            cleaned.append(1)

    several = [tasks.spawn(work(), f"work {number}") for number in range(3)]
    await asyncio.sleep(0)
    await tasks.cancel(*several, None)
    assert len(cleaned) == 3
    assert all(task.cancelled() for task in several)
    assert caplog.text == ""
