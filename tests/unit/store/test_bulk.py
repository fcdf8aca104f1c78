from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, Text, select, text

from smarterrouter.errors import StoreUnavailable
from smarterrouter.store.bulk import Refused, bulk_insert, to_driver
from smarterrouter.store.columns import UtcTime
from smarterrouter.store.database import Database

THINGS = Table(
    "things",
    MetaData(),
    Column("key", Integer, primary_key=True, autoincrement=False),
    Column("word", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
)
NOW = datetime(2026, 5, 1, 12, 30, tzinfo=UTC)


@pytest.fixture
async def insert(database: Database) -> Any:
    async with database.begin() as connection:
        await connection.run_sync(THINGS.create)
    insert = bulk_insert(THINGS, database)
    yield insert
    await insert.close()


async def _things(database: Database) -> list[tuple[Any, ...]]:
    async with database.begin() as connection:
        return [tuple(row) for row in (await connection.execute(select(THINGS).order_by(THINGS.c.key))).all()]


@pytest.mark.parametrize("count", [1, 2, 500])
async def test_all_rows_arrive(database: Database, insert: Any, count: int) -> None:
    at = to_driver(THINGS, "at", database)
    await insert.run([(key, f"word, ({key}) VALUES ?", at(NOW)) for key in range(count)])
    assert await _things(database) == [(key, f"word, ({key}) VALUES ?", NOW) for key in range(count)]


async def test_rows_that_are_there_are_left_alone_the_second_time(database: Database, insert: Any) -> None:
    at = to_driver(THINGS, "at", database)(NOW)
    await insert.run([(1, "first", at)])
    await insert.run([(1, "second", at), (2, "new", at)], again=True)
    assert [row[1] for row in await _things(database)] == ["first", "new"]


@pytest.mark.parametrize("bad", [(1, "known key"), (3, None)])
async def test_one_refused_row_leaves_all_out(database: Database, insert: Any, bad: tuple[Any, ...]) -> None:
    at = to_driver(THINGS, "at", database)(NOW)
    await insert.run([(1, "first", at)])
    with pytest.raises(Refused):
        await insert.run([(2, "good", at), (*bad, at)])
    assert [row[1] for row in await _things(database)] == ["first"]
    await insert.run([(2, "good", at)])
    assert len(await _things(database)) == 2


async def test_a_failing_table_is_told_and_used_again_later(database: Database, insert: Any) -> None:
    at = to_driver(THINGS, "at", database)(NOW)
    async with database.begin() as connection:
        await connection.execute(text("ALTER TABLE things RENAME TO gone"))
    with pytest.raises(StoreUnavailable):
        await insert.run([(1, "first", at)])
    async with database.begin() as connection:
        await connection.execute(text("ALTER TABLE gone RENAME TO things"))
    await insert.run([(1, "first", at)])
    assert len(await _things(database)) == 1


def test_other_columns_go_as_they_are(migrated: str) -> None:
    assert to_driver(THINGS, "word", Database(migrated))("a") == "a"
