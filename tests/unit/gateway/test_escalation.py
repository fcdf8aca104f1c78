"""Answer cheaply, check, escalate: with scripted backends, stream and whole."""

import asyncio
import json

import pytest
from tests.doubles.gateway_parts import until
from tests.doubles.in_process import (
    COUNTS,
    ROLE,
    STOP,
    USAGE,
    WHOLE,
    ListSink,
    ScriptedBackend,
    chunk,
    event,
    model,
    request,
    visit,
)

from smarterrouter.domain.decisions import Candidate, Decision
from smarterrouter.domain.intent import Category, Intent, Needs
from smarterrouter.errors import AllCandidatesFailed, BackendBusy, BackendGarbage, BackendRefused, BackendUnreachable
from smarterrouter.gateway.answering import Answering, RelayMaker
from smarterrouter.gateway.dispatch import Dispatch
from smarterrouter.gateway.escalation import Escalation
from smarterrouter.gateway.opened import read_first, read_whole
from smarterrouter.observability.metrics import Metrics
from smarterrouter.transport.guards import Guards
from smarterrouter.transport.retries import RetryPolicy
from smarterrouter.wire import sse
from smarterrouter.wire.calls import ChatCall

SMALL, MIDDLE, LARGE = model("one/small"), model("two/middle"), model("three/large")
JSON = {"response_format": {"type": "json_object"}}
GOOD, BAD = '{"a": 1}', '{"a": 1'


def whole(text: str, finish: str = "stop") -> bytes:
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish}
    return json.dumps({"choices": [choice], "usage": USAGE}).encode()


def stream(*texts: str, usage: bool = True) -> tuple[bytes, ...]:
    ending = COUNTS + sse.DONE if usage else sse.DONE
    return (ROLE, *(chunk({"content": text}) for text in texts), STOP, ending)


class Choosing:
    """Nobody chooses here."""

    def answered(self, model, visit):
        """Nothing is remembered."""

    unanswered = answered


class World:
    """Three models, the later the better, asked in this order by the strategy `careful`."""

    def __init__(self, *acts, strategy="careful", category=Category.CHAT, budget=10.0, cascading=True, **members):
        self.backends = {
            one.backend: ScriptedBackend(one.backend, *([act] if act is not None else []))
            for one, act in zip((SMALL, MIDDLE, LARGE), (*acts, *[None] * (3 - len(acts))), strict=True)
        }
        self.metrics = Metrics()
        retries = RetryPolicy(max_retries=0, base_delay=0.001, max_delay=0.01)
        dispatch = Dispatch(lambda: self.backends, Guards(None).of, retries, self.metrics, cascading=cascading)
        self.answering = Answering(dispatch, Choosing(), self.metrics, 0)
        self.models = (SMALL, MIDDLE, LARGE)
        self.visit, self.sink = visit(), ListSink()
        candidates = tuple(Candidate(one, 0.0, quality=at / 10) for at, one in enumerate(self.models, 5))
        self.visit.decision = Decision(candidates, Intent(category, 0.5, Needs()), strategy, 1)
        self.call = ChatCall.decode(request(**members))
        self.escalation = Escalation({"careful": budget})

    async def serve(self):
        ask = self.gated()
        if self.call.request.stream:
            await self.answering.stream(
                self.models, ask, self.visit, self.sink, RelayMaker(wants_usage=True, roles=True)
            )
        else:
            await self.answering.whole(self.models, ask, self.visit, self.sink)
        return self

    def gated(self):
        return self.escalation.gated(self.ask, self.call, self.models, self.visit)

    async def ask(self, backend, model):
        reply = await backend.chat(self.call, model)
        return await (read_first(reply) if self.call.request.stream else read_whole(reply))

    @property
    def asked(self):
        return [name for backend in self.backends.values() for _, name in backend.asked]

    @property
    def said(self):
        if not self.call.request.stream:
            return json.loads(self.sink.body)["choices"][0]["message"]["content"]
        choices = [choice for one in self.sink.events if one != "[DONE]" for choice in one["choices"]]
        return "".join(choice["delta"].get("content") or "" for choice in choices)

    @property
    def open_replies(self):
        return sum(backend.opened - backend.closed for backend in self.backends.values())


def acts(*texts, streamed):
    return [stream(*text) if streamed else whole("".join(text)) for text in texts]


BOTH = pytest.mark.parametrize("streamed", [False, True], ids=["whole", "stream"])


@BOTH
async def test_an_answer_that_fails_makes_way_for_a_better_one_before_anybody_sees_it(streamed):
    world = await World(*acts(['{"a"', ": 1"], ['{"a"', ": 2}"], streamed=streamed), stream=streamed, **JSON).serve()
    assert world.said == '{"a": 2}'
    assert world.asked == ["small", "middle"]
    assert world.visit.model is MIDDLE
    assert world.visit.failed == ["one/small"]
    assert world.sink.headers[b"x-smarterrouter-escalated"] == b"one/small (json)"
    assert world.open_replies == 0
    discarded = world.visit.discarded[0]
    assert (discarded.prompt_tokens, discarded.completion_tokens) == (5, 2)
    assert (world.visit.prompt_tokens, world.visit.completion_tokens) == (5, 2)


@BOTH
async def test_an_answer_that_passes_is_relayed_byte_for_byte(streamed):
    (act,) = acts(['{"a"', ": 1}"], streamed=streamed)
    world = await World(act, stream=streamed, **JSON).serve()
    assert world.sink.body == (act if isinstance(act, bytes) else b"".join(act))
    assert world.asked == ["small"]
    assert world.visit.discarded == []
    assert b"x-smarterrouter-escalated" not in world.sink.headers
    assert world.open_replies == 0


@BOTH
async def test_two_answers_may_be_thrown_away_and_the_last_model_is_believed(streamed):
    texts = [["{"], ["["], ["I am the best model."]]
    world = await World(*acts(*texts, streamed=streamed), stream=streamed, **JSON).serve()
    assert world.said == "I am the best model."
    assert world.sink.headers[b"x-smarterrouter-escalated"] == b"one/small (json), two/middle (json)"


@BOTH
@pytest.mark.parametrize("error", [BackendBusy("full"), BackendRefused("no", status=400)])
async def test_a_doubted_answer_is_better_than_none(streamed, error):
    (act,) = acts([BAD], streamed=streamed)
    world = await World(act, error, BackendUnreachable("away"), stream=streamed, **JSON).serve()
    assert world.said == BAD
    assert world.visit.status == 200
    assert world.visit.model is SMALL
    assert world.visit.discarded == []
    assert "one/small" not in world.visit.failed
    assert (world.visit.prompt_tokens, world.visit.completion_tokens) == (5, 2)
    assert world.open_replies == 0


@BOTH
async def test_when_time_is_up_there_is_no_second_try(streamed):
    world = await World(*acts([BAD], [GOOD], streamed=streamed), stream=streamed, budget=1e-9, **JSON).serve()
    assert world.said == BAD
    assert world.asked == ["small"]


async def test_a_stream_is_held_back_no_longer_than_time_allows():
    go_on = asyncio.Event()
    slow = (
        ROLE,
        chunk({"content": "{"}),
        0.05,
        chunk({"content": "x"}),
        go_on,
        chunk({"content": "y"}),
        STOP,
        sse.DONE,
    )
    world = World(slow, stream=True, budget=0.03, **JSON)
    serving = asyncio.get_running_loop().create_task(world.serve())
    await until(lambda: b'"x"' in world.sink.body)
    go_on.set()
    await serving
    assert world.said == "{xy"
    assert world.asked == ["small"]


async def test_nothing_is_shown_while_it_is_not_checked():
    go_on = asyncio.Event()
    world = World(
        (ROLE, chunk({"content": '{"a": '}), go_on, chunk({"content": "1}"}), STOP, sse.DONE), stream=True, **JSON
    )
    serving = asyncio.get_running_loop().create_task(world.serve())
    await asyncio.sleep(0.02)
    assert not world.sink.started
    go_on.set()
    await serving
    assert world.said == GOOD


async def test_the_caller_who_leaves_meanwhile_cancels_what_is_asked():
    world = World((ROLE, chunk({"content": "{"}), asyncio.Event()), stream=True, **JSON)
    serving = asyncio.get_running_loop().create_task(world.serve())
    await asyncio.sleep(0.02)
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving
    assert world.open_replies == 0
    assert not world.sink.started


async def test_the_caller_who_leaves_during_the_second_try_leaves_nothing_open():
    world = World(stream("{"), (ROLE, asyncio.Event()), stream=True, **JSON)
    serving = asyncio.get_running_loop().create_task(world.serve())
    await until(lambda: len(world.asked) == 2)
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving
    assert world.open_replies == 0
    assert len(world.visit.discarded) == 1


async def test_a_stream_that_breaks_while_it_is_held_back_falls_back_like_any_other():
    broken = (ROLE, chunk({"content": '{"a"'}), BackendUnreachable("gone"))
    world = await World(broken, stream(GOOD), stream=True, **JSON).serve()
    assert world.said == GOOD
    assert world.visit.discarded == []
    cut = (ROLE, b'data: {"choices": [')
    world = await World(cut, stream(GOOD), stream=True, **JSON).serve()
    assert world.said == GOOD
    assert world.open_replies == 0


async def test_a_loop_is_left_before_it_ends():
    endless = (ROLE, *(chunk({"content": "\n"}) for _ in range(3000)), asyncio.Event())
    world = await World(endless, stream(GOOD), stream=True, **JSON).serve()
    assert world.said == GOOD
    assert world.sink.headers[b"x-smarterrouter-escalated"] == b"one/small (repetition)"
    discarded = world.visit.discarded[0]
    assert discarded.prompt_tokens > 0
    assert discarded.completion_tokens > 50


async def test_of_a_loop_nothing_is_kept():
    endless = (ROLE, *(chunk({"content": "\n"}) for _ in range(3000)), asyncio.Event())
    with pytest.raises(AllCandidatesFailed, match="repetition"):
        await World(endless, BackendBusy("full"), BackendGarbage("?"), stream=True, **JSON).serve()


async def test_a_long_answer_is_relayed_when_there_is_no_more_room():
    long = tuple(chunk({"content": f"{number} {number * number} "}) for number in range(8000))
    world = await World((ROLE, *long, STOP, sse.DONE), stream=True, **JSON).serve()
    assert world.said.startswith("0 0 1 1")
    assert world.said.endswith("7999 63984001 ")
    assert world.asked == ["small"]


async def test_a_stream_without_its_last_line_end_passes():
    world = await World((ROLE, chunk({"content": GOOD}), STOP, b"data: [DONE]"), stream=True, **JSON).serve()
    assert world.said == GOOD
    assert world.sink.events[-1] == "[DONE]"
    world = await World((ROLE, chunk({"content": GOOD}), STOP), stream=True, **JSON).serve()
    assert world.said == GOOD


@pytest.mark.parametrize(
    "how",
    [
        {"strategy": "scored", **JSON},
        {"stream": True},
        {"stream": True, "category": Category.KNOWLEDGE},
        {"n": 2, **JSON},
    ],
)
async def test_where_nothing_can_be_checked_there_is_no_gate(how):
    world = World(**how)
    assert world.gated() == world.ask


async def test_without_cascades_or_a_decision_there_is_no_gate():
    world = World(**JSON)
    world.escalation = Escalation()
    assert world.gated() == world.ask
    world = World(**JSON)
    world.visit.decision = None
    assert world.gated() == world.ask


async def test_where_nobody_better_is_left_there_is_no_gate():
    world = World(**JSON)
    world.models = (LARGE, MIDDLE, SMALL)
    assert world.gated() == world.ask


async def test_an_arm_of_a_split_may_be_a_cascade():
    world = await World(whole(BAD), whole(GOOD), strategy="experiment:careful", **JSON).serve()
    assert world.said == GOOD


async def test_even_plain_answers_are_checked_where_that_costs_no_waiting():
    world = await World(whole(""), whole("Hello.")).serve()
    assert world.said == "Hello."
    assert world.sink.headers[b"x-smarterrouter-escalated"] == b"one/small (empty)"


async def test_without_cascading_the_one_answer_is_relayed_as_it_is():
    world = await World(whole(BAD), whole(GOOD), cascading=False, **JSON).serve()
    assert world.said == BAD
    assert world.visit.discarded == []


async def test_code_is_parsed_where_the_request_is_about_code():
    texts = ["```python\ndef f(:\n```"], ["```python\ndef f(): ...\n```"]
    world = await World(*acts(*texts, streamed=True), category=Category.CODE, stream=True).serve()
    assert world.said == texts[1][0]


async def test_a_wrong_tool_call_in_a_stream():
    def calls(name):
        call = {"index": 0, "id": "1", "type": "function", "function": {"name": name, "arguments": "{}"}}
        return (
            ROLE,
            chunk({"tool_calls": [call]}),
            chunk({}, "tool_calls"),
            event({"choices": [], "usage": USAGE}),
            sse.DONE,
        )

    tools = [{"type": "function", "function": {"name": "ping", "parameters": {"type": "object"}}}]
    world = await World(calls("pong"), calls("ping"), stream=True, tools=tools).serve()
    assert world.sink.headers[b"x-smarterrouter-escalated"] == b"one/small (tool_unknown)"
    assert world.sink.events[1]["choices"][0]["delta"]["tool_calls"][0]["function"]["name"] == "ping"


async def test_the_usual_answer_passes():
    world = await World(WHOLE).serve()
    assert world.said == "Hello."
