from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text

from smarterrouter.domain.feedback import Label, Sign
from smarterrouter.store import retention
from smarterrouter.store.database import Database
from smarterrouter.store.journal import Journal
from smarterrouter.store.labels import Written, save_labels
from smarterrouter.store.retention import expire_content
from smarterrouter.store.usage import recent


async def test_old_text_goes_and_the_record_stays(
    database: Database, journal: Journal, record: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(retention, "_PORTION", 4)
    now = datetime(2026, 6, 1, tzinfo=UTC)
    for days in range(10):
        journal.append(record(days, at=(now - timedelta(days=days, hours=1)).timestamp(), content=f"day {days}"))
    journal.append(record(99, at=(now - timedelta(days=99)).timestamp()))
    await journal.close()
    assert await expire_content(database, 3, now) == 7
    assert await expire_content(database, 3, now) == 0
    kept = {found.id: found.content for found in (await recent(database)).records}
    assert len(kept) == 11
    assert {name for name, content in kept.items() if content} == {"req-0", "req-1", "req-2"}


async def test_old_comments_go_and_the_votes_stay(database: Database) -> None:
    now = datetime(2026, 6, 1, tzinfo=UTC)
    said = [
        Written(
            Label(Sign.VOTE, "ann", f"r{days}", "a/m", None, 0.0, 1.0, (now - timedelta(days=days)).timestamp()), "x"
        )
        for days in (1, 5)
    ]
    await save_labels(database, said)
    assert await expire_content(database, 3, now) == 1
    async with database.begin() as connection:
        kept = (await connection.execute(text("SELECT comment FROM labels ORDER BY number"))).scalars()
    assert list(kept) == ["x", None]
