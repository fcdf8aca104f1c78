"""Worlds that are made once for a file.

`world`: two real llama.cpp servers, the Ollama double and the gateway in front of all three. `plain`: a gateway in
front of one well-behaved backend; with `stays_clean` each test must also leave nothing behind in it.
"""

from collections.abc import AsyncIterator
from typing import NamedTuple

import pytest
import pytest_asyncio
from tests.doubles.gateway import InProcessGateway, backends_yaml
from tests.doubles.ollama_double import DoubleModel, OllamaDouble
from tests.doubles.plain_world import PlainWorld, plain_world
from tests.doubles.tiny_models import TinyServer

ALIASES = "aliases:\n  fast: [alpha]\n  eyes: ['llava:7b']\n"
SMALL = "qwen2.5:7b"
SEEING = "llava:7b"
EMBEDDER = "nomic-embed-text:latest"


class World(NamedTuple):
    """Everything that runs."""

    gateway: InProcessGateway
    chat: TinyServer
    embedder: TinyServer
    ollama: OllamaDouble


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world() -> AsyncIterator[World]:
    """`alpha` chats, `beta` makes vectors; the Ollama double chats, sees and makes vectors."""
    models = [
        DoubleModel(SMALL),
        DoubleModel(SEEING, capabilities=("completion", "vision")),
        DoubleModel(EMBEDDER, capabilities=("embedding",)),
    ]
    async with (
        TinyServer(name="alpha") as chat,
        TinyServer(name="beta", pooling=1) as embedder,
        OllamaDouble(models) as ollama,
    ):
        backends = [
            ("one", "llama.cpp", chat.url),
            ("two", "llama.cpp", embedder.url),
            ("three", "ollama", ollama.url),
        ]
        async with InProcessGateway(backends_yaml(*backends, more=ALIASES)) as gateway:
            yield World(gateway, chat, embedder, ollama)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def plain() -> AsyncIterator[PlainWorld]:
    async with plain_world() as made:
        yield made


@pytest_asyncio.fixture(loop_scope="module")
async def stays_clean(plain: PlainWorld, caplog: pytest.LogCaptureFixture) -> AsyncIterator[None]:
    async with plain.stays_clean(caplog):
        yield
