"""LiteLLM on both sides: its library asks the gateway, and its proxy is a server behind the gateway."""

import struct
from base64 import b64decode
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import openai
import pytest
import pytest_asyncio
from tests.clients.environments import environment_of
from tests.clients.exchanges import HELLO, SAID, calls_a_tool, chats, client_of, streams
from tests.clients.programs import free_port, serving, told
from tests.doubles.gateway import GatewayProcess, InProcessGateway, backends_yaml
from tests.doubles.tiny_models import TinyServer

pytestmark = pytest.mark.asyncio(loop_scope="module")
LIBRARY = Path(__file__).parent / "scripts" / "litellm_library.py"
SETTINGS = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_TELEMETRY": "False"}
PARIS = {"city": "Paris"}
KEY = "sk-of-the-peer"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def heard(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What LiteLLM's library got from the gateway, part by part; `absent` is a model whose server has died."""
    environment = environment_of("litellm")
    async with (
        TinyServer(name="talker") as talker,
        TinyServer(name="meaning", pooling=1) as meaning,
        TinyServer(name="absent") as absent,
        GatewayProcess(
            backends_yaml(
                ("talks", "llama.cpp", talker.url),
                ("vectors", "llama.cpp", meaning.url),
                ("dead", "llama.cpp", absent.url),
            )
        ) as gateway,
    ):
        await absent.kill()
        command = [environment.python, str(LIBRARY), gateway.base_url]
        return await told(command, tmp_path_factory.mktemp("litellm"), SETTINGS)


async def test_the_library_chats(heard: dict[str, Any]) -> None:
    assert heard["chat"] == {"text": SAID, "finish": "stop", "tokens": 7}


async def test_the_library_streams(heard: dict[str, Any]) -> None:
    stream = heard["stream"]
    assert "".join(stream["pieces"]) == stream["text"] == SAID
    assert len(stream["pieces"]) > 1
    assert (stream["finish"], stream["tokens"]) == ("stop", [7])


async def test_the_library_calls_tools(heard: dict[str, Any]) -> None:
    call = {"name": "get_weather", "arguments": PARIS}
    assert heard["tools"] == {"finish": "tool_calls", "call": call, "text": SAID}
    assert heard["streamed_tool"] == {"finish": "tool_calls", **call}


async def test_the_library_gets_vectors(heard: dict[str, Any]) -> None:
    """It sends `encoding_format: null`, which llama.cpp refuses and OpenAI does not."""
    first, second = heard["embeddings"]["lengths"]
    assert first == second > 1
    assert heard["embeddings"]["tokens"] > 0


async def test_the_library_completes_texts(heard: dict[str, Any]) -> None:
    assert heard["text"] == {"text": SAID}


async def test_the_library_knows_our_refusals(heard: dict[str, Any]) -> None:
    failures = heard["failures"]
    assert failures["too long"] == "ContextWindowExceededError"
    assert failures["unknown model"] == "NotFoundError"
    assert failures["bad value"] == "BadRequestError"
    assert failures["no server"] in {"InternalServerError", "BadGatewayError", "ServiceUnavailableError"}


class World(NamedTuple):
    """The proxy behind the gateway."""

    gateway: GatewayProcess
    client: openai.AsyncOpenAI
    talker: TinyServer
    url: str
    """The proxy's own address."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """LiteLLM's proxy in front of two models, and the gateway in front of the proxy."""
    environment = environment_of("litellm")
    folder, port = tmp_path_factory.mktemp("proxy"), free_port()
    url = f"http://127.0.0.1:{port}"
    async with TinyServer(name="talker") as talker, TinyServer(name="meaning", pooling=1) as meaning:
        (folder / "proxy.yaml").write_bytes(_proxy_config(talker, meaning))
        command = [environment.program("litellm"), "--config", "proxy.yaml", "--host", "127.0.0.1", "--port", str(port)]
        async with (
            serving(command, folder, f"{url}/health/liveliness", SETTINGS),
            GatewayProcess(_before(url, KEY)) as gateway,
            client_of(gateway) as client,
        ):
            yield World(gateway, client, talker, url)


def _before(url: str, key: str) -> str:
    return f"backends:\n  - {{name: peer, kind: litellm, url: '{url}', api_key: {key}}}\n"


def _proxy_config(*servers: TinyServer) -> bytes:
    models = [
        {
            "model_name": server.name,
            "litellm_params": {
                "model": f"openai/{server.name}",
                "api_base": server.base_url,
                "api_key": "any",
                "max_retries": 0,
            },
        }
        for server in servers
    ]
    return msgspec.json.encode({"model_list": models, "general_settings": {"master_key": KEY}})  # JSON is YAML


async def test_the_proxys_models_are_listed(world: World) -> None:
    listed = [item["key"] for item in (await world.gateway.get("/v1/models")).json()["data"][1:]]
    assert sorted(listed) == ["peer/meaning", "peer/talker"]


@pytest.mark.parametrize("name", ["talker", "peer/talker"])
async def test_chats_through_the_proxy(world: World, name: str) -> None:
    await chats(world.client, name, "peer/talker")


@pytest.mark.parametrize("asks_usage", [True, False])
async def test_streams_through_the_proxy(world: World, asks_usage: bool) -> None:
    await streams(world.client, "talker", asks_usage=asks_usage)


@pytest.mark.parametrize("stream", [True, False])
async def test_calls_a_tool_through_the_proxy(world: World, stream: bool) -> None:
    await calls_a_tool(world.client, "talker", stream=stream)


async def test_vectors_through_the_proxy(world: World) -> None:
    plain = await world.client.embeddings.create(model="meaning", input=["a cat", "the sea"], encoding_format="float")
    packed = await world.gateway.post(
        "/v1/embeddings", {"model": "meaning", "input": "a cat", "encoding_format": "base64"}
    )
    first, second = (item.embedding for item in plain.data)
    assert first != pytest.approx(second, abs=1e-4)
    data = b64decode(packed.json()["data"][0]["embedding"])
    assert struct.unpack(f"<{len(data) // 4}f", data) == pytest.approx(first, abs=1e-4)


@pytest.mark.parametrize("stream", [True, False])
async def test_a_prompt_that_is_too_long_for_what_is_behind_the_proxy(world: World, stream: bool) -> None:
    """The proxy does not say how long a context is, so the refusal comes from behind it."""
    long: Any = [{"role": "user", "content": "word " * 5000}]
    with pytest.raises(openai.BadRequestError) as caught:
        await world.client.chat.completions.create(model="talker", messages=long, stream=stream)
    assert caught.value.code == "context_length_exceeded"


async def test_a_wrong_key_is_not_the_callers_fault(world: World) -> None:
    async with InProcessGateway(_before(world.url, "sk-wrong")) as gateway:
        answer = await gateway.post("/v1/chat/completions", {"model": "auto", "messages": HELLO})
    assert answer.status == 503
    assert answer.json()["error"]["type"] == "server_error"
    assert "sk-wrong" not in answer.body.decode()


async def test_a_model_that_dies_behind_the_proxy(world: World) -> None:
    """Last, because it ends the model."""
    await world.talker.kill()
    for stream in (False, True):
        answer = await world.gateway.post(
            "/v1/chat/completions", {"model": "talker", "messages": HELLO, "stream": stream}
        )
        assert answer.status in {502, 503}
        assert answer.json()["error"]["type"] == "server_error"
