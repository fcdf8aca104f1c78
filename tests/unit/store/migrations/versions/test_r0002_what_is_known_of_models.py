from alembic import command
from sqlalchemy import Connection, inspect

from smarterrouter.store.database import Database
from smarterrouter.store.migrate import configuration

_NEW = {"published", "published_extra", "syncs", "profiles", "task_answers", "sightings"}


async def test_it_can_be_taken_back_and_made_again_and_touches_nothing_else(database: Database) -> None:
    def tables(connection: Connection) -> set[str]:
        return set(inspect(connection).get_table_names())

    async with database.begin() as connection:
        await connection.run_sync(lambda sync: command.downgrade(configuration(sync), "0001"))
        assert await connection.run_sync(tables) == {"alembic_version", "requests"}
        await connection.run_sync(lambda sync: command.upgrade(configuration(sync), "0002"))
        assert await connection.run_sync(tables) >= _NEW
