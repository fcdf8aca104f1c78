"""`Page`: some rows of many, by limit and offset or from a cursor on; or all of them, a portion at a time."""

import asyncio
import base64
from binascii import Error as NotBase64
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Struct
from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from smarterrouter.store.database import Database
from smarterrouter.store.values import text_fault

LARGEST_PAGE = 1000
_PORTION = 500
_LONGEST_CURSOR = 10_000
_LARGEST_NUMBER = 2**63 - 1

T = TypeVar("T")
Key = Sequence[InstrumentedAttribute[Any]]


class Span(Struct, frozen=True):
    """Which rows are wanted."""

    limit: int = 100
    """Rows at most; 1 to 1,000 are given."""
    offset: int = 0
    """Rows left out at the beginning, or after the cursor where there is one."""
    cursor: str | None = None
    """Of the page before."""


class Page(Struct, Generic[T], frozen=True):
    """Some rows, in a fixed order."""

    rows: tuple[T, ...]
    cursor: str | None
    """Where the next page begins; None when this is the last one. Rows that come or go meanwhile move nothing."""
    total: int
    """Rows on all pages."""


async def read_page(
    database: Database, query: Select[*tuple[Any, ...]], key: Key, span: Span, make: Callable[[Sequence[Any]], T | None]
) -> Page[T]:
    """The page `span` of `query`, ordered by `key`, whose columns are unique together and the query's first ones.

    Rows of which `make` gives None are left out. Raise `ValueError` for a cursor that is none of ours.
    """
    limit = max(1, min(span.limit, LARGEST_PAGE))
    offset = max(0, min(span.offset, _LARGEST_NUMBER))
    wanted = query.order_by(*key).limit(limit + 1).offset(offset)
    if span.cursor is not None:
        wanted = wanted.where(tuple_(*key) > tuple_(*_read_cursor(span.cursor, key)))
    async with database.begin() as connection:
        total = await connection.scalar(select(func.count()).select_from(query.subquery()))
        rows = (await connection.execute(wanted)).all()
    cursor = _cursor(rows[limit - 1][: len(key)]) if len(rows) > limit else None
    return Page(tuple(_made(rows[:limit], make)), cursor, total or 0)


async def read_all(
    database: Database, query: Select[*tuple[Any, ...]], make: Callable[[Sequence[Any]], T | None]
) -> list[T]:
    """What `make` makes of every row of `query`, without the Nones. Requests get their turn in between."""
    result: list[T] = []
    async with database.begin() as connection:
        rows = await connection.stream(query)
        async for portion in rows.partitions(_PORTION):
            result += _made(portion, make)
            await asyncio.sleep(0)  # on a server the next portion may be there already
    return result


def _made(rows: Sequence[Sequence[Any]], make: Callable[[Sequence[Any]], T | None]) -> Iterator[T]:
    return (one for one in map(make, rows) if one is not None)


def _cursor(values: Sequence[Any]) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(list(values))).decode().rstrip("=")


def _read_cursor(cursor: str, key: Key) -> tuple[Any, ...]:
    kinds: Any = tuple(column.type.python_type for column in key)
    try:
        if len(cursor) > _LONGEST_CURSOR:
            raise ValueError(cursor[:9])
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars="-_", validate=True)
        values: tuple[Any, ...] = msgspec.json.decode(text, type=tuple[kinds])
        if not all(_storable(value) for value in values):
            raise ValueError(cursor)
    except (ValueError, NotBase64, msgspec.DecodeError) as error:
        raise ValueError("This is not a cursor that came from here.") from error
    return values


def _storable(value: object) -> bool:
    return abs(value) <= _LARGEST_NUMBER if isinstance(value, int) else not text_fault(value, _LONGEST_CURSOR)
