"""Settings of the small model that chooses: a test changes each and observes what it does."""

import pytest
from tests.doubles.behaviours import Served, observes, served
from tests.doubles.strange_upstream import Act, Request, good, whole

MODELS = ("alpha", "beta", "chooser")
TASK = "You choose which language model answers a request."


def choosing(request: Request, wait: float = 0.0) -> Act:
    """The small model says `beta`, after a while."""
    return whole('{"model": "one/beta"}', before=(wait,)) if asked_to_choose(request) else good(request)


def asked_to_choose(request: Request) -> bool:
    return str(request.json()["messages"][0]["content"]).startswith(TASK)


async def routed(world: Served) -> str:
    """Who answers when nobody is named."""
    answer = await world.chat("What is the capital of France?", model="auto")
    assert answer.status == 200
    return answer.headers["x-smarterrouter-model"]


@observes("MODEL")
@pytest.mark.parametrize(("model", "times"), [("chooser", 1), ("one/chooser", 1), ("", 0), ("  ", 0), ("nobody", 0)])
async def test_a_small_model_chooses_where_one_is_named(model: str, times: int) -> None:
    async with served(*MODELS, MODEL=model) as world:
        world.upstream.always = choosing
        found = await routed(world)
        asked = [request for request in world.upstream.requests if asked_to_choose(request)]
        assert [request.json()["model"] for request in asked] == ["chooser"] * times
        assert not times or found == "one/beta"


@observes("TEMPERATURE", "MAX_TOKENS")
async def test_the_small_model_is_asked_as_the_settings_say() -> None:
    async with served(*MODELS, MODEL="chooser", TEMPERATURE="0.7", MAX_TOKENS="9") as world:
        world.upstream.always = choosing
        await routed(world)
        body = world.upstream.requests[0].json()
        assert (body["temperature"], body["max_tokens"]) == (0.7, 9)


@observes("DISPATCHER_TIMEOUT")
@pytest.mark.parametrize(("seconds", "result"), [("0.05", "timeout"), ("30", "chosen")])
async def test_the_small_model_is_waited_for_so_long(seconds: str, result: str) -> None:
    async with served(*MODELS, MODEL="chooser", DISPATCHER_TIMEOUT=seconds) as world:
        world.upstream.always = lambda request: choosing(request, 0.3)
        await routed(world)
        assert (await world.gateway.metrics()).sum("dispatcher_answers_total", result=result) == 1
