import pytest

from smarterrouter.cli.past import opened
from smarterrouter.errors import StoreUnavailable
from smarterrouter.store.database import Database


async def test_a_database_that_is_there_is_opened(folder):
    made = Database("sqlite:///data/router.db", folder)
    await made.open()
    await made.close()
    async with opened() as database:
        await database.ping()


async def test_none_is_created(folder):
    with pytest.raises(StoreUnavailable, match="nothing has been recorded"):
        async with opened():
            pass
    assert not (folder / "data").exists()


async def test_none_is_migrated(folder):
    made = Database("sqlite:///data/router.db", folder)
    await made.open()
    async with made.begin() as connection:
        await connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0003'")
    await made.close()
    with pytest.raises(StoreUnavailable, match="db upgrade"):
        async with opened():
            pass
