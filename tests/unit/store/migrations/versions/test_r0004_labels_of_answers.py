from alembic import command
from sqlalchemy import inspect

from smarterrouter.store.database import Database
from smarterrouter.store.migrate import configuration


async def test_labels_come_and_go_with_their_indexes(database: Database) -> None:
    async with database.begin() as connection:
        await connection.run_sync(lambda sync: command.downgrade(configuration(sync), "0003"))
        assert not await connection.run_sync(lambda sync: inspect(sync).has_table("labels"))
        await connection.run_sync(lambda sync: command.upgrade(configuration(sync), "0004"))
        names = await connection.run_sync(lambda sync: {one["name"] for one in inspect(sync).get_indexes("labels")})
        of_requests = await connection.run_sync(
            lambda sync: {one["name"] for one in inspect(sync).get_indexes("requests")}
        )
    assert {"ix_labels_comment", "ix_labels_model_at"} <= names
    assert "ix_requests_id" in of_requests
