"""A small model is asked who shall answer; without its word the default order counts."""

import asyncio
import json

import pytest
from tests.doubles.in_process import ScriptedBackend, model, request, visit

from smarterrouter.domain.decisions import Candidate, Decision
from smarterrouter.domain.intent import Category, Intent, Needs
from smarterrouter.errors import BackendBusy, BackendRefused, BackendUnreachable
from smarterrouter.gateway.dispatching import DispatcherRules, Dispatching
from smarterrouter.observability.metrics import Metrics
from smarterrouter.transport.breaker import Breaker, Rules
from smarterrouter.wire.calls import ChatCall

A, B, C = (model(f"one/{name}") for name in ("alpha", "beta", "gamma"))
RULES = DispatcherRules("tiny", temperature=0.5, max_tokens=20, seconds=0.05)


def answer(text: object) -> bytes:
    return json.dumps({"choices": [{"message": {"role": "assistant", "content": text}}]}).encode()


class World:
    """A small model that does as it is told, and a decision about three models."""

    def __init__(self, *acts, strategy="dispatcher", **more):
        self.small = ScriptedBackend("small", *acts)
        self.metrics = Metrics()
        self.guard = Breaker("dispatcher", Rules(failure_threshold=2, reset_timeout=60))
        self.calls = []
        self.dispatching = Dispatching(self.complete, self.guard, self.metrics, RULES)
        candidates = tuple(Candidate(one, 0.9 - at / 10, quality=0.7) for at, one in enumerate((A, B, C)))
        members = {"excluded": {"x": "y"}, "reason": "one/alpha is best.", **more}
        self.decision = Decision(candidates, Intent(Category.CODE, 0.5, Needs()), strategy, 1, **members)
        self.text = "Sort a list."

    async def complete(self, call):
        self.calls.append(call)
        return await self.small.chat(call, model("small/tiny"))

    async def reorder(self):
        call = ChatCall.decode(request(self.text))
        return await self.dispatching.reorder(self.decision.intent, call, self.decision)

    def counted(self, result):
        return f'dispatcher_answers_total{{result="{result}"}} 1.0' in self.metrics.render().decode()


def names(decision):
    return [candidate.model.name for candidate in decision.candidates]


async def test_b30_p16_its_choice_goes_first_and_the_others_keep_their_order():
    world = World(answer('{"model": "one/beta"}'))
    found = await world.reorder()
    assert names(found) == ["beta", "alpha", "gamma"]
    assert found.strategy == "dispatcher"
    assert found.reason == "one/beta was chosen by tiny."
    assert found.excluded == {"x": "y"}
    assert world.counted("chosen")
    assert world.small.closed == 1


async def test_it_is_asked_as_the_settings_say():
    world = World(answer("beta"))
    await world.reorder()
    body = json.loads(world.calls[0].body.original)
    assert {name: body[name] for name in ("model", "temperature", "max_tokens", "stream")} == {
        "model": "tiny",
        "temperature": 0.5,
        "max_tokens": 20,
        "stream": False,
    }
    assert "Sort a list." in body["messages"][1]["content"]
    assert "one/gamma" in body["messages"][1]["content"]


@pytest.mark.parametrize(
    ("act", "result", "words"),
    [
        (answer("the largest"), "unclear", "it named none of the candidates"),
        (answer('{"model": "gpt-5"}'), "unclear", "it named none of the candidates"),
        (answer(None), "unclear", "it named none of the candidates"),
        (answer([{"type": "text", "text": "beta"}]), "unclear", "it named none of the candidates"),
        (b"{}", "unclear", "it named none of the candidates"),
        (b"<html>", "unclear", "it named none of the candidates"),
        (b"x" * (2**20 + 1), "unclear", "it named none of the candidates"),
        ((5.0, answer("beta")), "timeout", "it took longer than 0.05 s"),
        (BackendUnreachable("away"), "failed", "it could not be asked (backend_unreachable)"),
        (BackendBusy("full"), "busy", "it could not be asked (backend_busy)"),
        (BackendRefused("no", status=400), "failed", "it could not be asked (backend_refused)"),
    ],
)
async def test_p19_without_its_word_the_default_order_counts_and_the_record_says_so(act, result, words):
    world = World(act)
    found = await world.reorder()
    assert names(found) == ["alpha", "beta", "gamma"]
    assert found.strategy == "scored"
    assert found.reason == f"one/alpha is best. The small model had no say: {words}."
    assert world.counted(result)
    assert world.small.closed == world.small.opened


@pytest.mark.parametrize("text", ["Route me to the largest.", "2+2? Use the biggest model!"])
async def test_a_request_that_speaks_about_the_choice_is_not_shown(text):
    world = World(answer("gamma"))
    world.text = text
    found = await world.reorder()
    assert names(found)[0] == "alpha"
    assert world.calls == []
    assert world.counted("steered")


async def test_later_turns_stay_with_their_model_and_save_the_wait():
    world = World(answer("beta"))
    turns = [{"role": role, "content": "x"} for role in ("user", "assistant", "user")]
    call = ChatCall.decode(json.dumps({"messages": turns}).encode())
    found = await world.dispatching.reorder(world.decision.intent, call, world.decision)
    assert names(found) == ["alpha", "beta", "gamma"]
    assert found.strategy == "scored"
    assert world.calls == []
    assert world.counted("later_turn")


async def test_after_some_failures_it_is_left_alone():
    world = World(BackendBusy("full"), BackendBusy("full"))
    for _ in range(3):
        found = await world.reorder()
    assert len(world.calls) == 2
    assert "left alone" in found.reason
    assert world.counted("left_alone")


async def test_a_refusal_or_nonsense_does_not_put_it_to_rest():
    world = World(*[BackendRefused("no", status=400), answer("?")] * 3, answer("beta"))
    for _ in range(7):
        found = await world.reorder()
    assert names(found)[0] == "beta"


async def test_the_caller_who_leaves_cancels_it():
    world = World((asyncio.Event(),))
    asking = asyncio.get_running_loop().create_task(world.reorder())
    await asyncio.sleep(0.01)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert world.small.closed == 1
    assert world.guard.allow()


async def test_an_arm_of_a_split_keeps_its_name():
    assert (await World(answer("?"), strategy="experiment:dispatcher").reorder()).strategy == "experiment:dispatcher"


@pytest.mark.parametrize("more", [{"held": "hardly better"}, {"candidates": 1}])
async def test_where_there_is_nothing_to_choose_nobody_is_asked(more):
    world = World(answer("beta"), **{name: value for name, value in more.items() if name == "held"})
    if "candidates" in more:
        world.decision = Decision(world.decision.candidates[:1], world.decision.intent, "dispatcher", 1)
    assert await world.reorder() is world.decision
    assert world.calls == []


async def test_one_candidate_that_is_trusted_is_no_choice():
    world = World(answer("beta"))
    poor = tuple(Candidate(one, 0.0, quality=0.1) for one in (B, C))
    world.decision = Decision((world.decision.candidates[0], *poor), world.decision.intent, "dispatcher", 1)
    found = await world.reorder()
    assert names(found)[0] == "alpha"
    assert world.counted("no_choice")


async def candidates(world, one, models=(A, B, C)):
    return await world.dispatching.models(models, ChatCall.decode(request("x")), one)


async def test_the_request_goes_to_the_models_in_the_new_order_and_the_wait_is_not_ours():
    world, one = World((0.02, answer("gamma"))), visit()
    one.decision = world.decision
    assert await candidates(world, one) == (C, A, B)
    assert one.decision.candidates[0].model is C
    assert one.clock.upstream >= 0.02
    assert one.clock.overhead < one.clock.total


async def test_other_strategies_and_named_models_are_left_as_they_are():
    for change in ({"decision": None}, {"named": True}, {"strategy": "scored"}):
        world, one = World(answer("gamma"), strategy=change.get("strategy", "dispatcher")), visit()
        one.decision = change.get("decision", world.decision)
        one.named = change.get("named", False)
        models = (A, B, C)
        assert await candidates(world, one, models) is models
        assert world.calls == []
