"""An embedding model has a say in categories, and nothing that it does wrong reaches a request."""

import asyncio
import json
import logging

import pytest
from tests.doubles.gateway_parts import until
from tests.doubles.in_process import ListSink, Path_, ScriptedBackend, model, request, visit

from smarterrouter.domain.intent import Category
from smarterrouter.errors import BackendRefused, BackendUnreachable
from smarterrouter.gateway.chat import Chat, ChatRules, Extras
from smarterrouter.gateway.checks import Limits
from smarterrouter.gateway.completions import Completions
from smarterrouter.gateway.fit import Fit
from smarterrouter.gateway.sensing import Embedder, Sensing
from smarterrouter.gateway.signature import Signature
from smarterrouter.observability.metrics import Metrics
from smarterrouter.transport.breaker import Breaker, Rules

EMBEDDER = model("small/embed", chat=False, embeddings=True)
KINDS = list(Category)
EXAMPLES = [(f"{kind} {number}", kind) for kind in KINDS for number in range(4)]
CODE = KINDS.index(Category.CODE)


def vector(text, width=12):
    """Every category has a direction; what names none points nowhere special."""
    found = [0.1] * width
    for place, kind in enumerate(KINDS):
        if text.startswith(kind):
            found[place] = 1.0 + text.count("1") / 10
    return found


def answer(vectors):
    data = [{"object": "embedding", "index": at, "embedding": one} for at, one in enumerate(vectors)]
    return json.dumps({"object": "list", "data": data[::-1], "model": "embed"}).encode()


class World:
    """An embedding model that tells the examples apart, unless it is told to do something else."""

    def __init__(self, *, seconds=0.05):
        self.small = ScriptedBackend("small")
        self.metrics = Metrics()
        self.served = EMBEDDER
        self.width = 12
        self.asked = []
        self.now = 1000.0
        embedder = Embedder("embed", lambda: self.served, self.embed)
        guard = Breaker("category model", Rules(failure_threshold=2, reset_timeout=60))
        self.sensing = Sensing(embedder, lambda: EXAMPLES, guard, self.metrics, seconds, lambda: self.now)

    async def embed(self, call, model):
        self.asked.append(call.request.input)
        if not self.small.acts:
            self.small.acts = [answer([vector(text, self.width) for text in call.request.input])]
        return await self.small.embed(call, model)

    async def learned(self):
        await self.sensing.prepared()
        self.asked.clear()
        return self

    def counted(self, result):
        return f'category_embeddings_total{{result="{result}"}} 1.0' in self.metrics.render().decode()


async def test_what_it_says_is_evidence_for_a_category():
    world = await World().learned()
    found = await world.sensing.sense("code please")
    assert len(found) == len(KINDS)
    assert found.index(max(found)) == CODE
    assert world.asked == [["code please"]]
    assert world.counted("used")
    assert world.small.closed == world.small.opened


async def test_the_first_request_does_not_wait_for_it_to_learn():
    world = World()
    world.small.acts = [(asyncio.Event(),)]
    assert await world.sensing.sense("code please") is None
    assert world.counted("learning")
    await until(lambda: world.asked)
    assert await world.sensing.sense("code please") is None
    assert len(world.asked) == 1, "it learns once at a time"
    await world.sensing.close()
    assert world.small.closed == 1


async def test_it_is_shown_all_examples_a_few_at_a_time():
    world = World()
    await world.sensing.prepared()
    assert [len(texts) for texts in world.asked] == [16, 16]
    assert [text for texts in world.asked for text in texts] == [text for text, _ in EXAMPLES]
    await world.sensing.prepared()
    assert len(world.asked) == 2


async def test_the_same_prompt_is_asked_once():
    world = await World().learned()
    first = await world.sensing.sense("code please")
    assert await world.sensing.sense("code please") == first
    assert len(world.asked) == 1
    assert world.counted("remembered")


async def test_it_remembers_few():
    world = await World().learned()
    for number in range(300):
        await world.sensing.sense(f"code {number}")
    assert len(world.sensing._recent) == 256
    await world.sensing.sense("code 299")
    assert len(world.asked) == 300


@pytest.mark.parametrize("text", ["", "  \n"])
async def test_nothing_is_asked_where_nothing_was_written(text):
    world = await World().learned()
    assert await world.sensing.sense(text) is None
    assert world.asked == []


async def test_any_text_can_be_asked():
    world = await World().learned()
    assert await world.sensing.sense("code \udcff") is not None


@pytest.mark.parametrize(
    ("act", "result"),
    [
        ((5.0, answer([vector("code")])), "timeout"),
        (BackendUnreachable("away"), "failed"),
        (BackendRefused("too long", status=400), "failed"),
        (b"<html>", "no_vector"),
        (b"{}", "no_vector"),
        (b"[" * 100_000, "no_vector"),
        (b'{"data": [{"embedding": [NaN]}]}', "no_vector"),
        (b'{"data": [{"embedding": [null, 1.0]}]}', "no_vector"),
        (b'{"data": [{"embedding": "AACAPw=="}]}', "no_vector"),
        (b'{"data": [{"embedding": [' + b"1e999," * 11 + b"1e999]}]}", "no_vector"),
        (answer([[0.0] * 12]), "no_vector"),
        (answer([]), "no_vector"),
        (answer([vector("code"), vector("chat")]), "no_vector"),
        (answer([vector("code", 13)]), "no_vector"),
        (answer([[]]), "no_vector"),
    ],
)
async def test_without_its_word_the_usual_reading_counts(act, result):
    world = await World().learned()
    world.small.acts = [act]
    assert await world.sensing.sense("code please") is None
    assert world.counted(result)
    assert world.small.closed == world.small.opened


async def test_after_some_failures_it_is_left_alone():
    world = await World().learned()
    world.small.acts = [BackendUnreachable("away"), BackendUnreachable("away")]
    for number in range(3):
        assert await world.sensing.sense(f"code {number}") is None
    assert len(world.asked) == 2
    assert world.counted("left_alone")


async def test_refusals_do_not_put_it_to_rest():
    world = await World().learned()
    for number in range(5):
        world.small.acts = [BackendRefused("too long", status=400)]
        assert await world.sensing.sense(f"code {number}") is None
    assert await world.sensing.sense("code please") is not None


async def test_the_caller_who_leaves_cancels_it():
    world = await World(seconds=30).learned()
    closed = world.small.closed
    world.small.acts = [(asyncio.Event(),)]
    asking = asyncio.get_running_loop().create_task(world.sensing.sense("code please"))
    await until(lambda: world.asked)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert world.small.closed == closed + 1
    assert await world.sensing.sense("code please") is not None


async def test_it_has_no_say_while_nobody_serves_it():
    world = World()
    world.served = None
    assert await world.sensing.sense("code please") is None
    await world.sensing.prepared()
    assert world.asked == []
    assert world.counted("not_served")


@pytest.mark.parametrize("other", [model("big/embed"), model("small/embed", digest="other")])
async def test_another_model_is_learned_anew(other):
    world = await World().learned()
    before = await world.sensing.sense("code please")
    world.served, world.now = other, world.now + 100
    assert await world.sensing.sense("code please") is None
    await world.sensing.prepared()
    assert await world.sensing.sense("code please") == before
    assert world.asked[-1] == ["code please"], "what the old one said is forgotten"


async def test_another_dimension_is_learned_anew():
    world = await World().learned()
    world.width, world.now = 20, world.now + 100
    assert await world.sensing.sense("code please") is None
    await world.sensing.prepared()
    assert await world.sensing.sense("code please") is not None


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (BackendUnreachable("It is away."), "It is away."),
        (b"{}", "its answer holds no vectors"),
        (answer([[1.0, 2.0]] * 15), "its answer holds another number of vectors"),
        (answer([[0.0] * 12] * 16), "a vector is missing or no vector"),
        (answer([vector("", 7)] * 16), "its vectors have several dimensions"),
    ],
)
async def test_when_it_cannot_be_learned_that_is_said_once_and_tried_again(act, words, caplog):
    world = World()
    with caplog.at_level(logging.INFO, "smarterrouter"):
        for _ in range(3):
            world.small.acts = [act]
            await world.sensing.prepared()
            assert await world.sensing.sense("code please") is None
            world.now += 100
        assert [record.getMessage() for record in caplog.records] == [f"embed has no say in categories: {words}"]
        world.small.acts = []
        await world.sensing.prepared()
    assert caplog.records[-1].getMessage() == "small/embed has a say in categories; it names 100 % right"
    assert await world.sensing.sense("code please") is not None


async def test_a_failure_is_not_tried_again_at_once():
    world = World()
    world.small.acts = [BackendUnreachable("away")]
    await world.sensing.prepared()
    asked = len(world.asked)
    await world.sensing.prepared()
    assert len(world.asked) == asked


async def test_the_wait_is_not_our_time():
    world, one = await World().learned(), visit()
    world.small.acts = [(0.02, answer([vector("code")]))]
    assert await world.sensing.heed("code please", one) is not None
    assert one.clock.upstream >= 0.02


class Road:
    """The path of requests, with the embedding model on it."""

    def __init__(self, world):
        self.backend = ScriptedBackend("one")
        path = Path_([model("one/a"), model("one/b"), EMBEDDER], self.backend, aliases={"mine": ["b"]})
        sign = Signature(enabled=False, template="", everyone=False)
        rules = ChatRules(Limits(message_characters=100_000, messages=1000), preference=0.5, margin=0.1)
        extras = Extras(sensing=world.sensing)
        self.chat = Chat(path.choosing, path.answering, Fit(0.1), sign, rules, extras)
        self.completions = Completions(path.choosing, path.answering, Fit(0.1), 0.5, 0.1, world.sensing)
        self.plain = path.chat
        self.visit = visit()


UNCLEAR = "code: banana banana banana"


async def test_the_decision_of_a_chat_request_takes_it_into_account():
    world = await World().learned()
    shares = []
    for answering in ("plain", "chat"):
        road = Road(world)
        await getattr(road, answering).answer(request(UNCLEAR), road.visit, ListSink())
        shares.append(road.visit.decision.intent.reading.categories[CODE])
    assert shares[1] > shares[0]
    assert world.asked == [[UNCLEAR]]


async def test_completions_do_as_well():
    world = await World().learned()
    road = Road(world)
    await road.completions.answer(json.dumps({"prompt": UNCLEAR}).encode(), road.visit, ListSink())
    assert world.asked == [[UNCLEAR]]
    assert road.visit.decision is not None


async def test_named_models_are_not_waited_for():
    world = await World().learned()
    for name in ("b", "mine", "one/a"):
        road = Road(world)
        await road.chat.answer(request(UNCLEAR, model=name), road.visit, ListSink())
        body = json.dumps({"prompt": UNCLEAR, "model": name}).encode()
        await road.completions.answer(body, visit(), ListSink())
    assert world.asked == []
