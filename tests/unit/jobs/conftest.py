"""A real database for jobs, and a client that downloads."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.doubles.gateway_parts import _new_database as new_database

from smarterrouter.store.database import Database
from smarterrouter.transport.client import HttpClient
from smarterrouter.transport.downloads import Downloads
from smarterrouter.transport.retries import RetryPolicy


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """A migrated SQLite file, open."""
    (tmp_path / "jobs.db").write_bytes(await new_database())
    made = Database("sqlite:///jobs.db", tmp_path)
    await made.open()
    yield made
    await made.close()


@pytest.fixture
async def downloads() -> AsyncIterator[Downloads]:
    """Asks again without waiting."""
    client = HttpClient()
    yield Downloads(client, seconds=5.0, patience=RetryPolicy(max_retries=1, base_delay=0.0, max_delay=1.0))
    await client.close()
