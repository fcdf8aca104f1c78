import asyncio
import json

import pytest
from tests.doubles.gateway import InProcessGateway, backends_yaml
from tests.doubles.gateway_parts import Readings, until
from tests.doubles.in_process import COUNTS, ROLE, STOP, WHOLE, ListSink, Path_, ScriptedBackend, chunk, model, visit
from tests.doubles.strange_upstream import StrangeUpstream

from smarterrouter.errors import AllCandidatesFailed, BackendBusy, BackendRefused, BackendUnreachable
from smarterrouter.gateway.answering import RelayMaker
from smarterrouter.gateway.opened import read_first, read_whole
from smarterrouter.gateway.signature import Signature
from smarterrouter.gateway.transcript import Transcript
from smarterrouter.wire import sse
from smarterrouter.wire.calls import ChatCall

A, B = model("one/a"), model("two/b")
SIGNATURE = Signature(enabled=True, template=" -- {model}", everyone=True)
HELLO = chunk({"content": "Hello"})
CALL = ChatCall.decode(b'{"messages":[{"role":"user","content":"hi"}]}')


class World:
    """Answering with two scripted backends."""

    def __init__(self, *acts, keepalive=0.0, notes=()):
        self.one, self.two = ScriptedBackend("one", *acts, notes=notes), ScriptedBackend("two", notes=notes)
        self.path = Path_([A, B], self.one, self.two, keepalive=keepalive)
        self.sink, self.visit = ListSink(), visit()

    async def whole(self, signature=None):
        await self.path.answering.whole((A, B), self.ask, self.visit, self.sink, signature)
        return json.loads(self.sink.body)

    async def stream(self, *, wants_usage=False, signature=None):
        maker = RelayMaker(wants_usage=wants_usage, roles=True, signature=signature)
        await self.path.answering.stream((A, B), self.ask_stream, self.visit, self.sink, maker)
        return self.sink.events

    async def ask(self, backend, wanted):
        return await read_whole(backend._reply("chat", wanted, stream=False, good=WHOLE))

    async def ask_stream(self, backend, wanted):
        return await read_first(backend._reply("chat", wanted, stream=True, good=WHOLE))

    def closed(self):
        return all(backend.opened == backend.closed for backend in (self.one, self.two))

    def reading(self, name):
        return Readings(self.path.metrics.render().decode()).sum(name)


async def test_a_whole_answer_is_relayed_byte_for_byte():
    world = World()
    assert await world.whole() == json.loads(WHOLE)
    assert (world.sink.status, world.sink.body) == (200, WHOLE)
    assert world.sink.headers[b"content-type"] == b"application/json"
    assert world.sink.headers[b"x-smarterrouter-model"] == b"one/a"
    assert world.sink.headers[b"openai-processing-ms"].isdigit()
    assert b"x-smarterrouter-fallbacks" not in world.sink.headers
    assert (world.visit.status, world.visit.prompt_tokens, world.visit.completion_tokens) == (200, 5, 2)
    assert world.visit.first_byte > 0
    assert world.closed()


async def test_headers_tell_of_fallbacks_and_of_what_was_left_out():
    world = World(BackendBusy("full"), notes=("top_k", "min_p"))
    await world.whole()
    assert world.sink.headers[b"x-smarterrouter-fallbacks"] == b"1"
    assert world.sink.headers[b"x-smarterrouter-model"] == b"two/b"
    assert world.sink.headers[b"x-smarterrouter-unsupported"] == b"top_k,min_p"


async def test_names_that_callers_and_backends_chose_cannot_break_headers():
    world = World(notes=("a\r\nx-evil: 1", "ü", "n" * 5000))
    nasty = model("one/é\n漢")
    await world.path.answering.whole((nasty,), world.ask, world.visit, world.sink)
    assert world.sink.headers[b"x-smarterrouter-model"] == b"one/???"
    unsupported = world.sink.headers[b"x-smarterrouter-unsupported"]
    assert unsupported.startswith(b"a??x-evil: 1,?,nnn")
    assert len(unsupported) == 1024


async def test_a_signature_is_added_to_whole_answers_only_where_one_is_given():
    world = World()
    assert (await world.whole(SIGNATURE))["choices"][0]["message"]["content"] == "Hello. -- a"


async def test_an_error_before_the_first_byte_is_raised():
    world = World(BackendBusy("full"))
    world.two.always = BackendBusy("full")
    with pytest.raises(AllCandidatesFailed):
        await world.stream()
    assert not world.sink.started


async def test_a_stream_is_relayed_and_accounted():
    world = World()
    events = await world.stream()
    assert [one if one == "[DONE]" else one["choices"][0]["delta"].get("content") for one in events] == [
        *("", "Hel", "lo.", None),
        "[DONE]",
    ]
    assert world.sink.headers[b"content-type"] == b"text/event-stream; charset=utf-8"
    assert world.sink.headers[b"cache-control"] == b"no-cache"
    assert world.sink.headers[b"x-smarterrouter-model"] == b"one/a"
    assert (world.visit.status, world.visit.stream, world.visit.prompt_tokens) == (200, True, 5)
    assert world.visit.total > 0
    assert world.sink.finished
    assert world.sink.begun == 1
    assert world.closed()
    assert world.reading("streams_open") == 0


async def test_a_stream_falls_back_before_its_first_event():
    world = World((b": wait\n\n", BackendUnreachable("broke off")))
    events = await world.stream(wants_usage=True)
    assert events[-2]["usage"]["total_tokens"] == 7
    assert world.sink.headers[b"x-smarterrouter-fallbacks"] == b"1"
    assert world.closed()


@pytest.mark.parametrize("broken", [(BackendUnreachable("broke off"),), ()])
async def test_a_stream_that_breaks_off_ends_with_an_error_event_and_no_end_mark(broken):
    world = World((ROLE, HELLO, *broken))
    events = await world.stream()
    assert events[-1]["error"]["code"] == "backend_unreachable"
    assert events[1]["choices"][0]["delta"]["content"] == "Hello"
    assert "[DONE]" not in events
    assert world.sink.finished
    assert (world.visit.status, world.visit.error) == (502, "backend_unreachable")
    assert world.one.opened == 1
    assert world.two.opened == 0  # never after the first byte
    assert world.closed()
    assert world.reading("streams_open") == 0
    assert b'upstream_failures_total{backend="one",error_type="backend_unreachable"} 1.0' in world.path.metrics.render()


class Told:
    """Writes down which models failed."""

    def __init__(self):
        self.failed = None

    def answered(self, wanted, seen):
        """Nothing is remembered."""

    def unanswered(self, seen, wanted=None):
        self.failed = [*seen.failed, *([wanted.key] if wanted is not None else [])]


@pytest.mark.parametrize("way", ["whole", "stream"])
async def test_who_failed_is_told_where_nobody_answers(way):
    world = World(BackendBusy("full"))
    world.two.always = BackendBusy("full")
    world.path.answering._choosing = told = Told()
    with pytest.raises(AllCandidatesFailed):
        await getattr(world, way)()
    assert set(told.failed) == {"one/a", "two/b"}


@pytest.mark.parametrize(
    ("error", "failed"), [(BackendBusy("full"), ["one/a"]), (BackendRefused("no", status=400), [])]
)
async def test_a_lone_model_that_failed_is_told_and_one_that_refused_is_not(error, failed):
    world = World(error)
    world.path.answering._choosing = told = Told()
    with pytest.raises(type(error)):
        await world.path.answering.whole((A,), world.ask, world.visit, world.sink)
    assert told.failed == failed


async def test_who_failed_before_the_caller_left_is_told():
    world = World(BackendBusy("full"))
    world.two.always = (asyncio.Event(),)
    world.path.answering._choosing = told = Told()
    task = asyncio.get_running_loop().create_task(world.stream())
    await until(lambda: world.two.opened)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert told.failed == ["one/a"]
    assert world.closed()


async def test_a_caller_who_leaves_closes_the_backends_stream():
    world = World((ROLE, asyncio.Event()))
    task = asyncio.get_running_loop().create_task(world.stream())
    await until(lambda: world.sink.writes)
    assert world.reading("streams_open") == 1
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert world.closed()
    assert world.reading("streams_open") == 0


async def test_the_time_after_the_last_byte_is_not_the_callers():
    world = World((ROLE, STOP, sse.DONE, 0.05))
    await world.stream()
    assert world.visit.total < world.visit.clock.total - 0.04


async def test_a_silent_backend_is_bridged_by_comments_and_may_still_fail():
    go = asyncio.Event()
    world = World((go, BackendUnreachable("broke off")), keepalive=0.005)
    world.two.always = BackendBusy("full")
    task = asyncio.get_running_loop().create_task(world.stream())
    await until(lambda: world.sink.writes >= 2)
    assert world.sink.begun == 0
    go.set()
    await task
    assert world.sink.status == 200
    assert world.sink.body.startswith(b": keep-alive\n\n" * 2)
    assert world.sink.events[-1]["error"]["code"] == "all_candidates_failed"
    assert world.visit.status == 502
    assert world.sink.finished


async def test_an_answer_that_follows_comments_counts_as_begun():
    go = asyncio.Event()
    world = World((go, ROLE, STOP, sse.DONE), keepalive=0.005)
    task = asyncio.get_running_loop().create_task(world.stream())
    await until(lambda: world.sink.writes)
    go.set()
    await task
    assert world.sink.begun == 1
    assert world.sink.events[-1] == "[DONE]"


async def test_what_was_said_goes_into_the_transcript():
    for way in ("whole", "stream"):
        world = World()
        world.visit.transcript = Transcript(CALL)
        await getattr(world, way)()
        assert world.visit.transcript.text() == "user: hi\nassistant: Hello."


async def test_a_signed_stream_counts_its_tokens_too():
    world = World((ROLE, HELLO, STOP, COUNTS, sse.DONE))
    events = await world.stream(signature=SIGNATURE)
    assert "".join(one["choices"][0]["delta"].get("content") or "" for one in events[:-1]) == "Hello -- a"
    assert world.visit.completion_tokens == 2


async def test_answers_without_usage_count_nothing():
    world = World(b'{"choices":[]}')
    await world.whole()
    assert (world.visit.prompt_tokens, world.visit.completion_tokens) == (0, 0)


class Connections(set):
    """Open connections of an upstream, and how many there were."""

    made = 0

    def add(self, one):
        self.made += 1
        super().add(one)


@pytest.mark.parametrize("how", [{"stream": True}, {"stream": True, "stream_options": {"include_usage": True}}, {}])
async def test_one_connection_to_a_backend_serves_all_that_come_one_after_the_other(how):
    async with StrangeUpstream() as upstream:
        upstream.open = Connections()
        async with InProcessGateway(backends_yaml(("one", "compatible", upstream.base_url))) as gateway:
            body = {"messages": [{"role": "user", "content": "hi"}], **how}
            for _ in range(25):
                assert (await gateway.post("/v1/chat/completions", body)).status == 200
                await until(lambda: not gateway.upstreams())  # the rest of a stream is read after its end mark
            assert len(upstream.requests) == 25
            assert upstream.open.made == 1
            await gateway.settle()
