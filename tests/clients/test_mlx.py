"""mlx-lm on Linux, as a plain OpenAI-compatible server behind the gateway: Apple's runtime without an Apple."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple

import openai
import pytest
import pytest_asyncio
from tests.clients import tiny_directory
from tests.clients.environments import environment_of
from tests.clients.exchanges import HELLO, SAID, calls_a_tool, chats, client_of, streams
from tests.clients.programs import free_port, serving
from tests.doubles.gateway import GatewayProcess, backends_yaml

pytestmark = pytest.mark.asyncio(loop_scope="module")
MODEL = "mlx-community/tiny-4bit"
REVISION = "0123456789abcdef0123456789abcdef01234567"


class World(NamedTuple):
    """Everything that runs."""

    gateway: GatewayProcess
    client: openai.AsyncOpenAI


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """The server finds its model where downloads would have put it."""
    environment = environment_of("mlx")
    folder, port = tmp_path_factory.mktemp("mlx"), free_port()
    _store(folder / "hub")
    url = f"http://127.0.0.1:{port}"
    command = [environment.program("mlx_lm.server"), "--host", "127.0.0.1", "--port", str(port)]
    async with (
        serving(command, folder, f"{url}/health", {"HF_HUB_CACHE": str(folder / "hub")}),
        GatewayProcess(backends_yaml(("peer", "compatible", url))) as gateway,
        client_of(gateway) as client,
    ):
        yield World(gateway, client)


def _store(hub: Path) -> None:
    """The model as a finished download of Hugging Face's hub."""
    place = hub / f"models--{MODEL.replace('/', '--')}"
    tiny_directory.write(place / "snapshots" / REVISION, 2048)
    (place / "refs").mkdir()
    (place / "refs" / "main").write_text(REVISION)


async def test_the_downloaded_model_is_listed(world: World) -> None:
    listed = [item["key"] for item in (await world.gateway.get("/v1/models")).json()["data"][1:]]
    assert listed == [f"peer/{MODEL}"]


@pytest.mark.parametrize("name", [MODEL, f"peer/{MODEL}", "auto"])
async def test_chats(world: World, name: str) -> None:
    await chats(world.client, name, f"peer/{MODEL}")


@pytest.mark.parametrize("asks_usage", [True, False])
async def test_streams(world: World, asks_usage: bool) -> None:
    await streams(world.client, MODEL, asks_usage=asks_usage)


@pytest.mark.parametrize("stream", [True, False])
async def test_calls_a_tool(world: World, stream: bool) -> None:
    await calls_a_tool(world.client, MODEL, stream=stream)


async def test_completes_a_text(world: World) -> None:
    answer = await world.client.completions.create(model=MODEL, prompt="Once", max_tokens=64)
    assert answer.choices[0].text == SAID


async def test_its_own_words_reach_the_caller(world: World) -> None:
    """It says `{"error": "…"}`; the caller gets OpenAI's form of it."""
    strange: Any = {"repetition_context_size": -1}
    with pytest.raises(openai.BadRequestError) as caught:
        await world.client.chat.completions.create(model=MODEL, messages=HELLO, extra_body=strange)
    assert "repetition_context_size" in caught.value.message
    assert caught.value.type == "invalid_request_error"
