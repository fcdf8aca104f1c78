from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection

from smarterrouter.store.database import Database
from smarterrouter.store.tables import Base


async def test_a_migrated_database_is_what_the_tables_say(database: Database) -> None:
    def differences(connection: Connection) -> list[Any]:
        return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))

    async with database.begin() as connection:
        assert await connection.run_sync(differences) == []
