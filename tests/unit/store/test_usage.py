from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from smarterrouter.store.database import Database
from smarterrouter.store.journal import Journal
from smarterrouter.store.usage import Counts, counts_since, recent


async def test_pages_go_back_in_time_without_gaps(database: Database, journal: Journal, record: Any) -> None:
    for number in range(7):
        journal.append(record(number))
    await journal.close()
    seen, cursor, pages = [], None, 0
    while True:
        page = await recent(database, 3, cursor)
        seen += [found.id for found in page.records]
        pages, cursor = pages + 1, page.cursor
        if cursor is None:
            break
    assert seen == [f"req-{number}" for number in range(6, -1, -1)]
    assert pages == 3


async def test_an_empty_log_has_one_empty_page(database: Database) -> None:
    page = await recent(database, 10**9)
    assert (page.records, page.cursor) == ((), None)


async def test_a_page_has_at_least_one_record(database: Database, journal: Journal, record: Any) -> None:
    journal.append(record())
    await journal.close()
    assert len((await recent(database, -5)).records) == 1


@pytest.mark.parametrize("cursor", ["", "x", "-1", "1; DROP TABLE requests", "٣", "9" * 20])
async def test_a_strange_cursor_is_refused(database: Database, cursor: str) -> None:
    with pytest.raises(ValueError, match="cursor"):
        await recent(database, 1, cursor)


async def test_a_cursor_beyond_every_number_is_the_beginning(database: Database, journal: Journal, record: Any) -> None:
    journal.append(record())
    await journal.close()
    assert len((await recent(database, 1, "9" * 19)).records) == 1


async def test_counts_are_by_model_since_a_time(database: Database, journal: Journal, record: Any) -> None:
    now = datetime.now(UTC)
    journal.append(record(1, model="a", prompt_tokens=10, completion_tokens=1, total_ms=100.0))
    journal.append(record(2, model="a", prompt_tokens=20, completion_tokens=2, total_ms=200.0, status=499))
    journal.append(record(3, model="", status=502))
    journal.append(record(4, model="a", at=(now - timedelta(hours=2)).timestamp()))
    await journal.close()
    assert await counts_since(database, now - timedelta(hours=1)) == (
        Counts("a", 2, 1, 30, 3, 150.0),
        Counts("", 1, 1, 0, 0, 0.0),
    )
    assert await counts_since(database, now + timedelta(hours=1)) == ()
