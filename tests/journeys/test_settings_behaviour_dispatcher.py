"""Settings of the small models that help to choose: a test changes each and observes what it does."""

import pytest
from tests.doubles.behaviours import Served, observes, served
from tests.doubles.strange_upstream import Act, Request, good, whole, whole_json

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


def embedding(request: Request, wait: float = 0.0) -> Act:
    """Vectors that differ; asked for one of them, it takes its time."""
    if not request.path.endswith("/embeddings"):
        return good(request)
    texts = request.json()["input"]
    data = [{"index": at, "embedding": [1.0, float(len(text)), at]} for at, text in enumerate(texts)]
    return whole_json({"object": "list", "data": data}, before=(wait,) if len(texts) == 1 else ())


async def sensed(world: Served, result: str) -> float:
    return (await world.gateway.metrics()).sum("category_embeddings_total", result=result)


async def ready(world: Served) -> None:
    """It is known what the vectors mean, whatever was learned at the start."""
    sensing = world.gateway.house.sensing
    assert sensing is not None
    await sensing.prepared()
    world.upstream.always = embedding
    sensing._meaning, sensing._not_before = None, 0.0
    await sensing.prepared()


@observes("CATEGORY_MODEL")
@pytest.mark.parametrize(("model", "times"), [("chooser", 1), ("one/chooser", 1), ("", 0), ("  ", 0), ("nobody", 0)])
async def test_an_embedding_model_is_asked_where_one_is_named(model: str, times: int) -> None:
    async with served(*MODELS, CATEGORY_MODEL=model) as world:
        if model.strip():
            await ready(world)
        world.upstream.requests.clear()
        await routed(world)
        asked = [one for one in world.upstream.requests if one.path.endswith("/embeddings")]
        assert [one.json()["input"] for one in asked] == [["What is the capital of France?"]] * times
        assert await sensed(world, "used") == times


@observes("CATEGORY_TIMEOUT")
@pytest.mark.parametrize(("seconds", "result"), [("0.05", "timeout"), ("30", "used")])
async def test_the_embedding_model_is_waited_for_so_long(seconds: str, result: str) -> None:
    async with served(*MODELS, CATEGORY_MODEL="chooser", CATEGORY_TIMEOUT=seconds) as world:
        await ready(world)
        world.upstream.always = lambda request: embedding(request, 0.3)
        await routed(world)
        assert await sensed(world, result) == 1
