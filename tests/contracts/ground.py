"""What the contract of backends runs on: each kind in front of something real that serves the same three models.

`talker` says SCRIPT or calls a tool, `endless` speaks for minutes, `vectors` makes embeddings. Vendors' rows and
llama.cpp stand before real llama.cpp servers, `local` runs them itself, and Ollama is the double.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
from tests.doubles.ollama_double import DoubleModel, OllamaDouble
from tests.doubles.tiny_models import SCRIPT, TOOL_SCRIPT, TinyServer, tiny_model

from smarterrouter.backends import registry
from smarterrouter.backends.base import Backend
from smarterrouter.backends.local import Local
from smarterrouter.backends.spec import BackendSpec
from smarterrouter.catalog.describe import describe
from smarterrouter.domain.models import Model
from smarterrouter.inference.manager import Manager
from smarterrouter.inference.seats import Runtime
from smarterrouter.transport.client import HttpClient
from smarterrouter.wire.calls import ChatCall, CompletionCall, EmbedCall

SAID = "".join(SCRIPT)
KINDS = sorted({*registry.kinds(), "local"})
REMOTE = [kind for kind in KINDS if kind != "local"]
CONTEXT = 1024
"""Tokens of one request to `talker`."""
HELLO = [{"role": "user", "content": "Hello, who are you?"}]


def chat(**members: Any) -> ChatCall:
    """A chat call as it comes from a caller."""
    return ChatCall.decode(msgspec.json.encode({"model": "auto", "messages": HELLO, **members}))


def text(**members: Any) -> CompletionCall:
    """A text completion call."""
    return CompletionCall.decode(msgspec.json.encode({"model": "auto", "prompt": "Once", **members}))


def embed(**members: Any) -> EmbedCall:
    """An embeddings call."""
    return EmbedCall.decode(msgspec.json.encode({"model": "auto", "input": ["a cat", "the sea"], **members}))


class Ground:
    """Everything that runs; `served` gives a backend of any kind and its model of that name."""

    def __init__(self, client: HttpClient, servers: dict[str, TinyServer], ollama: OllamaDouble, local: Local) -> None:
        self.client = client
        self.servers = servers
        self.ollama = ollama
        self.local = local

    def made(self, kind: str, url: str) -> Backend:
        """A backend of this kind at `url`, the root of a server."""
        root = kind in {"ollama", "llama.cpp"}
        return registry.make(BackendSpec(name="here", kind=kind, url=url if root else f"{url}/v1"), self.client)

    async def served(self, kind: str, name: str) -> tuple[Backend, Model]:
        """The backend that serves the model `name`, and the model as its offer describes it."""
        if kind == "local":
            backend: Backend = self.local
        else:
            backend = self.made(kind, self.ollama.url if kind == "ollama" else self.servers[name].url)
        [offer] = [offer for offer in await backend.offers() if offer.name.partition(":")[0] == name]
        return backend, describe(offer)

    async def generating(self, kind: str) -> int:
        """How many answers are being made by whatever stands behind the model `endless` of this kind."""
        if kind == "ollama":
            return self.ollama.active
        if kind == "local":
            [relay] = [relay for relay in self.local._relays.values() if await _serves(relay, "endless")]
            slots = await relay.client.json("GET", relay.at_root("/slots"), total=10)
            return sum(slot["is_processing"] for slot in slots)
        return await self.servers["endless"].busy()

    def in_use(self) -> int:
        """Connections to backends that are busy with an exchange."""
        sessions = [*self.client._sessions.values(), *self.client._fresh.values()]
        return sum(len(session.connector._acquired) for session in sessions if session.connector is not None)


async def _serves(relay: Any, name: str) -> bool:
    return any(offer.name == name for offer in await relay.offers())


@asynccontextmanager
async def prepared(directory: Path) -> AsyncIterator[Ground]:
    """Start everything; `directory` is for the model files of the embedded runtime."""
    shapes: dict[str, dict[str, Any]] = {
        "talker": {"script": SCRIPT, "tool_script": TOOL_SCRIPT},
        "endless": {"script": (), "context": 60_000},
        "vectors": {"script": SCRIPT, "pooling": 1},
    }
    for name, shape in shapes.items():
        (directory / f"{name}.gguf").symlink_to(tiny_model(name, **shape))
    models = [
        DoubleModel("talker", reply=SAID, context_length=CONTEXT),
        DoubleModel("endless", reply="word " * 50_000, seconds_per_token=0.01),
        DoubleModel("vectors", capabilities=("embedding",)),
    ]
    client = HttpClient()
    local = Local(Manager(Runtime(models=directory, workers=3, context=60_000, parallel=1)), client)
    try:
        async with (
            TinyServer(name="talker", context=CONTEXT) as talker,
            TinyServer(name="endless", script=(), context=60_000) as endless,
            TinyServer(name="vectors", pooling=1) as vectors,
            OllamaDouble(models) as ollama,
        ):
            servers = {"talker": talker, "endless": endless, "vectors": vectors}
            yield Ground(client, servers, ollama, local)
    finally:
        await local.close()
        await client.close()
