from datetime import UTC, datetime, timedelta, timezone

from smarterrouter.domain.knowledge import Published, Unit
from smarterrouter.store.benchmarks import Reading, published, save_published
from smarterrouter.store.database import Database
from smarterrouter.store.syncs import SourceStatus, note_failure, sync_status

_NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
_HOUR = timedelta(hours=1)


def _row(source: str, model: str = "m") -> Published:
    return Published(model, "mmlu", 50.0, Unit.PERCENT, source)


async def test_nothing_is_known_before_the_first_sync(database: Database) -> None:
    assert await sync_status(database) == ()


async def test_each_source_has_its_last_sync(database: Database) -> None:
    await save_published(database, "b", [_row("b"), _row("b", "n")], _NOW, Reading(("a row was odd",)))
    await save_published(database, "a", [], _NOW)
    await save_published(database, "b", [_row("b")], _NOW + _HOUR)
    assert await sync_status(database) == (
        SourceStatus("a", _NOW, 0, (), _NOW),
        SourceStatus("b", _NOW + _HOUR, 1, (), _NOW + _HOUR),
    )


async def test_problems_of_the_reading_and_of_the_rows_stand_together(database: Database) -> None:
    await save_published(database, "a", [_row("a"), _row("b")], _NOW, Reading(("a row was odd",)))
    (status,) = await sync_status(database)
    assert status.rows == 1
    assert status.problems == ("a row was odd", "'m': it says that it comes from 'b'")


async def test_a_failure_is_noted_and_costs_no_row(database: Database) -> None:
    await save_published(database, "a", [_row("a")], _NOW)
    await note_failure(database, "a", ["connection refused"], _NOW + _HOUR)
    assert await sync_status(database) == (SourceStatus("a", _NOW, 1, ("connection refused",), _NOW + _HOUR, 1),)
    assert len(await published(database)) == 1


async def test_a_source_that_never_worked_has_no_last_sync(database: Database) -> None:
    await note_failure(database, "a", [f"problem {number} \ud800\0" for number in range(150)], _NOW)
    (status,) = await sync_status(database)
    assert (status.last_sync, status.rows) == (None, 0)
    assert (len(status.problems), status.problems[-1]) == (101, "and 50 more")


async def test_failures_are_counted_until_it_works_again(database: Database) -> None:
    async def failures() -> int:
        (status,) = await sync_status(database)
        return status.failures

    for number in (1, 2, 3):
        await note_failure(database, "a", ["no route"], _NOW + number * _HOUR)
        assert await failures() == number
    await save_published(database, "a", [], _NOW, Reading(("not one row could be read",)))
    assert await failures() == 4, "a reading of nothing but problems is a failure too"
    await save_published(database, "a", [_row("a"), _row("b")], _NOW, Reading(("a row was odd",)))
    assert await failures() == 0, "a bad row does not make the reading a failure"


async def test_ac12_times_without_a_zone_are_utc(database: Database) -> None:
    await save_published(database, "naive", [], _NOW.replace(tzinfo=None))
    await save_published(database, "east", [], _NOW.astimezone(timezone(timedelta(hours=9))))
    await note_failure(database, "failed", [], _NOW.replace(tzinfo=None))
    statuses = await sync_status(database)
    assert [status.last_try for status in statuses] == [_NOW] * 3
    assert all(status.last_try.tzinfo is UTC for status in statuses)
