import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from smarterrouter.store.addresses import engine_url
from smarterrouter.store.database import Database
from smarterrouter.store.migrate import configuration, upgrade, upgrade_now
from smarterrouter.store.migrations.head import HEAD

_CHILD = "import sys; from smarterrouter.store.migrate import upgrade_now; upgrade_now(sys.argv[1])"


async def _revision(address: str) -> str | None:
    database = Database(address)
    try:
        return await database.revision()
    finally:
        await database.close()


async def test_an_empty_database_and_a_finished_one_end_at_head(address: str) -> None:
    url = engine_url(address, Path())
    await upgrade(url)
    await upgrade(url)
    assert await _revision(address) == HEAD


async def test_processes_that_migrate_at_once_agree(address: str) -> None:
    url = engine_url(address, Path()).render_as_string(hide_password=False)
    children = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", _CHILD, url, stderr=asyncio.subprocess.PIPE)
        for _ in range(4)
    ]
    complaints = [(await child.communicate())[1] for child in children]
    assert [child.returncode for child in children] == [0] * 4, complaints
    assert await _revision(address) == HEAD


async def test_a_failure_leaves_nothing_half_done(address: str) -> None:
    url = engine_url(address, Path())
    database = Database(address)
    async with database.engine.begin() as connection:
        await connection.execute(text("CREATE TABLE ix_requests_at (x INTEGER)"))  # the name of an index to come
    with pytest.raises(Exception, match="ix_requests_at"):
        await upgrade(url)
    assert await database.revision() is None
    async with database.engine.begin() as connection:
        await connection.execute(text("CREATE TABLE requests (x INTEGER)"))
    await database.close()


def test_a_child_ends_with_one_line_that_says_why(tmp_path: Path) -> None:
    (tmp_path / "router.db").mkdir()
    url = f"sqlite+aiosqlite:///{tmp_path}/router.db"
    child = subprocess.run([sys.executable, "-c", _CHILD, url], capture_output=True, text=True, check=False)
    assert (child.returncode, child.stderr.strip()) == (1, "unable to open database file")


def test_this_process_can_do_it_itself(tmp_path: Path) -> None:
    upgrade_now(f"sqlite+aiosqlite:///{tmp_path}/deep/router.db")
    assert os.path.getsize(tmp_path / "deep" / "router.db") > 0  # noqa: PTH202


def test_a_folder_with_a_percent_sign_is_a_folder() -> None:
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        assert configuration(connection, "/a%b").get_main_option("script_location") == "/a%b"
    engine.dispose()
