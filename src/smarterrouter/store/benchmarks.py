"""Published numbers: what a source says now takes the place of what it said before."""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from smarterrouter.domain.columns import COLUMNS
from smarterrouter.domain.knowledge import Published, Unit
from smarterrouter.store.batches import EachInsert, chunks, table_of
from smarterrouter.store.bulk import Row
from smarterrouter.store.database import Database
from smarterrouter.store.pages import Page, Span, read_all, read_page
from smarterrouter.store.syncs import note_problems, note_success, note_try
from smarterrouter.store.tables import ExtraRow, PublishedRow
from smarterrouter.store.values import name_fault, searched, shown, text_fault, utc

_URL_BYTES = 4096
_EXTRA_BYTES = 65_536
_KEY = (
    PublishedRow.model,
    PublishedRow.column,
    PublishedRow.source,
    PublishedRow.date,
    PublishedRow.reported_by,
)
_OTHERS = (PublishedRow.value, PublishedRow.unit, PublishedRow.url, PublishedRow.estimated)
_READ = (
    select(*_KEY, *_OTHERS)
    # Written by another version, perhaps: what this one does not know, nobody here can use.
    .where(PublishedRow.column.in_(COLUMNS), PublishedRow.unit.in_(list(Unit)))
)

Extra = Mapping[str, Mapping[str, Any]]
"""By model as the source spells it: names of its own and plain values."""


class Reading(Struct, frozen=True):
    """What was read at a source, beside the rows."""

    problems: tuple[str, ...] = ()
    """What could not be read, for people."""
    extra: Extra = {}


class Saved(Struct, frozen=True):
    """What became of the rows."""

    written: int
    skipped: tuple[tuple[Published, str], ...]
    """Each bad row with the reason; the others are there all the same."""
    kept: bool = False
    """Not one row could be used, so what the source said before was left in place."""


async def save_published(
    database: Database,
    source: str,
    rows: Sequence[Published],
    at: datetime,
    reading: Reading = Reading(),  # noqa: B008
) -> Saved:
    """Put `rows` in the place of everything that `source` said before, in one transaction.

    A bad row is skipped and reported. A source where all rows are bad, or that has problems and no rows, is taken to
    be broken: what it said before stays. `at` without a zone is UTC. Raise `StoreUnavailable`, after which all is as
    it was; `ValueError` for a source without a usable name.
    """
    if fault := name_fault(source):
        raise ValueError(f"The name of a benchmark source {fault}.")
    async with database.begin() as connection:
        await note_try(database, connection, source, utc(at), reading.problems)
        saved, problems = await _replace(database, connection, source, rows, reading)
        if not saved.kept:
            await note_success(connection, source, saved.written)
        if problems:
            await note_problems(connection, source, (*reading.problems, *problems))
    return saved


async def published(database: Database) -> tuple[Published, ...]:
    """Everything that all sources say, by model and column. Raise `StoreUnavailable`."""
    return tuple(await read_all(database, _READ.order_by(*_KEY), _published))


async def published_page(
    database: Database, limit: int = 100, offset: int = 0, cursor: str | None = None, model: str | None = None
) -> Page[Published]:
    """A page of it, of one model (as the source spells it) where one is named.

    Raise `ValueError` for a cursor that is none of ours, `StoreUnavailable`.
    """
    query = _READ if model is None else _READ.where(PublishedRow.model == searched(model))
    return await read_page(database, query, _KEY, Span(limit, offset, cursor), _published)


async def extra_data(database: Database, source: str) -> dict[str, dict[str, Any]]:
    """What `source` says beside its numbers, by model. Raise `StoreUnavailable`."""
    query = select(ExtraRow.model, ExtraRow.data).where(ExtraRow.source == searched(source)).order_by(ExtraRow.model)
    return dict(await read_all(database, query, lambda row: (row[0], msgspec.json.decode(row[1]))))


async def _replace(
    database: Database, connection: AsyncConnection, source: str, rows: Sequence[Published], reading: Reading
) -> tuple[Saved, list[str]]:
    before = await connection.begin_nested()
    await connection.execute(delete(PublishedRow).where(PublishedRow.source == source))
    skipped = await _insert(EachInsert(database, PublishedRow, connection), source, rows)
    problems = [f"{shown(row.model)}: {reason}" for row, reason in skipped]
    written = len(rows) - len(skipped)
    if not written and (skipped or reading.problems):
        await before.rollback()
        return Saved(0, tuple(skipped), kept=True), problems
    problems += await _replace_extra(EachInsert(database, ExtraRow, connection), connection, source, reading.extra)
    await before.commit()
    return Saved(written, tuple(skipped)), problems


async def _insert(insert: EachInsert, source: str, rows: Sequence[Published]) -> list[tuple[Published, str]]:
    skipped: list[tuple[Published, str]] = []
    for chunk in chunks(rows, len(table_of(PublishedRow).columns)):
        faults = [_fault(row, source) for row in chunk]
        skipped += [(row, fault) for row, fault in zip(chunk, faults, strict=True) if fault]
        good = [row for row, fault in zip(chunk, faults, strict=True) if not fault]
        if good:
            refused = await insert.run([_values(row) for row in good])
            skipped += [
                (good[place], f"the database refused {good[place].column}: it is there twice, most likely")
                for place in refused
            ]
    return skipped


async def _replace_extra(insert: EachInsert, connection: AsyncConnection, source: str, extra: Extra) -> list[str]:
    await connection.execute(delete(ExtraRow).where(ExtraRow.source == source))
    problems: list[str] = []
    for chunk in chunks(list(extra.items()), len(table_of(ExtraRow).columns)):
        texts = {model: _json(model, data) for model, data in chunk}
        problems += [
            f"{shown(model)}: what was said beside its numbers cannot be kept" for model in texts if not texts[model]
        ]
        if good := [(source, model, text) for model, text in texts.items() if text]:
            await insert.run(good)
    return problems


def _json(model: str, data: Mapping[str, Any]) -> str:
    try:
        text = msgspec.json.encode(data).decode()
    except (TypeError, ValueError, RecursionError):  # a lone surrogate is a ValueError
        return ""
    return "" if name_fault(model) or text_fault(text, _EXTRA_BYTES) else text


def _fault(row: Published, source: str) -> str:
    """Why `row` cannot be kept; empty when it can. The members are looked at as if they had no types."""
    column = COLUMNS.get(row.column) if isinstance(row.column, str) else None
    if row.source != source:
        return f"it says that it comes from {shown(row.source)}"
    if column is None:
        return f"there is no column {shown(row.column)}"
    if row.unit != column.unit:
        return f"{row.column} is given in {shown(row.unit)}"
    if not _is_number(row.value):
        return f"{row.column} is {shown(row.value)}"
    if not _is_flag(row.estimated):
        return f"{row.column} does not say whether it is estimated"
    return _text_fault(row)


def _text_fault(row: Published) -> str:
    if fault := name_fault(row.model):
        return f"the name {fault}"
    if fault := text_fault(row.url, _URL_BYTES):
        return f"the address {fault}"
    for text in (row.date, row.reported_by):
        if fault := text_fault(text):
            return f"{shown(text)} {fault}"
    return ""


def _is_number(value: object) -> bool:
    return (
        isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300 and math.isfinite(value)
    )


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def _values(row: Published) -> Row:
    where = (row.source, row.url, row.date, row.reported_by)
    return (row.model, row.column, float(row.value), str(row.unit), *where, row.estimated)


def _published(row: Sequence[Any]) -> Published:
    model, column, source, date, reported_by, value, unit, url, estimated = row
    return Published(model, column, value, Unit(unit), source, url, date, reported_by, estimated)
