import asyncio
import math
import signal
import sys
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from smarterrouter.domain.records import RequestRecord
from smarterrouter.errors import StoreUnavailable
from smarterrouter.store import journal as module
from smarterrouter.store.database import Database
from smarterrouter.store.journal import BATCH, Journal
from smarterrouter.store.usage import recent


async def test_a_record_comes_back_as_it_was(database: Database, journal: Journal, record: Any) -> None:
    written = record(
        status=502,
        error="backend_timeout",
        stream=True,
        fell_back_from="a/b,c/d",
        category="coding",
        complexity=0.25,
        prompt_tokens=2**40,
        completion_tokens=7,
        first_byte_ms=1.5,
        total_ms=2.5,
        overhead_ms=0.5,
        snapshot=9,
        policy="ab12",
        features=bytes(range(256)),
    )
    journal.append(written)
    await journal.close()
    (found,) = (await recent(database)).records
    assert found == RequestRecord(**{**_fields(written), "at": pytest.approx(written.at, abs=1e-6)})


async def test_text_is_kept_only_when_there_is_some(database: Database, journal: Journal, record: Any) -> None:
    journal.append(record(1))
    journal.append(record(2, content="what was said"))
    await journal.close()
    async with database.begin() as connection:
        found = (await connection.execute(text("SELECT content FROM requests ORDER BY number"))).scalars().all()
    assert found == [None, "what was said"]


async def test_w22_append_touches_no_database(database: Database, record: Any) -> None:
    journal = Journal(database)
    await database.engine.dispose()
    before = database.engine.pool.status()
    for number in range(3 * BATCH):
        assert journal.append(record(number)) is None
    assert database.engine.pool.status() == before
    assert "Current Checked out connections: 0" in before
    assert journal.waiting == 3 * BATCH
    journal.start()
    await journal.close()
    assert journal.written == 3 * BATCH


def test_w22_append_costs_the_same_however_long_the_queue_is(migrated: str, record: Any) -> None:
    journal, one = Journal(Database(migrated), max_queue=100_000), record()
    calls = [_calls(journal, one) for _ in range(20_000)]
    assert max(calls) <= 3  # append itself, and an event at the first record and at a whole batch


async def test_many_records_arrive_once_and_in_order(
    database: Database, journal: Journal, record: Any, ids: Any
) -> None:
    for number in range(2 * BATCH + 10):
        journal.append(record(number))
        if number % 97 == 0:
            await asyncio.sleep(0)
    await journal.close()
    assert await ids(database) == [f"req-{number}" for number in range(2 * BATCH + 10)]
    assert (journal.written, journal.waiting, journal.dropped, journal.failures) == (2 * BATCH + 10, 0, 0, 0)


async def test_a_single_record_is_written_without_more(journal: Journal, record: Any, until: Any) -> None:
    for number in (1, 2, 3):
        journal.append(record(number))
        await until(lambda wanted=number: journal.written == wanted)


async def test_records_wait_until_the_database_is_ready(address: str, record: Any, ids: Any) -> None:
    database = Database(address)
    journal = Journal(database)
    journal.start()
    journal.append(record(1))
    await asyncio.sleep(module.INTERVAL * 1.5)
    assert (journal.waiting, journal.failures) == (1, 0)
    database.open_soon()
    await database.ready.wait()
    await journal.close()
    assert await ids(database) == ["req-1"]
    await database.close()


async def test_a_full_queue_lets_go_of_the_oldest(database: Database, record: Any, ids: Any) -> None:
    journal = Journal(database, max_queue=10)
    for number in range(25):
        journal.append(record(number))
    assert (journal.waiting, journal.dropped) == (10, 15)
    journal.start()
    await journal.close()
    assert await ids(database) == [f"req-{number}" for number in range(15, 25)]


async def test_a_failing_database_loses_nothing(
    database: Database, journal: Journal, record: Any, ids: Any, until: Any
) -> None:
    async with database.begin() as connection:
        await connection.execute(text("ALTER TABLE requests RENAME TO away"))
    for number in range(BATCH + 5):
        journal.append(record(number))
    await until(lambda: journal.failures >= 2)
    assert (journal.written, journal.waiting, journal.dropped) == (0, BATCH + 5, 0)
    async with database.begin() as connection:
        await connection.execute(text("ALTER TABLE away RENAME TO requests"))
    await until(lambda: journal.written == BATCH + 5)
    assert await ids(database) == [f"req-{number}" for number in range(BATCH + 5)]


async def test_what_was_written_although_it_seemed_to_fail_is_there_once(
    database: Database, record: Any, ids: Any
) -> None:
    journal = Journal(database)
    batch = journal._batch
    batch.take([record(1), record(2)])
    await batch.insert()
    batch.prepare_again(StoreUnavailable("the last word of the server was lost"))
    await batch.insert()
    assert await ids(database) == ["req-1", "req-2"]
    await batch.close()


async def test_two_workers_with_the_same_numbers_both_arrive(
    database: Database, record: Any, ids: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    tags = iter([7, 7, 8])
    monkeypatch.setattr(module.secrets, "randbits", lambda _: next(tags))
    monkeypatch.setattr(module.time, "time_ns", lambda: 1_800_000_000_000_000_000)
    for number in (1, 2):
        journal = Journal(database)
        journal.start()
        journal.append(record(number))
        await journal.close()
        assert (journal.written, journal.failures) == (1, number - 1)
    assert await ids(database) == ["req-1", "req-2"]


async def test_no_value_can_stop_the_journal(database: Database, journal: Journal, record: Any) -> None:
    journal.append(record(1, asked_model="a\0b\ud800c", fell_back_from="\0"))
    journal.append(record(2, status=10**12, prompt_tokens=10**30, completion_tokens=-(10**30)))
    journal.append(record(3, complexity=math.nan, total_ms=math.inf))
    journal.append(record(4))
    await journal.close()
    assert (journal.written, journal.dropped) == (4, 0)
    records = {found.id: found for found in (await recent(database)).records}
    assert records["req-1"].asked_model == "ab?c"
    assert records["req-2"].prompt_tokens == 2**63 - 1
    assert records["req-3"].total_ms == 0.0


@given(st.text(st.characters()) | st.integers() | st.floats() | st.booleans() | st.binary() | st.none())
def test_every_value_becomes_one_that_can_be_stored(value: Any) -> None:
    found = module._storable_value("prompt_tokens", value)
    assert type(found) is type(value)
    if isinstance(found, str):
        assert "\0" not in found
        found.encode()
    if isinstance(found, float):
        assert math.isfinite(found)
    if isinstance(found, int):
        assert abs(found) < 2**63


async def test_numbers_rise_and_fit_into_63_bits(migrated: str) -> None:
    batch = Journal(Database(migrated))._batch
    numbers = [batch._next() for _ in range(1000)]
    assert numbers == sorted(set(numbers))
    assert numbers[-1] < 2**63


async def test_the_end_with_no_database_is_told_and_counted(
    tmp_path: Any, record: Any, caplog: pytest.LogCaptureFixture
) -> None:
    journal = Journal(Database("sqlite:///router.db", tmp_path))
    journal.start()
    journal.start()
    journal.append(record(1))
    await journal.close(seconds=0.05)
    assert (journal.waiting, journal.dropped, journal.written) == (0, 1, 0)
    assert "1 records of requests could not be written" in caplog.text


async def test_the_end_of_a_journal_that_never_began(migrated: str) -> None:
    database = Database(migrated)
    await Journal(database).close()
    await database.close()


async def test_a_waiting_record_takes_little_memory(migrated: str, record: Any) -> None:
    journal = Journal(Database(migrated), max_queue=1000)
    tracemalloc.start()
    for number in range(5000):
        journal.append(record(number))
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size / 1000 < 1000


async def test_after_kill_9_what_was_flushed_is_there_once(migrated: str, ids: Any) -> None:
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _DOOMED, migrated, stdout=asyncio.subprocess.PIPE
    )
    assert child.stdout is not None
    line = await asyncio.wait_for(child.stdout.readline(), 60)
    child.send_signal(signal.SIGKILL)
    await child.communicate()
    flushed = int(line)
    database = Database(migrated)
    await database.open()
    found = await ids(database)
    assert flushed == 1200
    assert found[:flushed] == [f"req-{number}" for number in range(flushed)]
    assert len(set(found)) == len(found)
    await database.close()


_DOOMED = """
import asyncio, sys
from smarterrouter.domain.records import RequestRecord
from smarterrouter.store.database import Database
from smarterrouter.store.journal import Journal

def record(number):
    return RequestRecord(f"req-{number}", 1.8e9, "chat", "auto", "a/b", "scored", 200)

async def main():
    database = Database(sys.argv[1])
    await database.open()
    journal = Journal(database)
    journal.start()
    for number in range(1200):
        journal.append(record(number))
    while journal.waiting:
        await asyncio.sleep(0.01)
    print(journal.written, flush=True)
    number = 1200
    while True:
        journal.append(record(number))
        number += 1
        await asyncio.sleep(0)

asyncio.run(main())
"""


def _fields(record: RequestRecord) -> dict[str, Any]:
    return {name: getattr(record, name) for name in record.__struct_fields__}


def _calls(journal: Journal, record: RequestRecord) -> int:
    """How many Python functions one `append` calls, itself included."""
    count = 0

    def look(_: Any, event: str, __: Any) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(look)
    try:
        journal.append(record)
    finally:
        sys.setprofile(None)
    return count
