"""What every server behind the gateway must be able to do, asked by the real OpenAI client."""

import json
from typing import Any

import openai
from tests.doubles.gateway import Gateway
from tests.doubles.tiny_models import SCRIPT
from tests.doubles.weather import WEATHER

SAID = "".join(SCRIPT)
HELLO: Any = [{"role": "user", "content": "Hello, who are you?"}]


def client_of(gateway: Gateway) -> openai.AsyncOpenAI:
    """The client, without second tries of its own; to be closed."""
    return openai.AsyncOpenAI(base_url=gateway.base_url, api_key="any", max_retries=0, timeout=300)


async def chats(client: openai.AsyncOpenAI, model: str, answers: str) -> None:
    """One whole answer, by the model whose key is `answers`."""
    raw = await client.chat.completions.with_raw_response.create(model=model, messages=HELLO, max_tokens=64)
    answer = raw.parse()
    assert raw.headers["x-smarterrouter-model"] == answers
    assert answer.choices[0].message.content == SAID
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage is not None
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens > 2


async def streams(client: openai.AsyncOpenAI, model: str, *, asks_usage: bool) -> None:
    """The same answer in pieces: the role first, one finish reason, usage last and only when asked for."""
    options: Any = {"stream_options": {"include_usage": True}} if asks_usage else {}
    stream = await client.chat.completions.create(model=model, messages=HELLO, max_tokens=64, stream=True, **options)
    chunks = [chunk async for chunk in stream]
    choices = [chunk.choices[0] for chunk in chunks if chunk.choices]
    pieces = [choice.delta.content for choice in choices if choice.delta.content]
    assert "".join(pieces) == SAID
    assert len(pieces) > 1, "the answer came in one piece"
    assert choices[0].delta.role == "assistant"
    assert [choice.finish_reason for choice in choices if choice.finish_reason] == ["stop"]
    usages = [chunk.usage for chunk in chunks if chunk.usage]
    assert len(usages) == asks_usage
    assert not asks_usage or (chunks[-1].choices == [] and usages[0].completion_tokens > 0)


async def calls_a_tool(client: openai.AsyncOpenAI, model: str, *, stream: bool) -> None:
    """A call, its result, the final answer."""
    messages: Any = [{"role": "user", "content": "What is the weather in Paris?"}]
    asked: Any = {"model": model, "tools": [WEATHER], "max_tokens": 64}
    call = await (_streamed_call if stream else _plain_call)(client, {**asked, "messages": messages})
    assert call["id"]
    assert call["name"] == "get_weather"
    assert json.loads(call["arguments"]) == {"city": "Paris"}
    function = {"name": call["name"], "arguments": call["arguments"]}
    messages += [
        {"role": "assistant", "tool_calls": [{"id": call["id"], "type": "function", "function": function}]},
        {"role": "tool", "tool_call_id": call["id"], "content": "Sunny."},
    ]
    final = await client.chat.completions.create(**asked, messages=messages)
    assert final.choices[0].message.content == SAID


async def _plain_call(client: openai.AsyncOpenAI, asked: Any) -> dict[str, str]:
    [choice] = (await client.chat.completions.create(**asked)).choices
    assert choice.finish_reason == "tool_calls"
    [call] = choice.message.tool_calls
    return {"id": call.id, "name": call.function.name, "arguments": call.function.arguments}


async def _streamed_call(client: openai.AsyncOpenAI, asked: Any) -> dict[str, str]:
    call = {"id": "", "name": "", "arguments": ""}
    reasons = []
    async for chunk in await client.chat.completions.create(**asked, stream=True):
        for choice in chunk.choices:
            reasons += [choice.finish_reason] if choice.finish_reason else []
            for part in choice.delta.tool_calls or []:
                call["id"] += part.id or ""
                call["name"] += part.function.name or ""
                call["arguments"] += part.function.arguments or ""
    assert reasons == ["tool_calls"]
    return call
