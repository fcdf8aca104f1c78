"""Lets go of what was kept long enough."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update

from smarterrouter.store.database import Database
from smarterrouter.store.tables import RequestRow

_PORTION = 1000
"""Rows in one transaction, so that the journal never waits long for its turn."""


async def expire_content(database: Database, older_than_days: float, now: datetime | None = None) -> int:
    """Remove the text of requests older than so many days; the records stay. Give the number of rows emptied.

    Raise `StoreUnavailable`; what was emptied before stays so.
    """
    limit = (now or datetime.now(UTC)) - timedelta(days=older_than_days)
    old = select(RequestRow.number).where(RequestRow.content.is_not(None), RequestRow.at < limit).limit(_PORTION)
    emptying = update(RequestRow).where(RequestRow.number.in_(old)).values(content=None)
    total = 0
    while True:
        async with database.begin() as connection:
            emptied = (await connection.execute(emptying)).rowcount
        total += emptied
        if emptied < _PORTION:
            return total
