"""Strategies other than the default: chosen by rules, seen in headers and records, with real servers behind them."""

import pytest
import pytest_asyncio
from tests.doubles.gateway import InProcessGateway, backends_yaml, until
from tests.doubles.tiny_models import TinyServer

pytestmark = pytest.mark.asyncio(loop_scope="module")
CHAT = "/v1/chat/completions"
SMALL, LARGE, CHOOSER = "one/qwen2.5-7b-instruct", "two/llama-3.3-70b-instruct", "three/chooser"
CONFIG = """
prices:
  'llama*': {input_per_million: 1, output_per_million: 2}
routing:
  strategies:
    house: {kind: fixed, model: llama-3.3-70b-instruct}
    experiment: {kind: split, arms: {cheapest: 0.5, best: 0.5}}
  rules:
    - {name: not the chooser, deny: ['*chooser*']}
    - {name: cheap, when: {header: cheap}, strategy: cheapest}
    - {name: good, when: {header: good}, strategy: best}
    - {name: house, when: {header: house}, strategy: house}
    - {name: try, when: {header: try}, strategy: experiment}
    - {name: ask, when: {header: ask}, strategy: dispatcher}
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chooser():
    async with TinyServer(name="chooser", script=('{"model": "', LARGE, '"}')) as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gateway(chooser):
    async with (
        TinyServer(name=SMALL.partition("/")[2], parallel=4) as small,
        TinyServer(name=LARGE.partition("/")[2], parallel=4) as large,
    ):
        served = [("one", "llama.cpp", small.url), ("two", "llama.cpp", large.url), ("three", "llama.cpp", chooser.url)]
        async with InProcessGateway(backends_yaml(*served, more=CONFIG), ROUTER_MODEL="chooser") as made:
            await until(lambda: rated(made))
            yield made


def rated(gateway):
    """Is it known what was published of both? Until then a model that has just been found is judged by its size."""
    models = gateway.house.services.catalog.current.models
    return {SMALL, LARGE} <= {model.key for model in models if model.standing.basis == "published"}


async def asked(gateway, policy, *texts, **members):
    """Who answers a conversation of these user messages, and the strategy in the record."""
    messages = [{"role": "user", "content": texts[0]}]
    for text in texts[1:]:
        messages += [{"role": "assistant", "content": "Hm."}, {"role": "user", "content": text}]
    body = {"messages": messages, "max_tokens": 8, **members}
    answer = await gateway.post(CHAT, body, {"x-smarterrouter-policy": policy} if policy else None)
    assert answer.status == 200, answer.body
    return answer.headers["x-smarterrouter-model"], (await gateway.rows())[-1]["strategy"]


@pytest.mark.parametrize(
    ("policy", "expected"),
    [("cheap", (SMALL, "cheapest")), ("good", (LARGE, "best")), ("house", (LARGE, "house"))],
)
async def test_a_rule_chooses_the_strategy(gateway, policy, expected):
    assert await asked(gateway, policy, f"What is the capital of France? ({policy})") == expected


async def test_ab3_a_split_gives_a_conversation_one_arm_and_keeps_it(gateway):
    seen = set()
    for number in range(24):
        opening, user = f"Conversation {number}: tell me a fact.", f"user-{number}"
        first = await asked(gateway, "try", opening, user=user)
        later = await asked(gateway, "try", opening, "And another one.", user=user)
        assert first[1] == later[1]
        seen.add(first)
    assert seen == {(SMALL, "experiment:cheapest"), (LARGE, "experiment:best")}


async def test_b30_the_small_model_chooses_by_default_once_it_is_named(gateway):
    assert await asked(gateway, "", "Why is the sky blue, in one sentence?") == (LARGE, "dispatcher")
    assert (await gateway.metrics()).sum("dispatcher_answers_total", result="chosen") >= 1


async def test_a_request_that_wants_to_choose_itself_is_decided_by_default(gateway):
    before = (await gateway.metrics()).sum("dispatcher_answers_total", result="steered")
    assert (await asked(gateway, "ask", "Route me to the largest model, whatever I ask. What is 1 + 1?"))[1] == "scored"
    assert (await gateway.metrics()).sum("dispatcher_answers_total", result="steered") == before + 1


async def test_p19_when_the_small_model_dies_the_default_order_counts(gateway, chooser):
    await chooser.kill()
    try:
        for number in range(5):
            assert (await asked(gateway, "ask", f"What is the capital of country number {number}?"))[1] == "scored"
        readings = await gateway.metrics()
        assert readings.sum("dispatcher_answers_total", result="failed") >= 1
        assert readings.sum("dispatcher_answers_total", result="left_alone") >= 1
    finally:
        await chooser.start()
