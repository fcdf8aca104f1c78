"""What both ways to run the gateway in `gateway.py` share: settings, a directory, requests, readings, rows."""

import asyncio
import contextlib
import shutil
import sqlite3
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, Self

import aiohttp
import msgspec
from prometheus_client.parser import text_string_to_metric_families

from smarterrouter.store.database import Database

ADMIN_KEY = "sr-admin-of-the-tests"
READY_SECONDS = 60.0
"""Far more than anything takes here, even beside eight other test runs."""
QUIET = {
    "ROUTER_MODEL_AUTO_PROFILE_ENABLED": "false",
    "ROUTER_BENCHMARK_SOURCES": "[]",
    "ROUTER_PROVIDER_DB_ENABLED": "false",
}
"""Nothing is learned in the background, so that backends are asked only what a test asks."""
_made: list[bytes] = []


async def until(true: Callable[[], Any | Awaitable[Any]], what: str = "") -> None:
    """Return once `true()`, or what it awaits, is true; fail with `what` after `READY_SECONDS`."""
    try:
        async with asyncio.timeout(READY_SECONDS):
            while not await _value(true()):  # noqa: ASYNC110  # nobody sets an event for what a test waits for
                await asyncio.sleep(0.01)
    except TimeoutError:
        raise AssertionError(what or "what was waited for has not become true") from None


async def _value(found: Any) -> Any:
    return await found if isinstance(found, Awaitable) else found


class Answer(NamedTuple):
    """A whole HTTP answer; names of headers in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The decoded body."""
        return msgspec.json.decode(self.body)


class Readings:
    """One scrape of /metrics."""

    def __init__(self, text: str) -> None:
        self.series = {
            (sample.name.removeprefix("smarterrouter_"), tuple(sorted(sample.labels.items()))): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    def sum(self, name: str, **labels: str) -> float:
        """All series called `name` (without the common prefix) that carry these labels."""
        wanted = set(labels.items())
        return sum(value for (found, has), value in self.series.items() if found == name and wanted <= set(has))


class Gateway:
    """What both kinds share."""

    def __init__(
        self, config: str = "", *, directory: Path | None = None, wait: bool = True, **environment: str
    ) -> None:
        self.admin_key = environment.get("ROUTER_ADMIN_API_KEY", ADMIN_KEY)
        self.port = 0
        self._own = directory is None
        self.directory = directory or Path(tempfile.mkdtemp(prefix="gateway-"))
        self._config = config
        self._wait = wait
        self._environment = {
            "ROUTER_ADMIN_API_KEY": ADMIN_KEY,
            "ROUTER_DISCOVERY_ENABLED": "false",
            "ROUTER_OFFLINE": "true",
            **QUIET,
            **environment,
        }
        self._session: aiohttp.ClientSession | None = None

    @property
    def url(self) -> str:
        """Address without a path."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def base_url(self) -> str:
        """Address for an OpenAI client."""
        return f"{self.url}/v1"

    @property
    def session(self) -> aiohttp.ClientSession:
        """A client without limits of its own; closed with the gateway."""
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=0)
            self._session = aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=None))
        return self._session

    async def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        """GET and read the whole answer, whatever its status."""
        return await self._asked("GET", path, None, headers)

    async def post(self, path: str, body: Any, headers: Mapping[str, str] | None = None) -> Answer:
        """POST `body` as JSON, bytes as they are, and read the whole answer, whatever its status."""
        data = body if isinstance(body, bytes) else msgspec.json.encode(body)
        return await self._asked("POST", path, data, {"content-type": "application/json", **(headers or {})})

    async def _asked(self, method: str, path: str, data: bytes | None, headers: Mapping[str, str] | None) -> Answer:
        async with self.session.request(method, self.url + path, data=data, headers=headers) as answer:
            found = {name.lower(): value for name, value in answer.headers.items()}
            return Answer(answer.status, found, await answer.read())

    async def metrics(self) -> Readings:
        """What /metrics says now."""
        return Readings((await self.get("/metrics")).body.decode())

    def rows_written(self) -> list[dict[str, Any]]:
        """The log of requests as it stands in the SQLite file, oldest first."""
        with contextlib.closing(sqlite3.connect(self.directory / "data" / "router.db")) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute("SELECT * FROM requests ORDER BY number")]

    async def __aenter__(self) -> Self:
        try:
            await self._furnish()
            await self.start()
        except BaseException:
            await self._close()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._close()

    async def start(self) -> None:
        raise NotImplementedError

    async def stop(self) -> None:
        raise NotImplementedError

    async def _furnish(self) -> None:
        """The configuration, and a migrated database: few tests are about the second that migrating takes."""
        if self._config:
            (self.directory / "smarterrouter.yaml").write_text(self._config)
        database = self.directory / "data" / "router.db"
        if self._own and "ROUTER_DATABASE_URL" not in self._environment:
            database.parent.mkdir()
            database.write_bytes(await _new_database())

    async def _close(self) -> None:
        try:
            if self._session is not None:
                await self._session.close()
                self._session = None
            await self.stop()
        finally:
            if self._own:
                shutil.rmtree(self.directory, ignore_errors=True)


async def _new_database() -> bytes:
    """The bytes of an empty database at the newest revision, made once for the process."""
    if not _made:
        with tempfile.TemporaryDirectory() as directory:
            database = Database("sqlite:///router.db", Path(directory))
            await database.open()
            await database.close()
            _made.append((Path(directory) / "router.db").read_bytes())
    return _made[0]
