from datetime import UTC, datetime

import pytest
from alembic import command
from sqlalchemy import text

from smarterrouter.domain.knowledge import Published, Unit
from smarterrouter.store.benchmarks import save_published
from smarterrouter.store.database import Database
from smarterrouter.store.migrate import configuration
from smarterrouter.store.syncs import SourceStatus, note_failure, sync_status
from smarterrouter.store.task_answers import StoredAnswer, answers, save_answer

_AT = datetime(2026, 11, 20, 12, tzinfo=UTC)


async def test_what_was_noted_before_stays_and_counts_from_now_on(database: Database) -> None:
    await save_published(database, "a", [Published("m", "mmlu", 50.0, Unit.PERCENT, "a")], _AT)
    async with database.begin() as connection:
        await connection.run_sync(lambda sync: command.downgrade(configuration(sync), "0002"))
        (before,) = (await connection.execute(text("SELECT * FROM syncs"))).mappings()
        assert "failures" not in before
        await connection.run_sync(lambda sync: command.upgrade(configuration(sync), "0003"))
    assert await sync_status(database) == (SourceStatus("a", _AT, 1, (), _AT, 0),)
    await note_failure(database, "a", ["no route"], _AT)
    assert (await sync_status(database))[0].failures == 1


@pytest.mark.parametrize("there", [False, True])
async def test_answers_have_an_account_whichever_revision_0002_it_was(database: Database, there: bool) -> None:
    async with database.begin() as connection:
        await connection.run_sync(lambda sync: command.downgrade(configuration(sync), "0002"))
        if there:
            await connection.execute(text("ALTER TABLE task_answers ADD COLUMN event TEXT DEFAULT '' NOT NULL"))
        await connection.run_sync(lambda sync: command.upgrade(configuration(sync), "0003"))
    answer = StoredAnswer("run", "item", 1, "code", 1.0, 1, 1.0, 0.0, event="{}")
    assert await save_answer(database, answer)
    assert await answers(database, "run") == (answer,)
