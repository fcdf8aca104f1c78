"""What the tests of single settings share: a gateway with some settings, and a mark that says what is observed."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, NamedTuple, TypeVar

from tests.doubles.gateway import Answer, InProcessGateway, backends_yaml
from tests.doubles.strange_upstream import StrangeUpstream

from smarterrouter.settings.groups import PREFIX, SETTINGS

CHAT = "/v1/chat/completions"
Test = TypeVar("Test", bound=Callable[..., Any])


def observes(*names: str) -> Callable[[Test], Test]:
    """Says that a test changes each of these settings (without their prefix) and observes what that does."""
    unknown = [name for name in names if PREFIX + name not in SETTINGS]
    assert not unknown, unknown
    return lambda test: test


class Served(NamedTuple):
    """A gateway and the backend behind it, which serves the model `strange`."""

    gateway: InProcessGateway
    upstream: StrangeUpstream

    async def chat(self, text: str = "hi", headers: dict[str, str] | None = None, **members: Any) -> Answer:
        """The answer to one message."""
        body = {"model": "strange", "messages": [{"role": "user", "content": text}], **members}
        return await self.gateway.post(CHAT, body, headers)

    async def models(self) -> list[str]:
        """The ids of `/v1/models`."""
        return [item["id"] for item in (await self.gateway.get("/v1/models")).json()["data"]]


@asynccontextmanager
async def served(
    *models: str, more: dict[str, Any] | None = None, config: str = "", **settings: str
) -> AsyncIterator[Served]:
    """A gateway with these settings (names without prefix) in front of one strange upstream."""
    async with StrangeUpstream(*(models or ("strange",)), more=more) as upstream:
        text = backends_yaml(("one", "compatible", upstream.base_url), more=config)
        environment = {PREFIX + name: value for name, value in settings.items()}
        async with InProcessGateway(text, **environment) as gateway:
            yield Served(gateway, upstream)
