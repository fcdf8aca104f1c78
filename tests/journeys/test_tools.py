"""A tools round trip with the real OpenAI client: call, result, final answer; plain and streamed."""

import json
from collections.abc import AsyncIterator
from typing import Any

import openai
import pytest
import pytest_asyncio
from tests.doubles.gateway import InProcessGateway, backends_yaml
from tests.doubles.strange_upstream import StrangeUpstream
from tests.doubles.tiny_models import SCRIPT
from tests.doubles.weather import WEATHER
from tests.journeys.conftest import SMALL, World

pytestmark = pytest.mark.asyncio(loop_scope="module")
ASKED = {"role": "user", "content": "What is the weather in Paris?"}
FINAL = {"alpha": "".join(SCRIPT), SMALL: "This is the double speaking."}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(world: World) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(base_url=world.gateway.base_url, api_key="any", max_retries=0) as made:
        yield made


async def called(client: openai.AsyncOpenAI, name: str, *, stream: bool) -> dict[str, Any]:
    """The assistant's message with its tool call, put together as a client does it."""
    asked: Any = {"model": name, "messages": [ASKED], "tools": [WEATHER], "tool_choice": "auto"}
    if not stream:
        choice = (await client.chat.completions.create(**asked)).choices[0]
        assert choice.finish_reason == "tool_calls"
        return choice.message.model_dump(exclude_none=True)
    parts: dict[int, dict[str, Any]] = {}
    reasons = []
    async for chunk in await client.chat.completions.create(**asked, stream=True):
        [choice] = chunk.choices
        reasons += [choice.finish_reason] if choice.finish_reason else []
        for call in choice.delta.tool_calls or []:
            part = parts.setdefault(call.index, {"id": "", "name": "", "arguments": ""})
            part["id"] += call.id or ""
            part["name"] += call.function.name or ""
            part["arguments"] += call.function.arguments or ""
    assert reasons == ["tool_calls"]
    calls = [
        {"id": p["id"], "type": "function", "function": {"name": p["name"], "arguments": p["arguments"]}}
        for p in parts.values()
    ]
    return {"role": "assistant", "content": None, "tool_calls": calls}


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("name", ["alpha", SMALL])
async def test_w02_a_call_its_result_and_the_final_answer(client, name, stream):
    message = await called(client, name, stream=stream)
    [call] = message["tool_calls"]
    assert call["id"]
    assert call["function"]["name"] == "get_weather"
    assert list(json.loads(call["function"]["arguments"])) == ["city"]

    result = {"role": "tool", "tool_call_id": call["id"], "content": '{"degrees": 21}'}
    final = await client.chat.completions.create(model=name, messages=[ASKED, message, result])

    assert final.choices[0].message.content == FINAL[name]
    assert final.choices[0].finish_reason == "stop"


async def test_w02_ollama_gets_the_whole_history_in_its_own_form(client, world):
    message = await called(client, SMALL, stream=False)
    [call] = message["tool_calls"]
    result = {"role": "tool", "tool_call_id": call["id"], "content": "21 degrees"}
    await client.chat.completions.create(model=SMALL, messages=[ASKED, message, result], tools=[WEATHER])

    sent = world.ollama.bodies("/api/chat")[-1]
    assert [message["role"] for message in sent["messages"]] == ["user", "assistant", "tool"]
    assert sent["messages"][1]["tool_calls"][0]["function"] == {
        "name": "get_weather",
        "arguments": json.loads(call["function"]["arguments"]),
    }
    assert sent["messages"][2]["content"] == "21 degrees"
    assert sent["messages"][2]["tool_name"] == "get_weather"
    assert sent["tools"] == [WEATHER]


async def test_w02_an_openai_upstream_gets_the_history_byte_for_byte():
    messages = (
        b'[{"role":"user","content":"two cities"},{"role":"assistant","content":null,"tool_calls":[{"id":"call_1",'
        b'"type":"function","function":{"name":"get_weather","arguments":"{\\"city\\": \\"Paris\\"}"}},{"id":"call_2",'
        b'"type":"function","function":{"name":"get_weather","arguments":"{}"}}]},'
        b'{"role":"tool","tool_call_id":"call_1","content":"21"},{"role":"tool","tool_call_id":"call_2","content":"3"}]'
    )
    tools = json.dumps([WEATHER], indent=1).encode()
    body = b'{"model": "strange", "tools": %b, "parallel_tool_calls": false, "tool_choice": "required", "messages": %b}'
    body %= tools, messages
    async with StrangeUpstream() as upstream:
        async with InProcessGateway(backends_yaml(("far", "vllm", upstream.base_url))) as gateway:
            answer = await gateway.post("/v1/chat/completions", body)
        assert answer.status == 200
        sent = upstream.requests[-1].body
        assert messages in sent
        assert tools in sent
        assert upstream.requests[-1].json() == json.loads(body)


async def test_tools_go_only_to_models_that_can_use_them(client):
    raw = await client.chat.completions.with_raw_response.create(model="auto", messages=[ASKED], tools=[WEATHER])

    assert raw.headers["x-smarterrouter-model"] in {"one/alpha", f"three/{SMALL}"}
    assert raw.parse().choices[0].message.tool_calls


async def test_a_forced_choice_of_a_tool_is_honoured(client):
    choice = {"type": "function", "function": {"name": "get_weather"}}
    answer = await client.chat.completions.create(
        model="alpha", messages=[ASKED], tools=[WEATHER], tool_choice=choice, max_tokens=256
    )

    assert answer.choices[0].message.tool_calls[0].function.name == "get_weather"
