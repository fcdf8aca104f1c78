"""Snapshots and policies by their hashes, on SQLite and PostgreSQL."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from smarterrouter.errors import StoreUnavailable
from smarterrouter.store.database import Database
from smarterrouter.store.journal import Described, Journal
from smarterrouter.store.premises import (
    count_decided,
    decided_by_id,
    forget_unused,
    load_policy,
    load_snapshot,
    read_decided,
    save_premises,
)

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


class Given:
    """Premises whose descriptions are told."""

    def __init__(self) -> None:
        self.kept = []
        self.fails = 0

    async def keep(self, records):
        if self.fails:
            self.fails -= 1
            raise StoreUnavailable("away")
        self.kept.append([record.id for record in records])

    def describe(self, record):
        if record.strategy == "named":
            return Described()
        return Described(b"\x02" + record.id.encode(), "cafe", "one/a", "it is warm", "a rule\nanother, too")


@pytest.fixture
def given():
    return Given()


@pytest.fixture
async def log(database, given):
    journal = Journal(database, premises=given)
    journal.start()
    yield journal
    await journal.close()


async def test_what_was_saved_is_found_by_its_hash(database):
    await save_premises(database, {"aa": b"\0one"}, {"bb": b"{}"})
    assert await load_snapshot(database, "aa") == b"\0one"
    assert await load_policy(database, "bb") == b"{}"
    assert await load_snapshot(database, "bb") is None
    assert await load_policy(database, "aa") is None


async def test_saving_again_changes_nothing_but_the_time_of_use(database):
    await save_premises(database, {"aa": b"one"}, {"bb": b"{}"}, NOW)
    await save_premises(database, {"aa": b"other"}, {}, NOW + timedelta(hours=9))
    assert await load_snapshot(database, "aa") == b"one"
    async with database.begin() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM snapshots"))).scalar_one() == 1


async def test_what_no_record_can_refer_to_goes(database, journal, record):
    journal.append(record(1, at=NOW.timestamp()))
    await journal.close()
    await save_premises(database, {"old": b"1"}, {"older": b"2"}, NOW - timedelta(hours=2))
    await save_premises(database, {"near": b"1"}, {"new": b"2"}, NOW - timedelta(minutes=30))
    assert await forget_unused(database, NOW + timedelta(days=9)) == 2
    assert await load_snapshot(database, "old") is None
    assert await load_policy(database, "older") is None
    assert await load_snapshot(database, "near") is not None
    assert await load_policy(database, "new") is not None


async def test_without_records_what_is_in_use_now_stays(database):
    await save_premises(database, {"old": b"1", "now": b"2"}, {}, NOW - timedelta(hours=2))
    await save_premises(database, {"now": b"2"}, {}, NOW)
    assert await forget_unused(database, NOW) == 1
    assert await load_snapshot(database, "now") is not None


async def test_decisions_are_read_newest_first_and_what_was_named_is_left_out(database, log, record, given):
    for number in range(1, 8):
        log.append(record(number, at=NOW.timestamp() + number, strategy="named" if number == 3 else "scored"))
    await log.close()
    assert await count_decided(database, None, 100) == 6
    assert await count_decided(database, None, 2) == 2
    assert await count_decided(database, NOW + timedelta(seconds=6), 100) == 2
    (rows,) = [page async for page in read_decided(database, None, 4)]
    assert [row.id for row in rows] == ["req-7", "req-6", "req-5", "req-4"]
    assert [page async for page in read_decided(database, NOW + timedelta(days=1), 9)] == []
    row = rows[0]
    assert (row.features, row.snapshot_hash, row.chosen) == (b"\x02req-7", "cafe", "one/a")
    assert (row.held, row.rules) == ("it is warm", "a rule\nanother, too")
    assert row.at == NOW + timedelta(seconds=7)
    assert [identity for batch in given.kept for identity in batch] == [f"req-{number}" for number in range(1, 8)]


async def test_many_decisions_come_in_portions(database, log, record):
    for number in range(1203):
        log.append(record(number, at=NOW.timestamp() + number))
    await log.close()
    pages = [page async for page in read_decided(database, None, 1100)]
    assert [len(page) for page in pages] == [500, 500, 100]
    assert len({row.number for page in pages for row in page}) == 1100


async def test_of_one_id_the_newest_is_found(database, log, record):
    log.append(record(1, model="one/a"))
    log.append(record(1, model="two/b"))
    log.append(record(2, strategy="named"))
    await log.close()
    found = await decided_by_id(database, "req-1")
    assert found is not None
    assert found.model == "two/b"
    named = await decided_by_id(database, "req-2")
    assert named is not None
    assert named.snapshot_hash == ""
    assert await decided_by_id(database, "nobody") is None
    assert await decided_by_id(database, "nul\0byte") is None


async def test_records_wait_until_what_they_refer_to_is_stored(database, log, record, given):
    given.fails = 2
    log.append(record(1))
    await log.close(seconds=20)
    assert (log.failures, log.written, log.waiting) == (2, 1, 0)
    assert given.kept == [["req-1"]]


async def test_a_closed_database_says_so(migrated):
    closed = Database(migrated)
    with pytest.raises(StoreUnavailable):
        await load_snapshot(closed, "aa")
    with pytest.raises(StoreUnavailable):
        await save_premises(closed, {"aa": b""}, {})
    await closed.close()
