import itertools
from typing import Any

import pytest
from sqlalchemy import select, text

from smarterrouter.store.batches import EachInsert, chunks, insert_into
from smarterrouter.store.database import Database
from smarterrouter.store.tables import ExtraRow, SyncRow


async def _begun(connection: Any) -> None:
    await connection.execute(text("DELETE FROM published_extra"))


async def _models(database: Database) -> list[str]:
    async with database.begin() as connection:
        return sorted((await connection.execute(select(ExtraRow.model))).scalars())


@pytest.mark.parametrize("bad", [(), (0,), (6,), (3,), (0, 1), (2, 4, 5), tuple(range(7))])
async def test_ac17_exactly_the_bad_rows_are_refused(database: Database, bad: tuple[int, ...]) -> None:
    rows = [("s", "there" if number in bad else str(number), "{}") for number in range(7)]
    async with database.begin() as connection:
        await _begun(connection)
        insert = EachInsert(database, ExtraRow, connection)
        assert await insert.run([("s", "there", "{}")]) == []
        assert await insert.run(rows) == list(bad)
    assert await _models(database) == [*(str(number) for number in range(7) if number not in bad), "there"]


async def test_of_two_with_one_key_the_first_stays(database: Database) -> None:
    async with database.begin() as connection:
        await _begun(connection)
        refused = await EachInsert(database, ExtraRow, connection).run([("s", "m", "1"), ("s", "m", "2")])
    assert refused == [1]
    async with database.begin() as connection:
        assert (await connection.execute(select(ExtraRow.data))).scalar_one() == "1"


async def test_what_was_inserted_goes_with_its_transaction(database: Database) -> None:
    class Interrupted(Exception):
        pass

    with pytest.raises(Interrupted):
        async with database.begin() as connection:
            await _begun(connection)
            await EachInsert(database, ExtraRow, connection).run([("s", "m", "1"), ("s", "m", "2"), ("s", "n", "3")])
            raise Interrupted
    assert await _models(database) == []


async def test_good_rows_need_one_statement_and_its_savepoint(database: Database, statements: list[int]) -> None:
    async with database.begin() as connection:
        await _begun(connection)
        before = len(statements)
        await EachInsert(database, ExtraRow, connection).run([("s", str(number), "{}") for number in range(300)])
    assert len(statements) - before <= 3


def test_ac16_a_chunk_has_no_more_than_999_parameters() -> None:
    for columns, count in itertools.product((1, 3, 9, 500), (0, 1, 332, 333, 334, 2500)):
        rows = list(range(count))
        pieces = list(chunks(rows, columns))
        assert [row for piece in pieces for row in piece] == rows
        assert all(0 < len(piece) * columns <= 999 for piece in pieces)


async def test_an_insert_knows_what_to_do_about_a_conflict(database: Database) -> None:
    values = {"source": "s", "last_try": None, "last_sync": None, "rows": 1, "problems": "[]"}
    statement = str(insert_into(database, SyncRow).values(values).on_conflict_do_nothing())
    assert "ON CONFLICT DO NOTHING" in statement
