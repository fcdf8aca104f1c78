"""What one request may cost, counted in calls of functions: the same on every machine, however busy it is.

A call is a function of Python's or of C's that begins while the request is served. The ceilings are about a
quarter above what was counted when they were set; whoever needs more shows what for, who needs less lowers them.
Of a routed request about 250 calls are the learned reading of its prompt, about 70 the utilities of 21 models.
"""

import gc
import itertools
import sqlite3
import sys
from contextlib import contextmanager

import pytest
from tests.doubles.gateway import backends_yaml
from tests.doubles.in_process import COUNTS, ROLE, STOP, Caller, Path_, ScriptedBackend, chunk, model, request, visit
from tests.doubles.strange_upstream import StrangeUpstream

from smarterrouter.api.endpoint import DataEndpoint, RequestLimits
from smarterrouter.api.middleware import RequestContext
from smarterrouter.app import create_app
from smarterrouter.backends.openai import OpenAICompatible
from smarterrouter.backends.spec import BackendSpec
from smarterrouter.bootstrap import build
from smarterrouter.domain.records import RequestRecord
from smarterrouter.gateway.accounting import Accounting
from smarterrouter.gateway.checks import Limits, check
from smarterrouter.gateway.relay import Relay
from smarterrouter.observability.metrics import Metrics
from smarterrouter.routing import analysis
from smarterrouter.settings.loading import load
from smarterrouter.store.database import Database
from smarterrouter.store.journal import Journal
from smarterrouter.transport.client import HttpClient
from smarterrouter.wire import sse
from smarterrouter.wire.calls import ChatCall

CHAT = "/v1/chat/completions"
MODELS = [
    model(f"one/m{size}-{number}", size=size, context_tokens=200_000) for size in (1, 8, 70) for number in range(7)
]
WORDS = "Explain in detail how a hash table resolves collisions and what that costs in the worst case. " * 11
CHUNKS = tuple(chunk({"content": f"word {number} "}) for number in range(48))
STREAM = (ROLE, *CHUNKS[:47], STOP, COUNTS + sse.DONE)
RECORD = RequestRecord("r1", 1.0, "chat", "auto", "one/m8-1", "scored", 200, prompt_tokens=5, completion_tokens=7)


class Count:
    """How many calls there were."""

    calls = 0


@contextmanager
def counted():
    """Counts calls in the block."""
    count = Count()

    def profile(frame, event, argument):
        if event in {"call", "c_call"}:
            count.calls += 1

    gc.disable()  # others' callbacks of the collector are no work of ours
    sys.setprofile(profile)
    try:
        yield count
    finally:
        sys.setprofile(None)
        gc.enable()
        count.calls -= 4  # leaving the block


def calls(work):
    """Calls of one run of `work`, which has run before."""
    work()
    with counted() as count:
        work()
    return count.calls


class World:
    """One endpoint under load: routing, journal and metrics on, the backend an object that answers at once."""

    def __init__(self, database):
        self.backend = ScriptedBackend("one")
        self.path = Path_(MODELS, self.backend)
        limits = RequestLimits(10_000_000, 30.0, 300.0)
        self.journal = Journal(database)
        self.accounting = Accounting(self.path.metrics, self.journal, lambda: "p")
        endpoint = DataEndpoint("chat", self.path.chat.answer, limits, self.accounting)
        self.app = RequestContext(endpoint, {CHAT: endpoint}, {CHAT: endpoint})
        self.numbers = itertools.count()
        self.statuses = []

    async def serve(self, text=WORDS, chunks=STREAM, **members):
        """Calls of one request from the first middleware on; every prompt is another."""
        self.backend.always = chunks if members.get("stream") else None
        body = request(f"{next(self.numbers)}: {text}", **members)
        headers = [(b"host", b"t"), (b"user-agent", b"t"), (b"content-type", b"application/json")]
        scope = {"type": "http", "method": "POST", "path": CHAT, "query_string": b"", "headers": headers}

        async def receive():
            return {"type": "http.request", "body": body}

        self.statuses.clear()
        with counted() as count:
            await self.app(scope, receive, self.send)
        assert self.statuses[0] == 200
        return count.calls

    async def send(self, message):
        self.statuses.append(message.get("status"))

    async def usual(self, *arguments, **members):
        """What a request usually takes: with everything warm, the middle of many."""
        found = [await self.serve(*arguments, **members) for _ in range(30)]
        return sorted(found[10:])[10]


@pytest.fixture
async def world(tmp_path):
    database = Database("sqlite:///router.db", tmp_path)
    yield World(database)
    await database.close()


@pytest.mark.parametrize(
    ("how", "ceiling"),
    [
        ({"model": "one/m8-1"}, 250),
        ({}, 725),
        ({"model": "one/m8-1", "stream": True}, 1130),
        ({"stream": True}, 1600),
    ],
)
async def test_a_request_stays_within_its_budget(world, how, ceiling):
    took = await world.usual(**how)
    assert ceiling / 2 < took <= ceiling


async def test_no_request_is_much_dearer_than_the_usual_one(world):
    await world.usual()
    found = [await world.serve() for _ in range(100)]
    assert max(found) <= 830
    assert sum(found) / len(found) <= 740


async def test_one_network_chunk_more_costs_a_few_calls(world):
    long = (ROLE, *CHUNKS[:47], *CHUNKS[:47], *CHUNKS[:6], STOP, COUNTS + sse.DONE)
    short = await world.usual(stream=True, model="one/m8-1")
    more = await world.usual(chunks=long, stream=True, model="one/m8-1")
    assert (more - short) / (len(long) - len(STREAM)) <= 15


async def test_a_longer_prompt_costs_no_more_calls(world):
    short, long, longer = [await world.usual(WORDS * times) for times in (1, 10, 90)]
    assert long <= short * 1.4  # the text around an ask is read too, up to a limit
    assert longer <= long + 10


async def test_longer_answers_cost_no_more_calls(world):
    """A stream in large pieces is relayed in as few steps as there are pieces."""
    joined = (ROLE, b"".join(CHUNKS[:47]), STOP, COUNTS + sse.DONE)
    took = await world.usual(chunks=joined, stream=True, model="one/m8-1")
    assert took <= 440


CALL = ChatCall.decode(request(WORDS))
LONG = ChatCall.decode(request(WORDS * 100))
NAMED = ChatCall.decode(request(WORDS, model="auto"))
BACKEND = OpenAICompatible(BackendSpec("one", "compatible", "http://127.0.0.1:1/v1"), HttpClient())


def stages(world):
    """Each stage of a request that does not wait, and its ceiling."""
    choosing, metrics, relay = world.path.choosing, Metrics(), Relay(wants_usage=False, model=MODELS[0], signature=None)
    intent = analysis.read(CALL, 0.5)
    return {
        "decode": (lambda: ChatCall.decode(CALL.body.original), 10),
        "check": (lambda: check(CALL, Limits(100_000, 1000)), 6),
        "resolve a name": (lambda: choosing.models("one/m8-1", visit(), None), 16),
        "read": (lambda: analysis.read(CALL, 0.5), 160),
        "read a long prompt": (lambda: analysis.read(LONG, 0.5), 200),
        "decide": (lambda: choosing.decide(intent), 175),  # two short sums for each model
        "body for a backend": (lambda: BACKEND.body(NAMED, MODELS[0]), 14),
        "relay one chunk": (lambda: relay.passed(CHUNKS[0]), 6),
        "account": (lambda: (world.accounting.open(one := visit()), world.accounting.close(one)), 43),
        "metrics": (lambda: metrics.finished(RECORD), 12),
        "journal": (lambda: world.journal.append(RECORD), 6),
    }


async def test_each_stage_stays_within_its_budget(world):
    dear = {}
    for name, (work, ceiling) in stages(world).items():
        took = calls(work)
        if took > ceiling:
            dear[name] = (took, ceiling)
    assert not dear


async def test_the_meter_counts(world):
    assert calls(lambda: None) == 1
    assert calls(lambda: [len("x") for _ in range(1000)]) >= 1000


audited: list[str] | None = None


def _hear(event, arguments):
    if audited is not None and event.partition(".")[0] in {"open", "sqlite3", "os", "subprocess", "shutil", "import"}:
        audited.append(f"{event} {arguments[:1]}")


sys.addaudithook(_hear)


@contextmanager
def heard():
    """What touches files, processes or SQLite in the block."""
    global audited  # noqa: PLW0603  # a hook can never be taken away
    audited = []
    try:
        yield audited
    finally:
        audited = None


@pytest.mark.parametrize("stream", [False, True])
async def test_w22_serving_opens_no_file_and_touches_no_database(tmp_path, stream):
    """Nothing is started but the application: whatever opened the database or a file would have to do it now."""
    async with StrangeUpstream() as upstream:
        (tmp_path / "smarterrouter.yaml").write_text(backends_yaml(("one", "compatible", upstream.base_url)))
        house = build(load({"ROUTER_OFFLINE": "true", "ROUTER_LOG_CONTENT": "true"}, tmp_path).settings)
        app = create_app(house)
        await house.services.find.run()
        body = request(stream=stream)
        for _ in range(2):  # the first opens the connection
            caller = Caller(body)
            with heard() as touched:
                await app(caller.scope, caller.receive, caller.send)
            assert caller.status == 200
        assert touched == []
        assert house.services.journal.waiting == 2
        assert not (tmp_path / "data" / "router.db").exists()
        await house.stop()


async def test_the_ear_hears(tmp_path):
    with heard() as touched:
        (tmp_path / "x").write_text("")
        sqlite3.connect(tmp_path / "y").close()
    assert {line.split()[0] for line in touched} >= {"open", "sqlite3.connect"}
