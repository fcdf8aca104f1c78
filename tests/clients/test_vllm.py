"""vLLM on the processor, as a server behind the gateway: its list, its counts, its words."""

import json
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
from tests.doubles.gateway import GatewayProcess, backends_yaml, until
from tests.doubles.weather import WEATHER

pytestmark = pytest.mark.asyncio(loop_scope="module")
CONTEXT = 2048
SETTINGS = {"VLLM_CPU_KVCACHE_SPACE": "1", "VLLM_NO_USAGE_STATS": "1"}
DOT = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA="


class World(NamedTuple):
    """Everything that runs."""

    gateway: GatewayProcess
    client: openai.AsyncOpenAI
    vllm: openai.AsyncOpenAI
    log: Path

    def generations(self) -> int:
        """How many chats vLLM has been asked for, refused ones too."""
        return self.log.read_text(errors="replace").count('"POST /v1/chat/completions ')

    async def running(self) -> float:
        """How many requests vLLM is generating."""
        text = (await self.vllm._client.get(str(self.vllm.base_url).replace("/v1/", "/metrics"))).text
        [line] = [line for line in text.splitlines() if line.startswith("vllm:num_requests_running{")]
        return float(line.rpartition(" ")[2])

    async def counted(self, **members: Any) -> int:
        """Prompt tokens, by vLLM itself."""
        url = str(self.vllm.base_url).replace("/v1/", "/tokenize")
        return (await self.vllm._client.post(url, json={"model": "tiny", **members})).json()["count"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    environment = environment_of("vllm", "torch==2.13.0")
    folder = tmp_path_factory.mktemp("vllm")
    model, port = tiny_directory.write(folder / "model", CONTEXT), free_port()
    command = [environment.python, "-m", "vllm.entrypoints.openai.api_server", "--model", str(model)]
    command += ["--served-model-name", "tiny", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--enforce-eager", "--dtype", "float32", "--enable-auto-tool-choice", "--tool-call-parser", "hermes"]
    url = f"http://127.0.0.1:{port}"
    async with (
        serving(command, folder, f"{url}/health", SETTINGS),
        GatewayProcess(backends_yaml(("peer", "vllm", url))) as gateway,
        client_of(gateway) as client,
        openai.AsyncOpenAI(base_url=f"{url}/v1", api_key="any", max_retries=0) as vllm,
    ):
        yield World(gateway, client, vllm, folder / "python.log")


def of_length(tokens: int, frame: int) -> Any:
    """A message that makes a prompt of so many tokens: one for each letter, beside the frame."""
    return [{"role": "user", "content": "a" * (tokens - frame)}]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def frame(world: World) -> int:
    """Tokens that vLLM's template puts around one message."""
    return await world.counted(messages=[{"role": "user", "content": "a"}]) - 1


async def test_max_model_len_is_the_context(world: World) -> None:
    listed = {item["id"]: item for item in (await world.gateway.get("/v1/models")).json()["data"]}
    assert listed["tiny"]["context_length"] == CONTEXT
    assert listed["tiny"]["key"] == "peer/tiny"
    assert "chat" in listed["tiny"]["capabilities"]


@pytest.mark.parametrize("name", ["tiny", "peer/tiny", "auto"])
async def test_chats(world: World, name: str) -> None:
    await chats(world.client, name, "peer/tiny")


@pytest.mark.parametrize("asks_usage", [True, False])
async def test_streams(world: World, asks_usage: bool) -> None:
    await streams(world.client, "tiny", asks_usage=asks_usage)


@pytest.mark.parametrize("stream", [True, False])
async def test_calls_a_tool(world: World, stream: bool) -> None:
    await calls_a_tool(world.client, "tiny", stream=stream)


async def test_a_json_schema_binds_the_model(world: World) -> None:
    schema: dict[str, Any] = {"type": "object", "properties": {"ok": {"type": "boolean"}}, "required": ["ok"]}
    schema["additionalProperties"] = False
    wanted: Any = {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}}
    answer = await world.client.chat.completions.create(model="tiny", messages=HELLO, response_format=wanted)
    assert isinstance(json.loads(answer.choices[0].message.content)["ok"], bool)


async def test_members_that_only_vllm_knows_reach_it(world: World) -> None:
    answer = await world.client.chat.completions.create(
        model="tiny", messages=HELLO, max_tokens=21, extra_body={"ignore_eos": True}
    )
    assert answer.usage.completion_tokens == 21
    assert answer.choices[0].message.content == 3 * SAID


async def test_several_choices_and_log_probabilities(world: World) -> None:
    answer = await world.client.chat.completions.create(
        model="tiny", messages=HELLO, n=2, logprobs=True, top_logprobs=2
    )
    assert [choice.message.content for choice in answer.choices] == [SAID, SAID]
    assert "".join(token.token for token in answer.choices[0].logprobs.content).startswith(SAID)


@pytest.mark.parametrize("stream", [True, False])
async def test_the_last_prompt_that_fits_is_answered(world: World, frame: int, stream: bool) -> None:
    """One token is left for the answer, and it comes."""
    messages = of_length(CONTEXT - 1, frame)
    if stream:
        chunks = [
            c async for c in await world.client.chat.completions.create(model="tiny", messages=messages, stream=True)
        ]
        assert [c.choices[0].finish_reason for c in chunks if c.choices[0].finish_reason] == ["length"]
        return
    answer = await world.client.chat.completions.create(model="tiny", messages=messages)
    assert answer.usage.prompt_tokens == CONTEXT - 1
    assert answer.usage.completion_tokens == 1
    assert answer.choices[0].finish_reason == "length"


@pytest.mark.parametrize("more", [0, 1, 5000])
@pytest.mark.parametrize("name", ["tiny", "auto"])
async def test_a_longer_prompt_is_refused_before_it_is_sent(world: World, frame: int, name: str, more: int) -> None:
    """vLLM itself would refuse the same prompt."""
    messages = of_length(CONTEXT + more, frame)
    assert await world.counted(messages=messages) == CONTEXT + more
    before = world.generations()
    with pytest.raises(openai.BadRequestError) as caught:
        await world.client.chat.completions.create(model=name, messages=messages)
    assert caught.value.code == "context_length_exceeded"
    assert world.generations() == before
    with pytest.raises(openai.BadRequestError):
        await world.vllm.chat.completions.create(model="tiny", messages=messages)


async def test_tools_count_too(world: World, frame: int) -> None:
    with_tools = await world.counted(messages=[{"role": "user", "content": "a"}], tools=[WEATHER]) - 1
    fits: Any = {"model": "tiny", "tools": [WEATHER], "messages": of_length(CONTEXT - 1, with_tools)}
    assert (await world.client.chat.completions.create(**fits)).usage.prompt_tokens == CONTEXT - 1
    with pytest.raises(openai.BadRequestError) as caught:
        await world.client.chat.completions.create(**{**fits, "messages": of_length(CONTEXT, with_tools)})
    assert caught.value.code == "context_length_exceeded"


async def test_what_changes_the_template_changes_the_count(world: World, frame: int) -> None:
    """Without the beginning of an answer the template is shorter, so a longer text fits."""
    bare: Any = {"add_generation_prompt": False}
    shorter = await world.counted(messages=[{"role": "user", "content": "a"}], **bare) - 1
    assert shorter < frame
    messages = of_length(CONTEXT - 1, shorter)
    answer = await world.client.chat.completions.create(model="tiny", messages=messages, extra_body=bare)
    assert answer.usage.prompt_tokens == CONTEXT - 1
    with pytest.raises(openai.BadRequestError):
        await world.client.chat.completions.create(model="tiny", messages=messages)


@pytest.mark.parametrize(("tokens", "fits"), [(CONTEXT - 1, True), (CONTEXT, False), (CONTEXT + 1, False)])
async def test_texts_are_counted_as_exactly(world: World, tokens: int, fits: bool) -> None:
    asked: Any = {"model": "tiny", "prompt": "a" * tokens}
    if fits:
        assert (await world.client.completions.create(**asked)).usage.prompt_tokens == tokens
        return
    with pytest.raises(openai.BadRequestError) as caught:
        await world.client.completions.create(**asked)
    assert caught.value.code == "context_length_exceeded"


@pytest.mark.parametrize("stream", [True, False])
async def test_an_answer_longer_than_the_context_is_told_as_such(world: World, stream: bool) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        await world.client.chat.completions.create(
            model="tiny", messages=HELLO, max_tokens=CONTEXT + 1000, stream=stream
        )
    assert caught.value.code == "context_length_exceeded"
    assert "max_model_len" in caught.value.message


async def test_an_image_is_refused_by_a_model_that_reads_text(world: World) -> None:
    seen: Any = [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": DOT}}]}]
    with pytest.raises(openai.BadRequestError) as caught:
        await world.client.chat.completions.create(model="tiny", messages=seen)
    assert caught.value.code == "unsupported_parameter"


async def test_vllms_own_words_reach_the_caller(world: World) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        await world.client.chat.completions.create(model="tiny", messages=HELLO, extra_body={"min_tokens": -1})
    assert "min_tokens" in caught.value.message


async def test_a_caller_who_leaves_stops_the_generation(world: World) -> None:
    stream = await world.client.chat.completions.create(
        model="tiny", messages=HELLO, stream=True, max_tokens=CONTEXT - 100, extra_body={"ignore_eos": True}
    )
    async for chunk in stream:
        if chunk.choices[0].delta.content:
            break
    assert await world.running() == 1
    await stream.close()

    async def quiet() -> bool:
        return await world.running() == 0

    await until(quiet, "vLLM still generates for a caller who has left")
