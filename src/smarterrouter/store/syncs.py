"""How the last readings of the benchmark sources went."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec import Struct
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from smarterrouter.store.batches import insert_into
from smarterrouter.store.database import Database
from smarterrouter.store.tables import ExtraRow, PublishedRow, SyncRow
from smarterrouter.store.values import first_of, searched, utc

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


async def sync_status(database: Database) -> tuple[SourceStatus, ...]:
    """Every source that was ever read, by name. Raise `StoreUnavailable`."""
    query = select(SyncRow.source, SyncRow.last_sync, SyncRow.rows, SyncRow.problems, SyncRow.last_try)
    async with database.begin() as connection:
        rows = (await connection.execute(query.order_by(SyncRow.source))).all()
    return tuple(
        SourceStatus(source, last_sync, count, tuple(msgspec.json.decode(problems)), last_try)
        for source, last_sync, count, problems, last_try in rows
    )


async def note_failure(database: Database, source: str, problems: Sequence[str], at: datetime) -> None:
    """Nothing could be had from `source`: what it said before stays. Raise `StoreUnavailable`."""
    async with database.begin() as connection:
        await note_try(database, connection, source, utc(at), problems)


async def forget_source(database: Database, source: str) -> int:
    """Remove everything that `source` ever said. Give the number of published numbers. Raise `StoreUnavailable`."""
    source = searched(source)
    async with database.begin() as connection:
        gone = (await connection.execute(delete(PublishedRow).where(PublishedRow.source == source))).rowcount
        await connection.execute(delete(ExtraRow).where(ExtraRow.source == source))
        await connection.execute(delete(SyncRow).where(SyncRow.source == source))
    return gone


async def note_try(
    database: Database, connection: AsyncConnection, source: str, at: datetime, problems: Sequence[str]
) -> None:
    """Within a transaction: `source` was tried. On a server, whoever tries the same source waits until its end."""
    words = [text.encode(errors="replace").decode() for text in first_of(problems, _MOST_PROBLEMS)]
    insert = insert_into(database, SyncRow).values(
        source=source, last_try=at, last_sync=None, rows=0, problems=msgspec.json.encode(words).decode()
    )
    again = insert.on_conflict_do_update(
        index_elements=[SyncRow.source],
        set_={"last_try": insert.excluded.last_try, "problems": insert.excluded.problems},
    )
    await connection.execute(again)


async def note_success(connection: AsyncConnection, source: str, rows: int) -> None:
    """Within the same transaction: the try gave so many rows, which are there now."""
    done = update(SyncRow).where(SyncRow.source == source).values(last_sync=SyncRow.last_try, rows=rows)
    await connection.execute(done)
