"""A server with pages, and a client that asks again without waiting."""

from collections.abc import AsyncIterator

import pytest
from tests.doubles.benchmark_pages import BenchmarkPages

from smarterrouter.transport.client import HttpClient
from smarterrouter.transport.downloads import Downloads
from smarterrouter.transport.retries import RetryPolicy


@pytest.fixture
async def pages() -> AsyncIterator[BenchmarkPages]:
    async with BenchmarkPages() as server:
        yield server


@pytest.fixture
async def downloads() -> AsyncIterator[Downloads]:
    client = HttpClient()
    yield Downloads(client, seconds=5.0, patience=RetryPolicy(max_retries=2, base_delay=0.0, max_delay=1.0))
    await client.close()
