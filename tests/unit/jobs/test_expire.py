from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from smarterrouter.domain.records import RequestRecord
from smarterrouter.jobs.expire import ExpireContent
from smarterrouter.jobs.scheduler import Job
from smarterrouter.store.database import Database
from smarterrouter.store.journal import Journal
from smarterrouter.store.premises import load_snapshot, save_premises

DAY = 86_400.0


@pytest.fixture
async def database(tmp_path):
    made = Database("sqlite:///router.db", tmp_path)
    yield made
    await made.close()


def record(days_ago):
    at = datetime.now(UTC).timestamp() - days_ago * DAY
    return RequestRecord(f"r{days_ago}", at, "chat", "auto", "one/a", "scored", 200, content="user: hi")


async def contents(database):
    async with database.begin() as connection:
        found = await connection.execute(text("SELECT id, content FROM requests"))
        return {row.id: row.content for row in found}


async def test_old_text_goes_and_its_record_stays(database):
    await database.open()
    journal = Journal(database)
    journal.start()
    for days in (1, 6, 8, 400):
        journal.append(record(days))
    await journal.close()
    await ExpireContent(database, 7).run()
    assert await contents(database) == {"r1": "user: hi", "r6": "user: hi", "r8": None, "r400": None}


async def test_a_database_that_is_not_open_yet_is_left_for_the_next_time(database, tmp_path):
    await ExpireContent(database, 7).run()
    assert not list(tmp_path.iterdir())


def test_it_is_a_job(database):
    job: Job = ExpireContent(database, 7)
    assert job.name == "expire_content"
    assert job.every > 0


async def test_premises_older_than_every_record_go(database):
    await database.open()
    long_ago = datetime.now(UTC) - timedelta(days=2)
    await save_premises(database, {"old": b"1"}, {}, long_ago)
    await save_premises(database, {"new": b"1"}, {})
    await ExpireContent(database, 7).run()
    assert await load_snapshot(database, "old") is None
    assert await load_snapshot(database, "new") is not None
