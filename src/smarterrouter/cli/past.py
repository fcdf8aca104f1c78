"""The log of requests for commands that only read it: nothing is created and nothing migrated."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from smarterrouter.cli.loading import settings_or_exit
from smarterrouter.errors import StoreUnavailable
from smarterrouter.store.addresses import sqlite_file
from smarterrouter.store.database import Database
from smarterrouter.store.migrations.head import HEAD


@asynccontextmanager
async def opened() -> AsyncIterator[Database]:
    """The database, open. Raise `StoreUnavailable` where there is none, or one of another version."""
    settings = settings_or_exit().settings
    database = Database(settings.database.database_url, settings.home)
    try:
        path = sqlite_file(database.url)
        if path and not path.exists():
            raise StoreUnavailable(f"There is no database {database} yet: nothing has been recorded.")
        if await database.revision() != HEAD:
            raise StoreUnavailable(
                f"The database {database} is not at the newest revision; `smarterrouter db upgrade` brings it there."
            )
        await database.open()
        yield database
    finally:
        await database.close()
