"""One look around for commands: build everything, ask every backend once, and close again."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from rich.console import Console
from rich.markup import escape

from smarterrouter.bootstrap import House
from smarterrouter.cli.building import house_or_exit, tell_key
from smarterrouter.cli.loading import settings_or_exit
from smarterrouter.errors import StoreUnavailable
from smarterrouter.observability import logs
from smarterrouter.store.addresses import sqlite_file
from smarterrouter.store.migrations.head import HEAD

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
    console = Console(stderr=True)
    tell_key(house)
    try:
        with console.status("Asking the backends for their models …"):
            await house.services.find.run()
        yield house
    finally:
        await house.stop()


async def remember(house: House) -> None:
    """What the gateway has learned, where it has a database. Looking neither creates nor changes one."""
    database = house.services.database
    path = sqlite_file(database.url)
    if path and not path.exists():
        return
    try:
        if await database.revision() != HEAD:
            raise StoreUnavailable("it is not at the newest revision; `smarterrouter db upgrade` brings it there.")
        await database.open()
        await house.services.sync.load()
        await house.services.profiling.load()
        await house.services.tally.run()
    except StoreUnavailable as error:
        Console(stderr=True).print(f"The database {escape(str(database))} is left out: {escape(error.message)}")
