import asyncio
import stat
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from smarterrouter.errors import StoreUnavailable
from smarterrouter.store.addresses import engine_url
from smarterrouter.store.database import Database
from smarterrouter.store.engine import Pool, make_engine, make_room, reason
from smarterrouter.store.journal import Journal


def test_folders_and_a_private_file_are_created_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "router.db"
    make_room(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.write_bytes(b"kept")
    make_room(path)
    assert path.read_bytes() == b"kept"


def test_a_file_that_cannot_be_created_says_which(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnavailable, match=r"router\.db cannot be created: File exists"):
        make_room(tmp_path / "file" / "router.db")


async def test_a_file_is_in_wal_mode_and_waits_for_other_writers(tmp_path: Path) -> None:
    engine = make_engine(engine_url("sqlite:///router.db", tmp_path), Pool())
    async with engine.connect() as connection:
        found = [(await connection.execute(text(f"PRAGMA {name}"))).scalar() for name in PRAGMAS]
    await engine.dispose()
    assert dict(zip(PRAGMAS, found, strict=True)) == PRAGMAS


PRAGMAS = {"journal_mode": "wal", "synchronous": 1, "busy_timeout": 10_000, "foreign_keys": 1}


async def test_the_pool_is_as_configured(address: str) -> None:
    engine = make_engine(engine_url(address, Path()), Pool(size=3, max_overflow=1, recycle_seconds=7, pre_ping=True))
    assert "Pool size: 3" in engine.pool.status()
    assert engine.pool._max_overflow == (1 if engine.dialect.name == "postgresql" else 2)
    assert engine.pool._recycle == 7
    assert engine.pool._pre_ping == (engine.dialect.name == "postgresql")
    await engine.dispose()


async def test_the_smallest_pool_serves_the_journal_and_a_reader(migrated: str, record: Any) -> None:
    database = Database(migrated, pool=Pool(size=1, max_overflow=0))
    await database.open()
    journal = Journal(database)
    journal.start()
    journal.append(record())
    while not journal.written:  # noqa: ASYNC110
        await asyncio.sleep(0.005)
    async with asyncio.timeout(10):
        await database.ping()
    await journal.close()
    await database.close()


def test_a_missing_driver_names_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    with pytest.raises(StoreUnavailable, match="pip install"):
        make_engine(engine_url("postgres://h/x", Path()), Pool())


async def test_a_failure_never_quotes_what_was_to_be_stored(database: Database) -> None:
    with pytest.raises((StoreUnavailable, UnicodeEncodeError)) as caught:
        async with database.begin() as connection:
            await connection.execute(text("SELECT CAST(:text AS TEXT)"), {"text": "my secret \ud800"})
    assert "secret" not in str(caught.value)


def test_a_reason_is_one_line_or_a_name() -> None:
    assert reason(OSError("no route.\nmore")) == "no route"
    assert reason(OSError()) == "OSError"
