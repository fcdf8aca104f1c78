"""Settings of what is written down: a test changes each and observes what it does."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.pool import QueuePool
from tests.doubles.behaviours import observes, served

from smarterrouter.bootstrap import build
from smarterrouter.settings.loading import load

DAY = 86_400 * 10**6
"""In the unit of the database."""
KEY = "sk-1234567890abcdefghijklmnop"
SECRET = f"the heron stands in the pond with {KEY}"


@observes("LOG_CONTENT")
@pytest.mark.parametrize("keeps", [True, False])
async def test_the_text_of_requests(*, keeps: bool) -> None:
    async with served(LOG_CONTENT=str(keeps)) as world:
        await world.chat(SECRET)
        await world.chat(SECRET, stream=True)
        rows = await world.gateway.rows()
        files = b"".join(path.read_bytes() for path in (world.gateway.directory / "data").glob("router.db*"))
    assert len(rows) == 2
    for row in rows:
        assert (row["content"] is not None) is keeps
        if keeps:
            assert row["content"].startswith("user: the heron stands in the pond with ")
            assert row["content"].endswith("\nassistant: Fine.")
    assert (b"heron" in files) is keeps
    assert KEY.encode() not in files


@observes("LOG_CONTENT_RETENTION_DAYS")
@pytest.mark.parametrize(("days", "stays"), [("7", True), ("2", False)])
async def test_how_long_text_is_kept(days: str, *, stays: bool) -> None:
    async with served(LOG_CONTENT="true", LOG_CONTENT_RETENTION_DAYS=days) as world:
        await world.chat(SECRET)
        await world.gateway.rows()
        with closing(sqlite3.connect(world.gateway.directory / "data" / "router.db")) as connection, connection:
            connection.execute("UPDATE requests SET at = at - ?", [3 * DAY])
        await world.gateway.house.services.scheduler.run_now("expire_content")
        [row] = await world.gateway.rows()
    assert (row["content"] is not None) is stays
    assert row["status"] == 200


@observes("DATABASE_URL")
async def test_where_the_database_is(tmp_path: Path) -> None:
    file = tmp_path / "not" / "there" / "yet" / "log.db"
    async with served(DATABASE_URL=f"sqlite:///{file}") as world:
        await world.chat()
        assert not (world.gateway.directory / "data" / "router.db").exists()
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT count(*) FROM requests").fetchone() == (1,)


@observes("DATABASE_POOL_SIZE", "DATABASE_MAX_OVERFLOW", "DATABASE_POOL_RECYCLE", "DATABASE_POOL_PRE_PING")
@pytest.mark.parametrize(
    ("settings", "found"),
    [
        ({}, (10, 20, 3600, True)),
        (
            {
                "ROUTER_DATABASE_POOL_SIZE": "3",
                "ROUTER_DATABASE_MAX_OVERFLOW": "4",
                "ROUTER_DATABASE_POOL_RECYCLE": "5",
                "ROUTER_DATABASE_POOL_PRE_PING": "false",
            },
            (3, 4, 5, False),
        ),
    ],
)
async def test_the_pool_of_connections(
    tmp_path: Path, settings: dict[str, str], found: tuple[int, int, int, bool]
) -> None:
    address = {"ROUTER_DATABASE_URL": "postgresql://nobody:secret@127.0.0.1:9/none", "ROUTER_ADMIN_API_KEY": "k" * 20}
    house = build(load({**address, **settings}, tmp_path).settings)
    pool = house.services.database.engine.sync_engine.pool
    assert isinstance(pool, QueuePool)
    assert (pool.size(), pool._max_overflow, pool._recycle, pool._pre_ping) == found
    await house.stop()
