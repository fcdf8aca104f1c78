from datetime import UTC, datetime

from alembic import command
from sqlalchemy import text

from smarterrouter.domain.knowledge import Published, Unit
from smarterrouter.store.benchmarks import save_published
from smarterrouter.store.database import Database
from smarterrouter.store.migrate import configuration
from smarterrouter.store.syncs import SourceStatus, note_failure, sync_status

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
