"""A gateway in front of one well-behaved backend, for tests of what callers do wrong."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import pytest
from tests.doubles.gateway import Answer, InProcessGateway, backends_yaml
from tests.doubles.leaks import no_faults, nothing_is_left
from tests.doubles.strange_upstream import StrangeUpstream

CHAT, TEXT, EMBED = "/v1/chat/completions", "/v1/completions", "/v1/embeddings"
LIMIT = 1_000_000
"""Bytes of a body that this gateway takes."""
HELLO = b'{"model":"strange","messages":[{"role":"user","content":"hi"}]}'


class PlainWorld:
    """See the top of this file."""

    def __init__(self, gateway: InProcessGateway, upstream: StrangeUpstream) -> None:
        self.gateway = gateway
        self.upstream = upstream

    async def post(self, body: bytes = HELLO, headers: Mapping[str, str] | None = None, path: str = CHAT) -> Answer:
        """Post these bytes and read the answer."""
        return await self.gateway.post(path, body, headers)

    @asynccontextmanager
    async def stays_clean(self, caplog: pytest.LogCaptureFixture) -> AsyncIterator[None]:
        """Fail when something of what happens in the block stays, or when others cannot be served after it."""
        async with nothing_is_left(self.gateway, self.upstream):
            yield
            assert (await self.post()).status == 200
        no_faults(caplog)


@asynccontextmanager
async def plain_world() -> AsyncIterator[PlainWorld]:
    """Small limits: `LIMIT` bytes, and one second to send a request."""
    async with (
        StrangeUpstream("strange") as upstream,
        InProcessGateway(
            backends_yaml(("strange", "compatible", upstream.base_url)),
            ROUTER_MAX_REQUEST_BODY_BYTES=str(LIMIT),
            ROUTER_REQUEST_BODY_TIMEOUT_SECONDS="1",
        ) as gateway,
    ):
        world = PlainWorld(gateway, upstream)
        assert (await world.post()).status == 200
        await gateway.rows()
        yield world
