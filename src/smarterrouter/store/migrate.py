"""Brings a database to the newest revision. Alembic is imported here and in `revision.py` only.

The gateway runs this in a child process: Alembic would keep 15 MB of its memory for a job of one moment.
"""

import asyncio
import sys
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import URL, Connection, event, make_url, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from smarterrouter.store.addresses import sqlite_file
from smarterrouter.store.engine import Pool, make_engine, make_room, parted, reason

SCRIPTS = "smarterrouter.store:migrations"
_LOCK = 0x536D61727465
"""Number of the advisory lock; anything that no other program on the same server uses."""


def configuration(connection: Connection, scripts: str = SCRIPTS) -> Config:
    """What Alembic needs to know, without an alembic.ini. `scripts` is a folder or `package:folder`."""
    config = Config()
    config.set_main_option("script_location", scripts.replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


async def upgrade(url: URL) -> None:
    """Bring the database at a URL of `engine_url` to `HEAD`, in one transaction.

    Safe to run several times at once: the others wait, and then find nothing to do. Raise what the driver raises.
    """
    if path := sqlite_file(url):
        make_room(path)
    engine = make_engine(url, Pool(size=1, max_overflow=0))
    try:
        if path:
            _take_the_write_lock(engine)
        async with engine.begin() as connection:
            if not path:
                await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            await connection.run_sync(lambda sync: command.upgrade(configuration(sync), "head"))
    except SQLAlchemyError:
        await parted(engine.dialect.name)
        raise
    finally:
        await engine.dispose()


def upgrade_now(url: str) -> None:
    """`upgrade` for a process that does nothing else: a failure becomes its last words and its exit code."""
    try:
        asyncio.run(upgrade(make_url(url)))
    except (SQLAlchemyError, OSError) as error:
        sys.exit(reason(error))


def _take_the_write_lock(engine: AsyncEngine) -> None:
    # The driver begins a transaction only before it writes rows, not before it changes tables; here both must be one.
    def plain(connection: Any, _: Any) -> None:
        connection.isolation_level = None

    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    event.listen(engine.sync_engine, "connect", plain)
    event.listen(engine.sync_engine, "begin", begin)
