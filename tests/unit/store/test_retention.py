from datetime import UTC, datetime, timedelta
from typing import Any

from smarterrouter.store import retention
from smarterrouter.store.database import Database
from smarterrouter.store.journal import Journal
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
