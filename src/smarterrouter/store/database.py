"""`Database`: opened beside serving, migrated when it must be, its failures told as ours."""

import asyncio
import json
import logging
import random
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager
from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from smarterrouter.errors import StoreUnavailable
from smarterrouter.observability.tasks import cancel, spawn
from smarterrouter.store.addresses import engine_url, sqlite_file
from smarterrouter.store.engine import Pool, make_engine, make_room, parted, reason
from smarterrouter.store.migrations.head import HEAD

log = logging.getLogger(__name__)

_CHILD = (
    "import json, sys; job = json.load(sys.stdin); sys.path[:] = job['path']; "
    "from smarterrouter.store.migrate import upgrade_now; upgrade_now(job['url'])"
)
"""The URL comes by standard input: a command line, and with it a password, can be read by everybody on the machine."""
_CONNECTS = 1.0
"""Seconds that connecting may go on after its caller has left: a file is open much sooner."""
_LONGEST_PAUSE = 30.0
"""Seconds between two attempts to open a database that stays away."""


class Database:
    """One database and its pool of connections.

    Nothing here is needed to serve a request: `open_soon` works beside serving, and until it has succeeded every use
    raises `StoreUnavailable`, while the journal keeps records in memory.
    """

    def __init__(self, address: str, base: Path = Path(), pool: Pool = Pool()) -> None:  # noqa: B008  # frozen
        """`address` as in the settings; a relative SQLite path begins at `base`. Raise `StoreUnavailable` if bad."""
        self.url = engine_url(address, base)
        self.engine = make_engine(self.url, pool)
        self.dialect = self.engine.dialect
        self.ready = asyncio.Event()
        """Set once the database is open and at the newest revision."""
        self._opening: asyncio.Task[None] | None = None

    def __str__(self) -> str:
        """The address without its password, for logs and people."""
        return self.url.render_as_string(hide_password=True)

    def open_soon(self) -> None:
        """Open in the background, again and again until it works. Each failed attempt is a warning in the log."""
        if self._opening is None:
            self._opening = spawn(self._open_patiently(), "open the database")

    async def open(self) -> None:
        """Create the file where there is none, migrate where it must be. Raise `StoreUnavailable` when that fails."""
        if path := sqlite_file(self.url):
            make_room(path)
        try:
            found = await self.revision()
        except TypeError as error:  # the driver takes the address's parameters as arguments
            raise StoreUnavailable(f"The address of the database {self} is wrong: {error}.") from error
        if found is not None and found > HEAD:
            raise StoreUnavailable(
                f"The database {self} was written by a newer version (its revision is {found}, this one knows {HEAD}). "
                "Install that version again, or use another database."
            )
        if found != HEAD:
            log.info("bringing the database %s from revision %s to %s", self, found or "none", HEAD)
            await self._migrate()
        self.ready.set()

    async def revision(self) -> str | None:
        """The revision that the database is at, None for a new one. Raise `StoreUnavailable`."""
        async with self._transaction() as connection:
            return await connection.run_sync(_revision)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncConnection]:
        """A connection in a transaction: committed at the end, rolled back on any error.

        Raise `StoreUnavailable` when the database is not open yet or fails. SQLAlchemy's `IntegrityError` passes: it
        speaks of the rows.
        """
        self._must_be_open()
        async with self._transaction() as connection:
            yield connection

    async def autocommit(self) -> AsyncConnection:
        """A connection on which each statement commits itself. Whoever asks for it closes it.

        Raise `StoreUnavailable` when the database is not open yet or fails.
        """
        self._must_be_open()
        with self._told():
            connection = await self._connected()
            return await connection.execution_options(isolation_level="AUTOCOMMIT")

    async def ping(self) -> None:
        """Raise `StoreUnavailable` unless the database is open and answers."""
        async with self.begin() as connection:
            await connection.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Stop opening and close every connection. Nothing can be used afterwards."""
        await cancel(self._opening)
        self.ready.clear()
        await self.engine.dispose()

    async def _open_patiently(self) -> None:
        pause = 0.5
        while not self.ready.is_set():
            try:
                await self.open()
            except StoreUnavailable as error:
                log.warning("%s Records wait in memory; trying again in %.1f seconds.", error.message, pause)
                await asyncio.sleep(pause * random.uniform(0.8, 1.2))  # noqa: S311  # spreads workers, guards nothing
                pause = min(pause * 2, _LONGEST_PAUSE)

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[AsyncConnection]:
        try:
            with self._told():
                async with aclosing(await self._connected()) as connection, connection.begin():
                    yield connection
        except StoreUnavailable:
            await parted(self.dialect.name)
            raise

    async def _connected(self) -> AsyncConnection:
        """A connection. A driver that is cancelled while it connects leaves a thread and files behind, so it may finish
        first when its caller is cancelled."""
        caller = asyncio.current_task()
        connecting = asyncio.ensure_future(self._connect())
        connecting.set_name(caller.get_name() if caller is not None else "connect to the database")
        try:
            return await asyncio.shield(connecting)
        except asyncio.CancelledError:
            # Shielded again: whoever cancels may do so twice.
            await asyncio.shield(spawn(_give_back(connecting), connecting.get_name()))
            raise

    async def _connect(self) -> AsyncConnection:
        return await self.engine.connect()

    def _must_be_open(self) -> None:
        if not self.ready.is_set():
            raise StoreUnavailable(f"The database {self} is not open yet.")

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what the drivers raise into `StoreUnavailable`."""
        try:
            yield
        except IntegrityError:
            raise
        except (SQLAlchemyError, OSError) as error:  # TimeoutError is an OSError
            raise StoreUnavailable(f"The database {self} failed: {reason(error)}.") from error

    async def _migrate(self) -> None:
        job = json.dumps({"path": sys.path, "url": self.url.render_as_string(hide_password=False)})
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", _CHILD),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            _, complaint = await child.communicate(job.encode())
        except asyncio.CancelledError:
            child.kill()
            await child.wait()
            raise
        if child.returncode != 0:
            words = complaint.decode(errors="replace").strip().splitlines() or [f"exit code {child.returncode}"]
            raise StoreUnavailable(f"The database {self} could not be brought to revision {HEAD}: {words[-1]}.")


async def _give_back(connecting: asyncio.Task[AsyncConnection]) -> None:
    """Close the connection that nobody waits for any more."""
    await asyncio.wait({connecting}, timeout=_CONNECTS)
    await cancel(connecting)
    if not connecting.cancelled() and connecting.exception() is None:
        await connecting.result().close()


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return None if found is None else str(found)
