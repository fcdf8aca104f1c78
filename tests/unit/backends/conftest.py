"""The client through which backends speak."""

from collections.abc import AsyncIterator

import pytest

from smarterrouter.transport.client import HttpClient


@pytest.fixture
async def client() -> AsyncIterator[HttpClient]:
    made = HttpClient()
    yield made
    await made.close()
