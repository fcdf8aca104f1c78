"""Open WebUI, headless, with the gateway as its OpenAI connection: lists, chats, streams, remembers documents.

Its own embedding models are left out of the environment: they need torch, and here the gateway makes the vectors.
"""

import json
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import aiohttp
import pytest
import pytest_asyncio
from tests.clients.environments import environment_of
from tests.clients.exchanges import HELLO, SAID
from tests.clients.programs import free_port, serving
from tests.doubles.gateway import GatewayProcess, backends_yaml
from tests.doubles.tiny_models import TinyServer

pytestmark = pytest.mark.asyncio(loop_scope="module")
SETTINGS = {
    "OFFLINE_MODE": "true",
    "WEBUI_AUTH": "false",
    "WEBUI_SECRET_KEY": "of the tests",
    "ENABLE_OLLAMA_API": "false",
    "RAG_EMBEDDING_ENGINE": "openai",
    "RAG_EMBEDDING_MODEL": "meaning",
    "ANONYMIZED_TELEMETRY": "false",
    "OPENAI_API_KEY": "any",
    "RAG_OPENAI_API_KEY": "any",
}
CATS, SEA = "Cats sleep for most of the day.", "The sea is full of salt."


class World(NamedTuple):
    """Open WebUI, signed in, and the gateway behind it."""

    webui: aiohttp.ClientSession
    gateway: GatewayProcess

    async def ask(self, path: str, body: Any) -> Any:
        """The decoded answer to a POST."""
        async with self.webui.post(path, json=body) as reply:
            assert reply.status == 200, await reply.text()
            return await reply.json()

    async def asked(self, endpoint: str) -> float:
        """How many requests the gateway has had at an endpoint."""
        return (await self.gateway.metrics()).sum("requests_total", endpoint=endpoint)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    environment = environment_of("open_webui")
    folder, port = tmp_path_factory.mktemp("webui"), free_port()
    url = f"http://127.0.0.1:{port}"
    command = [environment.program("open-webui"), "serve", "--host", "127.0.0.1", "--port", str(port)]
    async with (
        TinyServer(name="talker", context=4096) as talker,
        TinyServer(name="meaning", pooling=1) as meaning,
        GatewayProcess(
            backends_yaml(("talks", "llama.cpp", talker.url), ("vectors", "llama.cpp", meaning.url))
        ) as gateway,
    ):
        places = {"OPENAI_API_BASE_URL": gateway.base_url, "RAG_OPENAI_API_BASE_URL": gateway.base_url}
        more = {**SETTINGS, **places, "DATA_DIR": str(folder / "data")}
        async with serving(command, folder, f"{url}/health", more), aiohttp.ClientSession(url) as webui:
            async with webui.post("/api/v1/auths/signin", json={"email": "", "password": ""}) as reply:
                webui.headers["authorization"] = f"Bearer {(await reply.json())['token']}"
            yield World(webui, gateway)


async def test_lists_the_router_and_every_model(world: World) -> None:
    async with world.webui.get("/api/models") as reply:
        listed = (await reply.json())["data"]
    assert [item["id"] for item in listed] == ["smarterrouter/main", "talker", "meaning"]


async def test_accepts_the_gateway_as_a_connection(world: World) -> None:
    """What the settings page does when somebody adds a connection."""
    verified = await world.ask("/openai/verify", {"url": world.gateway.base_url, "key": "any"})
    assert "talker" in [item["id"] for item in verified["data"]]


@pytest.mark.parametrize("model", ["talker", "smarterrouter/main"])
async def test_chats(world: World, model: str) -> None:
    before = await world.asked("chat")
    answer = await world.ask("/api/chat/completions", {"model": model, "messages": HELLO})
    assert answer["choices"][0]["message"]["content"] == SAID
    assert answer["choices"][0]["finish_reason"] == "stop"
    assert await world.asked("chat") == before + 1


@pytest.mark.parametrize("model", ["talker", "smarterrouter/main"])
async def test_streams(world: World, model: str) -> None:
    body = {"model": model, "messages": HELLO, "stream": True}
    async with world.webui.post("/api/chat/completions", json=body) as reply:
        lines = [line.removeprefix("data: ") for line in (await reply.text()).split("\n\n") if line]
    assert lines[-1].strip() == "[DONE]"
    choices = [json.loads(line)["choices"][0] for line in lines[:-1]]
    assert "".join(choice["delta"].get("content") or "" for choice in choices) == SAID
    assert [choice["finish_reason"] for choice in choices if choice["finish_reason"]] == ["stop"]


async def test_shows_our_words_when_something_is_wrong(world: World) -> None:
    body = {"model": "talker", "messages": [{"role": "user", "content": "word " * 9000}]}
    async with world.webui.post("/api/chat/completions", json=body) as reply:
        text = await reply.text()
    assert reply.status == 400
    assert "maximum context length is 4096" in text


async def test_remembers_documents_by_our_vectors(world: World) -> None:
    before = await world.asked("embeddings")
    for name, content in (("cats", CATS), ("sea", SEA)):
        stored = {"name": name, "content": content, "collection_name": name}
        assert (await world.ask("/api/v1/retrieval/process/text", stored))["status"] is True
    for content in (CATS, SEA):
        query = {"collection_names": ["cats", "sea"], "query": content, "k": 1}
        found = await world.ask("/api/v1/retrieval/query/collection", query)
        assert found["documents"] == [[content]]
    assert await world.asked("embeddings") > before + 2
