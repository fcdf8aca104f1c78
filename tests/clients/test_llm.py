"""The `llm` command line in front of the gateway, which it knows as one more OpenAI-compatible place."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest
import pytest_asyncio
from tests.clients.environments import environment_of
from tests.clients.exchanges import SAID
from tests.clients.programs import finish
from tests.doubles.gateway import GatewayProcess, backends_yaml
from tests.doubles.tiny_models import TinyServer

pytestmark = pytest.mark.asyncio(loop_scope="module")
WEATHER = "def get_weather(city: str) -> str:\n    return 'Sunny in ' + city"


class World(NamedTuple):
    """The program, and the folder where it keeps its settings."""

    llm: str
    folder: Path

    async def run(self, *words: str) -> str:
        """What it prints."""
        return await finish([self.llm, *words], self.folder, {"LLM_USER_PATH": str(self.folder)})


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    llm = environment_of("llm").program("llm")
    folder = tmp_path_factory.mktemp("llm")
    async with (
        TinyServer(name="talker") as talker,
        GatewayProcess(backends_yaml(("talks", "llama.cpp", talker.url))) as gateway,
    ):
        models = [
            {
                "model_id": model,
                "model_name": model,
                "api_base": gateway.base_url,
                "supports_tools": True,
                "supports_schema": True,
            }
            for model in ("talker", "auto")
        ]
        (folder / "extra-openai-models.yaml").write_bytes(msgspec.json.encode(models))  # JSON is YAML
        yield World(llm, folder)


@pytest.mark.parametrize("way", [(), ("--no-stream",)])
@pytest.mark.parametrize("model", ["talker", "auto"])
async def test_answers(world: World, model: str, way: tuple[str, ...]) -> None:
    assert (await world.run("--model", model, *way, "Hello, who are you?")).strip() == SAID


async def test_goes_on_with_a_conversation(world: World) -> None:
    await world.run("--model", "talker", "Hello, who are you?")
    assert (await world.run("--continue", "And now?")).strip() == SAID
    logged = msgspec.json.decode(await world.run("logs", "--json", "--count", "2"))
    assert [entry["prompt"] for entry in logged] == ["Hello, who are you?", "And now?"]
    assert logged[0]["conversation_id"] == logged[1]["conversation_id"]
    assert all(entry["output_tokens"] == 7 for entry in logged)


async def test_runs_the_tool_that_the_model_asks_for(world: World) -> None:
    said = await world.run("--model", "talker", "--functions", WEATHER, "What is the weather in Paris?")
    assert said.strip().endswith(SAID)
    [logged] = msgspec.json.decode(await world.run("logs", "--json", "--count", "1"))
    assert [result["output"] for result in logged["tool_results"]] == ["Sunny in Paris"]


async def test_gets_what_a_schema_says(world: World) -> None:
    """Its schemas allow further members, so nothing is left to chance."""
    said = await world.run("--model", "talker", "--option", "temperature", "0", "--schema", "ok bool", "Is it so?")
    assert list(msgspec.json.decode(said)) == ["ok"]
