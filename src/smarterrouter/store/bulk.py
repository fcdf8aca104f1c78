"""`bulk_insert`: many rows into one table, as cheaply as each database allows.

SQLite works in a thread of its own, which shares the interpreter lock with the event loop. Beside a busy loop each time
the thread needs the lock costs up to 5 ms of waiting and a hundred useless wake-ups. One statement a row means one such
moment a row (300 µs of CPU a row were measured), the usual way to a transaction has twenty. So all rows go into one
statement of many value lists that commits itself, on a connection kept open: one trip to the thread a batch.
PostgreSQL is spoken to on the loop itself, where the driver's pipelined `executemany` is the cheapest.
"""

import sqlite3
from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any, Protocol

import aiosqlite
from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from smarterrouter.errors import StoreUnavailable
from smarterrouter.store.database import Database

Row = tuple[Any, ...]
"""The members stand in the order of the table's columns, in the driver's own types."""


class Refused(Exception):
    """A key was already there or a value cannot be stored; not one row was written."""


class BulkInsert(Protocol):
    """Inserts all rows or none."""

    async def run(self, rows: Sequence[Row], *, again: bool = False) -> None:
        """Insert and commit `rows`. With `again`, rows whose key is already there are left alone.

        Raise `Refused`, or `StoreUnavailable` after which the rows may be there all the same.
        """

    async def close(self) -> None:
        """Give back what is held."""


def bulk_insert(table: Table, database: Database) -> BulkInsert:
    """The way for this kind of database."""
    return _FileInsert(table, database) if database.dialect.name == "sqlite" else _ServerInsert(table, database)


def to_driver(table: Table, column: str, database: Database) -> Callable[[Any], Any]:
    """The function that makes a driver's value of a Python value of `column`."""
    processor = table.c[column].type.dialect_impl(database.dialect).bind_processor(database.dialect)
    return processor or (lambda value: value)


class _ServerInsert:
    def __init__(self, table: Table, database: Database) -> None:
        insert = postgresql.insert(table)
        self._database = database
        self._plain = str(insert.compile(dialect=database.dialect))
        self._again = str(insert.on_conflict_do_nothing().compile(dialect=database.dialect))

    async def run(self, rows: Sequence[Row], *, again: bool = False) -> None:
        try:
            async with self._database.begin() as connection:
                await connection.exec_driver_sql(self._again if again else self._plain, list(rows))
        except IntegrityError as error:
            raise Refused("The server refused a key or a value.") from error

    async def close(self) -> None:
        """Nothing is held between two batches."""


class _FileInsert:
    def __init__(self, table: Table, database: Database) -> None:
        insert = sqlite.insert(table)
        self._database = database
        self._plain = str(insert.compile(dialect=database.dialect))
        self._again = str(insert.on_conflict_do_nothing().compile(dialect=database.dialect))
        self._connection: AsyncConnection | None = None
        self._driver: aiosqlite.Connection | None = None

    async def run(self, rows: Sequence[Row], *, again: bool = False) -> None:
        sql = repeated(self._again if again else self._plain, len(rows))
        driver = self._driver or await self._open()
        try:
            await driver.execute(sql, tuple(chain.from_iterable(rows)))
        except (sqlite3.IntegrityError, ValueError, OverflowError) as error:
            raise Refused(f"SQLite refused a key or a value ({type(error).__name__}).") from error
        except sqlite3.Error as error:
            await self.close()
            raise StoreUnavailable(f"The database {self._database} failed: {error}.") from error

    async def close(self) -> None:
        connection, self._connection, self._driver = self._connection, None, None
        if connection is not None:
            await connection.close()

    async def _open(self) -> aiosqlite.Connection:
        self._connection = connection = await self._database.autocommit()
        driver = (await connection.get_raw_connection()).driver_connection
        if not isinstance(driver, aiosqlite.Connection):
            raise TypeError(f"SQLite is driven by {type(driver).__name__}, not by aiosqlite.")
        self._driver = driver
        return driver


def repeated(sql: str, count: int) -> str:
    """`INSERT … VALUES (?, ?) ON CONFLICT …` with its one value list `count` times."""
    start, values, rest = sql.partition(" VALUES ")
    one, bracket, tail = rest.partition(")")
    return f"{start}{values}{','.join([one + bracket] * count)}{tail}"
