"""`BulkInsert`: many rows into one table, as cheaply as each database allows.

SQLite runs in a thread of its own and gives the interpreter lock away once a statement. One statement a row means one
handover a row, and beside a busy event loop each of them waits for its turn: 300 µs a row and more were measured. So
all rows go into one statement of many value lists: 10 µs a row beside the same loop. PostgreSQL is spoken to on the
loop itself, where the driver's pipelined `executemany` is the cheapest: 5 µs.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Any

from sqlalchemy import Dialect, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

_STEP = 100
"""SQLite keeps prepared statements by their text, so rows go in multiples of this plus one remainder."""

Row = tuple[Any, ...]


class BulkInsert:
    """Inserts tuples whose members stand in the order of the table's columns, in the driver's own types."""

    def __init__(self, table: Table, dialect: Dialect) -> None:
        """Compile once; the key of `table` decides what "already there" means."""
        self._one_statement = dialect.name == "sqlite"
        make = sqlite.insert if self._one_statement else postgresql.insert
        self._plain = str(make(table).compile(dialect=dialect))
        self._again = str(make(table).on_conflict_do_nothing().compile(dialect=dialect))

    async def run(self, connection: AsyncConnection, rows: Sequence[Row], *, again: bool = False) -> None:
        """Insert `rows`. With `again`, rows whose key is already there are left alone."""
        sql = self._again if again else self._plain
        if not self._one_statement:
            await connection.exec_driver_sql(sql, list(rows))
            return
        for part in _parts(rows):
            await connection.exec_driver_sql(_repeated(sql, len(part)), tuple(chain.from_iterable(part)))


def to_driver(table: Table, column: str, dialect: Dialect) -> Callable[[Any], Any]:
    """The function that makes a driver's value of a Python value of `column`."""
    processor = table.c[column].type.dialect_impl(dialect).bind_processor(dialect)
    return processor or (lambda value: value)


def _parts(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    whole = len(rows) - len(rows) % _STEP
    if whole:
        yield rows[:whole]
    if whole < len(rows):
        yield rows[whole:]


def _repeated(sql: str, count: int) -> str:
    # "INSERT … VALUES (?, ?) ON CONFLICT …" with its one value list repeated
    start, values, rest = sql.partition(" VALUES ")
    one, bracket, tail = rest.partition(")")
    return f"{start}{values}{','.join([one + bracket] * count)}{tail}"
