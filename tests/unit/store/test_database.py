import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from smarterrouter.errors import StoreUnavailable
from smarterrouter.observability.tasks import spawn
from smarterrouter.store.database import Database
from smarterrouter.store.migrations.head import HEAD


async def test_open_brings_an_empty_database_to_head(address: str) -> None:
    database = Database(address)
    assert await database.revision() is None
    await database.open()
    assert database.ready.is_set()
    assert await database.revision() == HEAD
    await database.ping()
    await database.close()


async def test_w22_both_kinds_of_database_are_migrated_by_the_same_code(address: str) -> None:
    database = Database(address)
    await database.open()
    async with database.begin() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM requests"))).scalar() == 0
    await database.close()


async def test_the_file_and_its_folders_are_created_wherever_we_stand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    for address in ("sqlite:///data/deep/router.db", f"sqlite:///{tmp_path}/absolute/router.db"):
        database = Database(address, tmp_path / "home")
        await database.open()
        await database.close()
    assert (tmp_path / "home/data/deep/router.db").is_file()
    assert (tmp_path / "absolute/router.db").is_file()
    assert list(elsewhere.iterdir()) == []


async def test_nothing_works_before_it_is_open(migrated: str) -> None:
    database = Database(migrated)
    with pytest.raises(StoreUnavailable, match="not open yet"):
        await database.ping()
    with pytest.raises(StoreUnavailable, match="not open yet"):
        await database.autocommit()
    await database.close()


@pytest.mark.parametrize("times", [1, 2])
async def test_who_leaves_while_it_connects_leaves_no_connection_behind(
    database: Database, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    opened, connect = [], database.engine.connect

    async def slowly() -> AsyncConnection:
        await asyncio.sleep(0.05)
        opened.append(await connect())
        return opened[0]

    monkeypatch.setattr(database, "_connect", slowly)
    caller = spawn(database.ping(), "ask")
    for _ in range(times):
        await asyncio.sleep(0.01)
        caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    for _ in range(500):
        if opened and opened[0].closed:
            break
        await asyncio.sleep(0.01)
    assert opened[0].closed


async def test_a_transaction_is_whole_or_not_at_all(database: Database) -> None:
    async with database.begin() as connection:
        await connection.execute(text("CREATE TABLE kept (x INTEGER)"))
    with pytest.raises(KeyError):
        async with database.begin() as connection:
            await connection.execute(text("INSERT INTO kept VALUES (1)"))
            raise KeyError
    async with database.begin() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM kept"))).scalar() == 0


async def test_a_database_of_a_newer_version_is_left_alone(database: Database, migrated: str) -> None:
    async with database.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    newer = Database(migrated)
    with pytest.raises(StoreUnavailable, match="newer version"):
        await newer.open()
    assert not newer.ready.is_set()
    await newer.close()


async def test_a_migration_that_fails_says_why(address: str) -> None:
    database = Database(address)
    async with database.engine.begin() as connection:
        await connection.execute(text("CREATE TABLE requests (x INTEGER)"))
    with pytest.raises(StoreUnavailable, match="already exists"):
        await database.open()
    await database.close()


async def test_open_soon_tries_until_it_works(tmp_path: Path, caplog: pytest.LogCaptureFixture, until: Any) -> None:
    blocked = tmp_path / "data"
    blocked.touch()
    database = Database("sqlite:///data/router.db", tmp_path)
    database.open_soon()
    database.open_soon()
    await until(lambda: caplog.records)
    blocked.unlink()
    await asyncio.wait_for(database.ready.wait(), 30)
    assert "cannot be created" in caplog.text
    await database.close()


async def test_closing_while_it_opens_stops_the_child(tmp_path: Path, until: Any) -> None:
    database = Database("sqlite:///router.db", tmp_path)
    database.open_soon()
    await until((tmp_path / "router.db").exists)
    await database.close()
    assert not database.ready.is_set()


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("postgres://me:secret@127.0.0.1:1/x", "Connect call failed"),
        ("postgres://me:secret@127.0.0.1:1/x?colour=red", "address of the database .* is wrong"),
    ],
)
async def test_a_server_that_cannot_be_reached_is_told_without_the_password(address: str, words: str) -> None:
    database = Database(address)
    with pytest.raises(StoreUnavailable, match=words) as caught:
        await database.open()
    assert "secret" not in str(caught.value)
    assert "secret" not in str(database)
    await database.close()


def test_a_start_at_head_needs_no_alembic(migrated: str) -> None:
    program = (
        "import asyncio, sys\n"
        "from smarterrouter.store.database import Database\n"
        "from smarterrouter.store.journal import Journal\n"
        "async def main():\n"
        "    database = Database(sys.argv[1])\n"
        "    await database.open()\n"
        "    await database.close()\n"
        "asyncio.run(main())\n"
        "print('alembic' in sys.modules)\n"
    )
    found = subprocess.run([sys.executable, "-c", program, migrated], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"


def test_the_child_finds_the_package_wherever_this_process_found_it(tmp_path: Path) -> None:
    source = Path(__file__).parents[3] / "src"
    program = (
        f"import asyncio, sys; sys.path.insert(0, {str(source)!r})\n"
        "from smarterrouter.store.database import Database\n"
        "async def main():\n"
        f"    database = Database('sqlite:///{tmp_path}/router.db')\n"
        "    await database.open()\n"
        "    await database.close()\n"
        "asyncio.run(main())\n"
    )
    done = subprocess.run([sys.executable, "-P", "-c", program], cwd="/", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
