"""Lets go of what was kept long enough."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Update, select, update

from smarterrouter.store.database import Database
from smarterrouter.store.tables import LabelRow, RequestRow

_PORTION = 1000
"""Rows in one transaction, so that the journal never waits long for its turn."""


async def expire_content(database: Database, older_than_days: float, now: datetime | None = None) -> int:
    """Remove the text of requests and comments older than so many days; the records stay. Give the rows emptied.

    Raise `StoreUnavailable`; what was emptied before stays so.
    """
    limit = (now or datetime.now(UTC)) - timedelta(days=older_than_days)
    old = select(RequestRow.number).where(RequestRow.content.is_not(None), RequestRow.at < limit).limit(_PORTION)
    said = select(LabelRow.number).where(LabelRow.comment.is_not(None), LabelRow.at < limit).limit(_PORTION)
    return await _emptied(
        database, update(RequestRow).where(RequestRow.number.in_(old)).values(content=None)
    ) + await _emptied(database, update(LabelRow).where(LabelRow.number.in_(said)).values(comment=None))


async def _emptied(database: Database, emptying: Update) -> int:
    total = 0
    while True:
        async with database.begin() as connection:
            emptied = (await connection.execute(emptying)).rowcount
        total += emptied
        if emptied < _PORTION:
            return total
