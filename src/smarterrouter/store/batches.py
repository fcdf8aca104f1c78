"""`EachInsert`: many rows in few statements, and yet each row stands or falls alone."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar, cast

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import DeclarativeBase

from smarterrouter.store.bulk import Row, repeated
from smarterrouter.store.database import Database

_PARAMETERS = 999
"""Parameters in one statement at most: the limit of every SQLite older than 3.32."""

T = TypeVar("T")


def table_of(row: type[DeclarativeBase]) -> Table:
    """The table behind a class of `tables.py`."""
    return cast("Table", row.__table__)


def insert_into(database: Database, row: type[DeclarativeBase]) -> "sqlite.Insert | postgresql.Insert":
    """An INSERT that knows `on_conflict_do_update` and `on_conflict_do_nothing`."""
    return sqlite.insert(table_of(row)) if database.dialect.name == "sqlite" else postgresql.insert(table_of(row))


def chunks(rows: Sequence[T], columns: int) -> Iterator[Sequence[T]]:
    """`rows` in pieces that fit into one statement each, when a row has so many columns."""
    size = _PARAMETERS // columns
    return (rows[start : start + size] for start in range(0, len(rows), size))


class EachInsert:
    """Inserts rows into one table within a transaction that has already written something.

    (The SQLite driver begins a transaction before the first write only; a savepoint before it would be one itself.)
    """

    def __init__(self, database: Database, row: type[DeclarativeBase], connection: AsyncConnection) -> None:
        """`row` is a class of `tables.py`."""
        self._connection = connection
        self._at_once = database.dialect.name == "sqlite"  # see `bulk.py` for what is the cheapest on each
        self._sql = str(insert_into(database, row).compile(dialect=database.dialect))

    async def run(self, rows: Sequence[Row]) -> list[int]:
        """Insert `rows`, one chunk, each in the order of the table's columns. Give the places of those refused.

        A savepoint stands around all of them. When one row is refused, each half has a savepoint of its own, and so on
        down to that row: the same as a savepoint a row, for a fraction of the statements. Of two rows with the same
        key the first one stays.
        """
        try:
            async with self._connection.begin_nested():
                await self._insert(rows)
        except (IntegrityError, DataError):
            if len(rows) == 1:
                return [0]
        else:
            return []
        half = len(rows) // 2
        return [*await self.run(rows[:half]), *(half + place for place in await self.run(rows[half:]))]

    async def _insert(self, rows: Sequence[Row]) -> None:
        if self._at_once:
            values: tuple[Any, ...] = tuple(value for row in rows for value in row)
            await self._connection.exec_driver_sql(repeated(self._sql, len(rows)), values)
        else:
            await self._connection.exec_driver_sql(self._sql, list(rows))
