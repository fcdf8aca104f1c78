"""`make_engine`: an async engine with the differences between SQLite and PostgreSQL settled."""

import asyncio
from pathlib import Path
from typing import Any

from msgspec import Struct
from sqlalchemy import URL, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from smarterrouter.errors import StoreUnavailable
from smarterrouter.store.addresses import sqlite_file

_BUSY_SECONDS = 10
"""How long a SQLite writer waits for another one."""
_PARTING_SECONDS = 0.1
_STATEMENTS = 2
"""Prepared statements kept by a SQLite connection: one of the journal's, for 500 rows, takes more than a megabyte."""


class Pool(Struct, frozen=True):
    """Connections kept open. The defaults are those of the settings."""

    size: int = 10
    max_overflow: int = 20
    recycle_seconds: int = 3600
    pre_ping: bool = True
    """Ask a server for a sign of life before a connection is used again. A file needs no such question."""


def make_engine(url: URL, pool: Pool) -> AsyncEngine:
    """An engine for a URL of `engine_url`; nothing is opened yet. Raise `StoreUnavailable` without its driver."""
    is_file = sqlite_file(url) is not None
    try:
        engine = create_async_engine(
            url,
            pool_size=pool.size,
            max_overflow=pool.max_overflow + is_file,  # the journal keeps one connection to a file for itself
            pool_recycle=pool.recycle_seconds,
            pool_pre_ping=pool.pre_ping and not is_file,
            hide_parameters=True,  # an error message must not carry what was to be stored
            connect_args=_file_arguments() if is_file else _server_arguments(),
        )
    except ImportError as error:
        raise StoreUnavailable("PostgreSQL needs asyncpg: pip install 'smarterrouter[postgres]'.") from error
    if is_file:
        event.listen(engine.sync_engine, "connect", _prepare_file)
    return engine


async def parted(dialect: str) -> None:
    """Wait a moment after a failure: the thread of a connection that did not open still answers to this event loop."""
    if dialect == "sqlite":
        await asyncio.sleep(_PARTING_SECONDS)


def make_room(path: Path) -> None:
    """Create the file's folders, and the file readable by its owner alone. Raise `StoreUnavailable` when that fails."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError as error:
        raise StoreUnavailable(f"The database file {path} cannot be created: {error.strerror}.") from error


def reason(error: Exception) -> str:
    """One line that says what failed: the driver's own, because SQLAlchemy's adds the statement."""
    cause = getattr(error, "orig", None) or error
    line = next(iter(str(cause).strip().splitlines()), "").rstrip(".")
    if line.startswith("invalid input for query argument"):  # asyncpg goes on to quote it: perhaps somebody's text
        return "a value was refused"
    return line or type(cause).__name__


def _file_arguments() -> dict[str, Any]:
    return {"timeout": _BUSY_SECONDS, "cached_statements": _STATEMENTS}


def _server_arguments() -> dict[str, Any]:
    # Without limits a server that went silent would hold a connection for as long as TCP does: hours.
    return {"timeout": 10, "command_timeout": 60, "server_settings": {"application_name": "smarterrouter"}}


def _prepare_file(connection: Any, _: Any) -> None:
    # WAL: readers and the writer do not wait for each other. NORMAL: a power cut may cost the last commits, no more.
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
