"""One look around for commands: build everything, ask every backend once, and close again."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from rich.console import Console

from smarterrouter.bootstrap import House
from smarterrouter.cli.building import house_or_exit
from smarterrouter.cli.loading import settings_or_exit
from smarterrouter.observability import logs

T = TypeVar("T")


def with_house(work: Callable[[House], Awaitable[T]]) -> T:
    """Run `work` on a house whose backends have been asked for their models. Nothing is served or recorded."""
    return asyncio.run(_run(work))


async def _run(work: Callable[[House], Awaitable[T]]) -> T:
    async with _looked() as house:
        return await work(house)


@asynccontextmanager
async def _looked() -> AsyncIterator[House]:
    loaded = settings_or_exit()
    logs.configure("ERROR", loaded.settings.observability.log_format)
    house = house_or_exit(loaded)
    try:
        with Console(stderr=True).status("Asking the backends for their models …"):
            await house.services.find.run()
        yield house
    finally:
        await house.stop()
