from datetime import UTC, datetime

from alembic import command
from sqlalchemy import text

from smarterrouter.store.database import Database
from smarterrouter.store.migrate import configuration

_OLD = (
    "INSERT INTO requests (number, id, at, endpoint, asked_model, model, strategy, status, error, stream, "
    "fell_back_from, category, complexity, prompt_tokens, completion_tokens, first_byte_ms, total_ms, overhead_ms, "
    "snapshot, policy, features) VALUES (1, 'r', :at, 'chat', '', 'one/a', 'scored', 200, '', :no, '', 'chat', 0.5, "
    "1, 1, 1, 1, 1, 1, 'p', :features)"
)


async def test_records_from_before_stay_and_say_nothing_of_what_they_were_taken_on(database: Database) -> None:
    at = datetime(2026, 11, 20, tzinfo=UTC)
    async with database.begin() as connection:
        await connection.run_sync(lambda sync: command.downgrade(configuration(sync), "0004"))
        when = int(at.timestamp() * 1e6) if database.dialect.name == "sqlite" else at
        await connection.execute(text(_OLD), {"at": when, "no": False, "features": b"\x01"})
        await connection.run_sync(lambda sync: command.upgrade(configuration(sync), "0005"))
        (row,) = (await connection.execute(text("SELECT * FROM requests"))).mappings()
        assert (row["snapshot_hash"], row["chosen"], row["held"], row["rules"]) == ("", "", "", "")
        assert bytes(row["features"]) == b"\x01"
        for table in ("snapshots", "policies"):
            assert (await connection.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one() == 0
