import asyncio
import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs
from sqlalchemy import text

from smarterrouter.domain.columns import COLUMNS
from smarterrouter.domain.knowledge import Published, Unit
from smarterrouter.errors import StoreUnavailable
from smarterrouter.store.benchmarks import Reading, extra_data, published, published_page, save_published
from smarterrouter.store.database import Database
from smarterrouter.store.syncs import sync_status
from smarterrouter.store.values import name_fault, text_fault

_NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def _row(model: str = "llama3.2:3b", column: str = "ifeval", value: float = 77.4, **changes: Any) -> Published:
    row = Published(model, column, value, COLUMNS[column].unit, "hub", "https://example.org/table", "2026-05", "hub")
    return structs.replace(row, **changes)


def _rows(count: int, **changes: Any) -> list[Published]:
    return [_row(f"model-{number:05}", value=number % 100, **changes) for number in range(count)]


async def test_rows_come_back_as_they_were_by_model_and_column(database: Database) -> None:
    rows = [
        _row("b", "mmlu", 61.5, estimated=True),
        _row("a", "price_input", 0.15, url="", date="", reported_by=""),
        _row("a", "arena_elo", 1287.5),
    ]
    saved = await save_published(database, "hub", rows, _NOW)
    assert (saved.written, saved.skipped, saved.kept) == (3, (), False)
    found = await published(database)
    assert found == (rows[2], rows[1], rows[0])
    assert [type(row.unit) for row in found] == [Unit] * 3
    assert [row.estimated for row in found] == [False, False, True]


async def test_w08_every_size_of_a_family_keeps_its_own_numbers_and_all_rows_count(database: Database) -> None:
    sizes = [_row(f"qwen2.5:{size}b", value=size) for size in (0.5, 1.5, 3, 7, 14, 32, 72)]
    await save_published(database, "hub", [*sizes, *_rows(1500)], _NOW)
    found = {row.model: row.value for row in await published(database)}
    assert len(found) == 1507
    assert [found[row.model] for row in sizes] == [0.5, 1.5, 3, 7, 14, 32, 72]


async def test_what_a_source_says_takes_the_place_of_what_it_said(database: Database) -> None:
    await save_published(database, "hub", [_row("gone"), _row("stays", value=1)], _NOW)
    await save_published(database, "other", [_row("gone", source="other")], _NOW)
    await save_published(database, "hub", [_row("stays", value=2), _row("new")], _NOW)
    found = [(row.source, row.model, row.value) for row in await published(database)]
    assert found == [("other", "gone", 77.4), ("hub", "new", 77.4), ("hub", "stays", 2)]


@pytest.mark.parametrize("same", [False, True])
async def test_reports_of_another_day_or_by_another_hand_stand_beside_each_other(
    database: Database, same: bool
) -> None:
    rows = [_row(date="2026-04"), _row(date="2026-05"), _row(reported_by="" if not same else "hub")]
    saved = await save_published(database, "hub", rows, _NOW)
    assert (saved.written, len(saved.skipped)) == ((2, 1) if same else (3, 0))


_BAD: dict[str, dict[str, Any]] = {
    "of another source": {"source": "other"},
    "without such a column": {"column": "vibes"},
    "with a column that is no text": {"column": ["ifeval"]},
    "in another unit": {"unit": Unit.ELO},
    "not a number": {"value": math.nan},
    "without end": {"value": math.inf},
    "text": {"value": "77.4"},
    "nothing": {"value": None},
    "true": {"value": True},
    "huge": {"value": 10**400},
    "without a name": {"model": ""},
    "with a name that is no text": {"model": 7},
    "with NUL": {"model": "a\0b"},
    "with half a character": {"reported_by": "\ud800"},
    "with a long name": {"model": "x" * 513},
    "with a long address": {"url": "https://example.org/" + "x" * 4096},
    "with a date that is no text": {"date": 2026},
    "estimated in some way": {"estimated": "perhaps"},
    "there already": {},
}


@pytest.mark.parametrize("kind_of_bad", _BAD)
async def test_ac17_one_bad_row_is_skipped_and_reported_and_the_batch_is_kept(
    database: Database, kind_of_bad: str
) -> None:
    changes = _BAD[kind_of_bad]
    bad = structs.replace(_row("bad"), **changes) if changes else _row("model-00007", value=7)
    good = _rows(300)
    saved = await save_published(database, "hub", [*good[:200], bad, *good[200:]], _NOW)
    assert saved.written == 300
    assert [row for row, _ in saved.skipped] == [bad]
    assert all(reason for _, reason in saved.skipped)
    assert await published(database) == tuple(good)
    (status,) = await sync_status(database)
    assert (status.rows, len(status.problems)) == (300, 1)
    assert saved.skipped[0][1] in status.problems[0]


async def test_ac17_a_row_that_only_the_database_refuses_is_skipped_too(database: Database, refuse: Any) -> None:
    await refuse("published", "value", "66")
    saved = await save_published(database, "hub", _rows(250), _NOW)
    assert saved.written == 248
    assert [row.value for row, _ in saved.skipped] == [66, 66]
    assert 66 not in {row.value for row in await published(database)}


async def test_a_source_that_breaks_does_not_take_its_numbers_with_it(database: Database) -> None:
    await save_published(database, "hub", _rows(3), _NOW, Reading(extra={"model-00000": {"id": 1}}))
    later = _NOW + timedelta(days=1)
    for rows, problems in ([_row(value=math.nan)], ()), ([], ("the table has no column model",)):
        saved = await save_published(database, "hub", rows, later, Reading(problems))
        assert (saved.written, saved.kept) == (0, True)
        assert len(await published(database)) == 3
        assert await extra_data(database, "hub") == {"model-00000": {"id": 1}}
        (status,) = await sync_status(database)
        assert (status.rows, status.last_sync, status.last_try) == (3, _NOW, later)
        assert len(status.problems) == 1


async def test_a_source_that_has_nothing_to_say_any_more_is_believed(database: Database) -> None:
    await save_published(database, "file", [_row(source="file")], _NOW)
    saved = await save_published(database, "file", [], _NOW)
    assert (saved.written, saved.kept) == (0, False)
    assert await published(database) == ()


async def test_the_source_of_rows_has_a_name(database: Database) -> None:
    for name in ("", "a\0b"):
        with pytest.raises(ValueError, match="name of a benchmark source"):
            await save_published(database, name, [], _NOW)


async def test_ac16_statements_are_few_and_none_has_more_than_999_parameters(
    database: Database, statements: list[int]
) -> None:
    await save_published(database, "hub", _rows(2000), _NOW)
    assert max(statements) <= 999
    chunks = math.ceil(2000 / (999 // 9))
    assert len(statements) <= 3 * chunks + 12


async def test_extra_data_is_replaced_whole(database: Database) -> None:
    extra = {"a": {"id": "x", "nested": {"speed": [1, 2.5]}}, "b": {"id": "y"}}
    await save_published(database, "hub", [_row()], _NOW, Reading(extra=extra))
    assert await extra_data(database, "hub") == extra
    await save_published(database, "hub", [_row()], _NOW, Reading(extra={"a": {"id": "z"}}))
    assert await extra_data(database, "hub") == {"a": {"id": "z"}}
    assert await extra_data(database, "other") == await extra_data(database, "\0") == {}


@pytest.mark.parametrize("data", [{"x": object()}, {"x": "y" * 70_000}, {"x": "\ud800"}])
async def test_extra_data_that_cannot_be_kept_is_a_problem_of_its_model_alone(database: Database, data: Any) -> None:
    saved = await save_published(database, "hub", [_row()], _NOW, Reading(extra={"a": data, "b": {"x": 1}}))
    assert saved.written == 1
    assert await extra_data(database, "hub") == {"b": {"x": 1}}
    (status,) = await sync_status(database)
    assert len(status.problems) == 1
    assert "'a'" in status.problems[0]


async def test_pages_are_of_everything_or_of_one_model(database: Database) -> None:
    rows = [*_rows(5), _row("model-00002", "mmlu", 50)]
    await save_published(database, "hub", rows, _NOW)
    whole = await published(database)
    first = await published_page(database, 4)
    second = await published_page(database, 4, cursor=first.cursor)
    assert (first.total, first.rows + second.rows, second.cursor) == (6, whole, None)
    assert (await published_page(database, 2, 3)).rows == whole[3:5]
    of_one = await published_page(database, model="model-00002")
    assert [(row.model, row.column) for row in of_one.rows] == [("model-00002", "ifeval"), ("model-00002", "mmlu")]
    assert of_one.total == 2
    for name in ("model-0000", "", "\0", "\ud800"):
        assert (await published_page(database, model=name)).rows == ()


async def test_a_page_that_is_read_during_a_sync_shows_no_row_twice(database: Database) -> None:
    await save_published(database, "hub", _rows(6), _NOW)
    first = await published_page(database, 3)
    await save_published(database, "hub", _rows(6), _NOW)
    second = await published_page(database, 3, cursor=first.cursor)
    assert [row.model for row in first.rows + second.rows] == [row.model for row in _rows(6)]


async def test_ac08_what_another_version_wrote_is_left_out(database: Database) -> None:
    await save_published(database, "hub", [_row("a"), _row("b"), _row("c")], _NOW)
    async with database.begin() as connection:
        await connection.execute(text("UPDATE published SET \"column\" = 'of_tomorrow' WHERE model = 'a'"))
        await connection.execute(text("UPDATE published SET unit = 'furlongs' WHERE model = 'b'"))
    assert [row.model for row in await published(database)] == ["c"]
    page = await published_page(database)
    assert ([row.model for row in page.rows], page.total) == (["c"], 1)


async def test_a_closed_database_says_so(migrated: str) -> None:
    database = Database(migrated)
    with pytest.raises(StoreUnavailable):
        await save_published(database, "hub", [_row()], _NOW)
    await database.close()


async def test_two_syncs_of_one_source_at_once_leave_the_whole_of_one(database: Database) -> None:
    savings = [save_published(database, "hub", _rows(200, reported_by=name), _NOW) for name in "abc"]
    saved = await asyncio.gather(*savings)
    assert [(one.written, one.skipped) for one in saved] == [(200, ())] * 3
    found = await published(database)
    assert (len(found), len({row.reported_by for row in found})) == (200, 1)


_TEXT = st.text(st.characters(exclude_categories=()), max_size=12)
_ANY_ROW = st.builds(
    Published,
    model=st.sampled_from(["a", "b"]) | _TEXT,
    column=st.sampled_from(sorted(COLUMNS)) | _TEXT,
    value=st.floats() | st.integers(-(2**53), 2**53),
    unit=st.sampled_from(Unit),
    source=st.sampled_from(["hub"] * 9 + ["other"]),
    url=_TEXT,
    date=_TEXT,
    reported_by=_TEXT,
    estimated=st.booleans(),
).map(lambda row: structs.replace(row, unit=COLUMNS[row.column].unit) if row.column in COLUMNS else row)


def _is_good(row: Published) -> bool:
    texts = (row.url, row.date, row.reported_by)
    return (
        row.source == "hub"
        and row.column in COLUMNS
        and abs(row.value) < 1e300
        and not name_fault(row.model)
        and not any(text_fault(one) for one in texts)
    )


def _key(row: Published) -> Sequence[str]:
    return (row.model, row.column, row.source, row.date, row.reported_by)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(_ANY_ROW, max_size=30))
async def test_every_row_is_either_there_unchanged_or_reported(database: Database, rows: list[Published]) -> None:
    saved = await save_published(database, "hub", rows, _NOW)
    expected: dict[Sequence[str], Published] = {}
    for row in filter(_is_good, rows):
        expected.setdefault(_key(row), row)
    assert saved.written == len(expected)
    assert saved.written + len(saved.skipped) == len(rows)
    if not saved.kept:
        found = await published(database)
        assert sorted(found, key=_key) == sorted(expected.values(), key=_key)


@pytest.mark.parametrize("where", [2, 3, 5, 9, 14])
async def test_kill_9_in_the_middle_of_a_sync_leaves_the_one_before(
    database: Database, migrated: str, doomed: Any, where: int
) -> None:
    await save_published(database, "hub", _rows(500, reported_by="first"), _NOW)
    lines = await doomed(_STUCK, migrated, str(where), lines=1)
    assert lines == ["in the middle"]
    found = await published(database)
    assert [row.reported_by for row in found] == ["first"] * 500
    (status,) = await sync_status(database)
    assert (status.last_sync, status.rows, status.last_try) == (_NOW, 500, _NOW)
    saved = await save_published(database, "hub", _rows(500, reported_by="third"), _NOW)
    assert saved.written == 500
    assert [row.reported_by for row in await published(database)] == ["third"] * 500


async def test_kill_9_between_syncs_loses_and_doubles_nothing(database: Database, migrated: str, doomed: Any) -> None:
    for acknowledged in (1, 3, 6):
        lines = await doomed(_SYNCING, migrated, lines=acknowledged)
        found = await published(database)
        (generation,) = {row.reported_by for row in found}
        assert len(found) == 300
        assert int(lines[-1]) <= int(generation) <= int(lines[-1]) + 1
        (status,) = await sync_status(database)
        assert (status.rows, status.problems) == (300, ())


_WRITER = """
import asyncio, sys, time
from datetime import UTC, datetime
from sqlalchemy import event
from smarterrouter.domain.knowledge import Published, Unit
from smarterrouter.store.benchmarks import save_published
from smarterrouter.store.database import Database

def rows(count, by):
    return [Published(f"model-{n:05}", "ifeval", 1.0, Unit.PERCENT, "hub", "", "", by) for n in range(count)]

async def save(database, count, by):
    await save_published(database, "hub", rows(count, by), datetime.now(UTC))
"""
_STUCK = (
    _WRITER
    + """
sent = 0

def look(*_):
    global sent
    sent += 1
    if sent == int(sys.argv[2]):
        print("in the middle", flush=True)
        time.sleep(600)

async def main():
    database = Database(sys.argv[1])
    await database.open()
    event.listen(database.engine.sync_engine, "after_cursor_execute", look)
    await save(database, 500, "second")

asyncio.run(main())
"""
)
_SYNCING = (
    _WRITER
    + """
async def main():
    database = Database(sys.argv[1])
    await database.open()
    generation = 0
    while True:
        generation += 1
        await save(database, 300, str(generation))
        print(generation, flush=True)

asyncio.run(main())
"""
)
