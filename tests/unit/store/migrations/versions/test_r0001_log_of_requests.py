from alembic import command
from sqlalchemy import Connection, inspect

from smarterrouter.store.database import Database
from smarterrouter.store.migrate import configuration


async def test_it_can_be_taken_back_and_made_again(database: Database) -> None:
    def tables(connection: Connection) -> bool:
        return inspect(connection).has_table("requests")

    async with database.begin() as connection:
        await connection.run_sync(lambda sync: command.downgrade(configuration(sync), "base"))
        assert not await connection.run_sync(tables)
        await connection.run_sync(lambda sync: command.upgrade(configuration(sync), "0001"))
        assert await connection.run_sync(tables)
