"""An operator splits traffic between two models, users say what they think, and the router says which one is better."""

import pytest
from tests.doubles.gateway import ADMIN_KEY, InProcessGateway, backends_yaml
from tests.doubles.tiny_models import TinyServer

ADMIN = {"authorization": f"Bearer {ADMIN_KEY}"}
PATH = "/admin/routing/experiments"
CONFIG = """
routing:
  strategies:
    ours: {kind: fixed, model: alpha}
    theirs: {kind: fixed, model: beta}
    trial: {kind: split, arms: {ours: 1, theirs: 1}}
  rules: [{name: trial, when: {alias: auto}, strategy: trial}]
"""
MODELS = {"one/alpha": "ours", "two/beta": "theirs"}


@pytest.fixture
async def gateway():
    async with TinyServer(name="alpha", parallel=4) as one, TinyServer(name="beta", parallel=4) as two:
        served = backends_yaml(("one", "llama.cpp", one.url), ("two", "llama.cpp", two.url), more=CONFIG)
        async with InProcessGateway(served) as made:
            yield made


async def asked(gateway, number):
    """The id of an answer, and the arm by the model that gave it."""
    content = f"Conversation {number}: tell me a fact."
    body = {"model": "auto", "messages": [{"role": "user", "content": content}], "max_tokens": 4}
    answer = await gateway.post("/v1/chat/completions", body)
    assert answer.status == 200, answer.body
    return answer.headers["x-request-id"], MODELS[answer.headers["x-smarterrouter-model"]]


async def voted(gateway, response, score, who):
    answer = await gateway.post(
        "/v1/feedback", {"response_id": response, "score": score}, {"authorization": f"Bearer {who}"}
    )
    assert answer.status == 200, answer.body


async def shown(gateway):
    """The arms of the one split, by name."""
    answer = await gateway.get(PATH, ADMIN)
    assert answer.status == 200
    (experiment,) = answer.json()["experiments"]
    assert experiment["split"] == "trial"
    return {arm["arm"]: arm for arm in experiment["arms"]}


async def test_ab3_a_split_over_two_models_is_decided_by_many_voters_and_never_by_one(gateway):
    assert (await shown(gateway))["theirs"]["requests"] == 0
    answers = [await asked(gateway, number) for number in range(60)]
    await gateway.rows()
    for response, arm in answers:
        await voted(gateway, response, "up" if arm == "theirs" else "down", "ann")
    alone = await shown(gateway)
    asked_of = {name: sum(arm == name for _, arm in answers) for name in alone}
    assert {name: arm["requests"] for name, arm in alone.items()} == asked_of
    assert {(arm["rated"], arm["voters"]) for arm in alone.values()} == {(8, 1)}
    assert (alone["ours"]["share"], alone["theirs"]["share"]) == (0, 1)
    assert alone["theirs"]["comparison"]["words"] == (
        "No difference between ours and theirs can be told yet: 16 rated answers."
    )
    for place, (response, arm) in enumerate(answers):
        await voted(gateway, response, "up" if arm == "theirs" else -0.5, f"voter {place % 6}")
    many = await shown(gateway)
    assert {name: arm["rated"] for name, arm in many.items()} == asked_of
    assert many["theirs"]["comparison"]["decided"] is True
    assert many["theirs"]["comparison"]["words"].startswith("theirs is better than ours by ")
    assert many["ours"]["comparison"] is None
