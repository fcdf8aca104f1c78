"""Answer cheaply, check, escalate: what callers see, whole and streamed, with real servers behind."""

import asyncio
import json

import msgspec
import openai
import pytest
import pytest_asyncio
from tests.doubles.gateway import ADMIN_KEY, InProcessGateway, backends_yaml, until
from tests.doubles.strange_upstream import EVENTS, Act, StrangeUpstream, chunk, stream, whole
from tests.doubles.tiny_models import TinyServer

pytestmark = pytest.mark.asyncio(loop_scope="module")
CHAT = "/v1/chat/completions"
SMALL, LARGE = "one/qwen2.5-7b-instruct", "two/llama-3.3-70b-instruct"
BROKEN = ("```python\n", "def double(x", "\n    return 2 * x", "\n```")
RIGHT = ("```python\n", "def double(x):", "\n    return 2 * x", "\n```")
CODE = [{"role": "user", "content": "Write a Python function `double(x)` that returns twice its argument. Code only."}]
CAREFUL, HURRIED = {"x-smarterrouter-policy": "careful"}, {"x-smarterrouter-policy": "hurried"}
CONFIG = """
prices:
  'llama*': {input_per_million: 1, output_per_million: 2}
routing:
  strategies:
    careful: {kind: cascade, budget_seconds: 30}
    hurried: {kind: cascade, budget_seconds: 0.000001}
  rules:
    - {name: careful, when: {header: careful}, strategy: careful}
    - {name: hurried, when: {header: hurried}, strategy: hurried}
    - {name: cheap, when: {header: cheap}, strategy: cheapest}
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def large():
    async with TinyServer(name=LARGE.partition("/")[2], script=RIGHT) as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gateway(large):
    async with TinyServer(name=SMALL.partition("/")[2], script=BROKEN) as small:
        config = backends_yaml(("one", "llama.cpp", small.url), ("two", "llama.cpp", large.url), more=CONFIG)
        async with InProcessGateway(config) as made:
            await tell_apart(made)
            yield made


async def tell_apart(gateway):
    """Both servers are tiny: only a profile says that one of them is the better one."""
    for key, mean in ((SMALL, -1.0), (LARGE, 2.0)):
        body = msgspec.json.encode({"overall": {"mean": mean, "sd": 0.2}})
        headers = {"authorization": f"Bearer {ADMIN_KEY}"}
        assert (await gateway._asked("PUT", f"/admin/profiles/{key}", body, headers)).status == 200
    catalog = gateway.house.services.catalog
    await until(lambda: {model.standing.basis for model in catalog.current.models} == {"profile"})


async def said(gateway, *, streamed, headers, **members):
    """What an OpenAI client gets, and the headers of the answer."""
    async with openai.AsyncOpenAI(base_url=gateway.base_url, api_key=gateway.admin_key, max_retries=0) as client:
        create = client.chat.completions.with_raw_response.create
        raw = await create(model="auto", messages=CODE, stream=streamed, extra_headers=headers, **members)
        answer = raw.parse()
        if not streamed:
            return answer.choices[0].message.content, raw.headers
        return "".join([chunk.choices[0].delta.content or "" async for chunk in answer if chunk.choices]), raw.headers


BOTH = pytest.mark.parametrize("streamed", [False, True], ids=["whole", "stream"])


@BOTH
async def test_broken_code_of_the_cheap_model_is_never_seen(gateway, streamed):
    text, headers = await said(gateway, streamed=streamed, headers=CAREFUL)
    assert text == "".join(RIGHT)
    assert headers["x-smarterrouter-model"] == LARGE
    assert headers["x-smarterrouter-escalated"] == f"{SMALL} (code)"
    row = (await gateway.rows())[-1]
    assert (row["strategy"], row["model"], row["fell_back_from"]) == ("careful+escalated", LARGE, SMALL)


async def test_the_tokens_of_both_answers_are_counted_each_for_its_model(gateway):
    before, _ = await gateway.metrics(), await said(gateway, streamed=False, headers=CAREFUL)
    after = await gateway.metrics()
    for name in (SMALL, LARGE):
        labels = {"model": name, "direction": "completion"}
        assert after.sum("tokens_total", **labels) > before.sum("tokens_total", **labels)
    assert after.sum("escalations_total", reason="code") == before.sum("escalations_total", reason="code") + 1
    row = (await gateway.rows())[-1]
    used = sum(after.sum("tokens_total", direction="completion", model=name) for name in (SMALL, LARGE))
    used -= sum(before.sum("tokens_total", direction="completion", model=name) for name in (SMALL, LARGE))
    assert row["completion_tokens"] == used


@BOTH
async def test_when_time_is_up_the_caller_gets_what_there_is(gateway, streamed):
    text, headers = await said(gateway, streamed=streamed, headers=HURRIED)
    assert text == "".join(BROKEN)
    assert headers["x-smarterrouter-model"] == SMALL
    assert "x-smarterrouter-escalated" not in headers


@BOTH
async def test_when_nobody_better_answers_the_doubted_answer_is_shown(gateway, large, streamed):
    await large.kill()
    try:
        text, headers = await said(gateway, streamed=streamed, headers=CAREFUL)
    finally:
        await large.start()
    assert text == "".join(BROKEN)
    assert headers["x-smarterrouter-model"] == SMALL


async def test_the_caller_who_leaves_while_an_answer_is_held_back_stops_it():
    async with StrangeUpstream("qwen2.5-7b-instruct") as small, StrangeUpstream("llama-3.3-70b-instruct") as better:
        small.always = Act(kind=EVENTS, steps=(chunk({"role": "assistant", "content": "```"}), 600.0))
        config = backends_yaml(
            ("one", "compatible", small.base_url), ("two", "compatible", better.base_url), more=CONFIG
        )
        async with InProcessGateway(config) as gateway:
            asking = asyncio.get_running_loop().create_task(
                gateway.post(CHAT, {"messages": CODE, "stream": True}, CAREFUL)
            )
            await until(lambda: small.active)
            asking.cancel()
            await until(lambda: small.abandoned)
            await gateway.settle()
            row = (await gateway.rows())[-1]
            assert (row["status"], row["first_byte_ms"]) == (499, 0.0)
            assert better.requests == []


@BOTH
async def test_a_server_that_ignores_the_format_is_escalated_from(streamed):
    make = stream if streamed else whole
    async with StrangeUpstream("qwen2.5-7b-instruct") as small, StrangeUpstream("llama-3.3-70b-instruct") as better:
        small.always = make('Sure! {"answer": 42')
        better.always = make('{"answer": 42}')
        config = backends_yaml(
            ("one", "compatible", small.base_url), ("two", "compatible", better.base_url), more=CONFIG
        )
        async with InProcessGateway(config) as gateway:
            body = {"messages": CODE, "stream": streamed, "response_format": {"type": "json_object"}}
            answer = await gateway.post(CHAT, body, {**CAREFUL, "Authorization": f"Bearer {ADMIN_KEY}"})
            assert answer.headers["x-smarterrouter-escalated"] == f"{SMALL} (json)"
            assert b"Sure!" not in answer.body
            assert b"42" in answer.body
            assert streamed or json.loads(answer.json()["choices"][0]["message"]["content"]) == {"answer": 42}
