"""The log of requests, read side. For admin pages and the shell, never for a request."""

from datetime import datetime

from msgspec import Struct
from sqlalchemy import Integer, RowMapping, func, select

from smarterrouter.domain.records import RequestRecord
from smarterrouter.store.database import Database
from smarterrouter.store.tables import RequestRow

_LARGEST_PAGE = 1000
_FIELDS = RequestRecord.__struct_fields__


class Page(Struct, frozen=True):
    """Some records, newest first."""

    records: tuple[RequestRecord, ...]
    cursor: str | None
    """Give it to `recent` for the records that were written before these; None when there are none."""


class Counts(Struct, frozen=True):
    """What one model did in some time. `model` is empty for requests that none answered."""

    model: str
    requests: int
    errors: int
    """Those with a status of 400 or more, callers that left (499) included."""
    prompt_tokens: int
    completion_tokens: int
    mean_ms: float


async def recent(database: Database, limit: int = 50, cursor: str | None = None) -> Page:
    """The newest `limit` records (1 to 1,000), or those before `cursor`.

    Raise `ValueError` for a cursor that is none of ours, `StoreUnavailable` when the database fails.
    """
    limit = max(1, min(limit, _LARGEST_PAGE))
    query = select(RequestRow.__table__).order_by(RequestRow.number.desc()).limit(limit + 1)
    if cursor is not None:
        query = query.where(RequestRow.number < _number(cursor))
    async with database.begin() as connection:
        rows = (await connection.execute(query)).mappings().all()
    more = len(rows) > limit
    return Page(tuple(_record(row) for row in rows[:limit]), str(rows[limit - 1]["number"]) if more else None)


async def counts_since(database: Database, since: datetime) -> tuple[Counts, ...]:
    """One line a model for requests that began at `since` (with its zone) or later, the busiest first.

    Raise `StoreUnavailable` when the database fails.
    """
    requests = func.count().label("requests")
    query = (
        select(
            RequestRow.model,
            requests,
            func.sum((RequestRow.status >= 400).cast(Integer)),
            func.sum(RequestRow.prompt_tokens),
            func.sum(RequestRow.completion_tokens),
            func.avg(RequestRow.total_ms),
        )
        .where(RequestRow.at >= since)
        .group_by(RequestRow.model)
        .order_by(requests.desc(), RequestRow.model)
    )
    async with database.begin() as connection:
        rows = (await connection.execute(query)).all()
    return tuple(Counts(row[0], int(row[1]), int(row[2]), int(row[3]), int(row[4]), float(row[5])) for row in rows)


def _number(cursor: str) -> int:
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) <= 19):
        raise ValueError("This is not a cursor that came from here.")
    return min(int(cursor), 2**63 - 1)


def _record(row: RowMapping) -> RequestRecord:
    values = {name: row[name] for name in _FIELDS}
    return RequestRecord(**{**values, "at": row["at"].timestamp(), "content": row["content"] or ""})
