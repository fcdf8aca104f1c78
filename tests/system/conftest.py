"""What the system tests share: real model servers and a gateway as a process."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.doubles.tiny_models import TinyServer
from tests.system.support import Gateway, gateway_before


@pytest.fixture
async def tiny() -> AsyncIterator[TinyServer]:
    """A real llama.cpp server with a tiny model that always gives the same short answer."""
    async with TinyServer() as server:
        yield server


@pytest.fixture
async def gateway(tiny: TinyServer, tmp_path: Path) -> AsyncIterator[Gateway]:
    """The gateway in front of `tiny`."""
    async with gateway_before(tiny.base_url, tiny.name, tmp_path) as running_gateway:
        yield running_gateway
