"""The running gateway before one upstream that does as it is told: made once for a file."""

from collections.abc import AsyncIterator
from typing import NamedTuple

import pytest_asyncio
from tests.doubles.gateway import InProcessGateway, backends_yaml
from tests.doubles.strange_upstream import StrangeUpstream

MORE = "aliases:\n  fast: [alpha]\n  gone: [nothing]\n"


class World(NamedTuple):
    """Everything that runs."""

    gateway: InProcessGateway
    upstream: StrangeUpstream


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world() -> AsyncIterator[World]:
    """A gateway before an upstream with the models `alpha` and `org/beta`."""
    async with StrangeUpstream("alpha", "org/beta") as upstream:
        config = backends_yaml(("one", "compatible", upstream.base_url), more=MORE)
        async with InProcessGateway(config) as gateway:
            yield World(gateway, upstream)
