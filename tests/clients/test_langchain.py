"""LangChain's OpenAI package in front of the gateway."""

from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from tests.clients.environments import environment_of
from tests.clients.exchanges import SAID
from tests.clients.programs import told
from tests.doubles.gateway import GatewayProcess, backends_yaml
from tests.doubles.tiny_models import TinyServer

pytestmark = pytest.mark.asyncio(loop_scope="module")
LIBRARY = Path(__file__).parent / "scripts" / "langchain_openai_library.py"
PARIS = {"city": "Paris"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def heard(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What LangChain got from the gateway, part by part."""
    environment = environment_of("langchain")
    async with (
        TinyServer(name="talker") as talker,
        TinyServer(name="meaning", pooling=1) as meaning,
        GatewayProcess(
            backends_yaml(("talks", "llama.cpp", talker.url), ("vectors", "llama.cpp", meaning.url))
        ) as gateway,
    ):
        command = [environment.python, str(LIBRARY), gateway.base_url]
        return await told(command, tmp_path_factory.mktemp("langchain"))


async def test_chats(heard: dict[str, Any]) -> None:
    assert heard["chat"] == {"text": SAID, "finish": "stop", "tokens": 7}


async def test_streams(heard: dict[str, Any]) -> None:
    stream = heard["stream"]
    assert "".join(stream["pieces"]) == SAID
    assert len(stream["pieces"]) > 1
    assert (stream["finish"], stream["tokens"]) == ("stop", 7)


async def test_asks_several_things_at_once(heard: dict[str, Any]) -> None:
    assert heard["batch"] == [SAID] * 3


async def test_calls_tools(heard: dict[str, Any]) -> None:
    called = {"name": "get_weather", "arguments": PARIS}
    assert heard["tools"] == {**called, "result": "Sunny in Paris.", "text": SAID}
    assert heard["streamed_tool"] == called


async def test_gets_what_a_schema_says(heard: dict[str, Any]) -> None:
    assert list(heard["structured"]) == ["ok"]
    assert isinstance(heard["structured"]["ok"], bool)


async def test_gets_vectors(heard: dict[str, Any]) -> None:
    vectors = heard["embeddings"]
    assert vectors["lengths"][0] == vectors["lengths"][1] > 1
    assert vectors["near"] < 1e-3 < vectors["far"]
