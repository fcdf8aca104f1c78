"""How the last readings of the benchmark sources went."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec import Struct
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from smarterrouter.store.batches import insert_into
from smarterrouter.store.database import Database
from smarterrouter.store.tables import SyncRow
from smarterrouter.store.values import first_of, utc

_MOST_PROBLEMS = 100


class SourceStatus(Struct, frozen=True):
    """One benchmark source."""

    source: str
    last_sync: datetime | None
    """When the rows were read that are there now; None when it never worked."""
    rows: int
    """Rows that are there now."""
    problems: tuple[str, ...]
    """Of the last try: what was skipped, or why it failed."""
    last_try: datetime
    """Later than `last_sync` when the last try failed."""
    failures: int = 0
    """Tries that failed since it last worked, or since ever."""


async def sync_status(database: Database) -> tuple[SourceStatus, ...]:
    """Every source that was ever read, by name. Raise `StoreUnavailable`."""
    said = (SyncRow.source, SyncRow.last_sync, SyncRow.rows, SyncRow.problems, SyncRow.last_try, SyncRow.failures)
    async with database.begin() as connection:
        rows = (await connection.execute(select(*said).order_by(SyncRow.source))).all()
    return tuple(
        SourceStatus(source, last_sync, count, tuple(msgspec.json.decode(problems)), last_try, failures)
        for source, last_sync, count, problems, last_try, failures in rows
    )


async def note_failure(database: Database, source: str, problems: Sequence[str], at: datetime) -> None:
    """Nothing could be had from `source`: what it said before stays. Raise `StoreUnavailable`."""
    async with database.begin() as connection:
        await note_try(database, connection, source, utc(at), problems)


async def note_try(
    database: Database, connection: AsyncConnection, source: str, at: datetime, problems: Sequence[str]
) -> None:
    """Within a transaction: `source` was tried, and has failed unless `note_success` follows.

    On a server, whoever tries the same source waits until its end.
    """
    insert = insert_into(database, SyncRow).values(
        source=source, last_try=at, last_sync=None, rows=0, problems=_encoded(problems), failures=1
    )
    changes = {
        "last_try": insert.excluded.last_try,
        "problems": insert.excluded.problems,
        "failures": SyncRow.failures + 1,
    }
    await connection.execute(insert.on_conflict_do_update(index_elements=[SyncRow.source], set_=changes))


async def note_problems(connection: AsyncConnection, source: str, problems: Sequence[str]) -> None:
    """Within the same transaction: all that was found wrong in this try."""
    await connection.execute(update(SyncRow).where(SyncRow.source == source).values(problems=_encoded(problems)))


async def note_success(connection: AsyncConnection, source: str, rows: int) -> None:
    """Within the same transaction: the try gave so many rows, which are there now."""
    done = update(SyncRow).where(SyncRow.source == source).values(last_sync=SyncRow.last_try, rows=rows, failures=0)
    await connection.execute(done)


def _encoded(problems: Sequence[str]) -> str:
    words = [text.encode(errors="replace").decode() for text in first_of(problems, _MOST_PROBLEMS)]
    return msgspec.json.encode(words).decode()
