"""`stay_or_go`: who goes first in a conversation, by values alone."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.doubles.in_process import model

from smarterrouter.domain.decisions import Candidate, Decision
from smarterrouter.domain.intent import Category, Intent, Needs
from smarterrouter.domain.knowledge import Standing
from smarterrouter.domain.models import Model, Price
from smarterrouter.gateway.staying import (
    LEAST_GAIN,
    WARM_SECONDS,
    Facts,
    Remembered,
    cost_of_leaving,
    in_tool_round,
    stay_or_go,
)
from smarterrouter.routing.preference import Rates
from smarterrouter.routing.weights import RoutingWeights
from smarterrouter.wire.calls import ChatCall

WEIGHTS = RoutingWeights()
RATES = Rates(dollar=5.0, second=0.002)
NOW = Facts(age=10.0, tool_round=False, busy=frozenset())
OPEN = Facts(age=10.0, tool_round=True, busy=frozenset())
STANDING = Standing(tokens_per_second=10.0)  # the prompt is read at 200 tokens a second


def decision(*totals: float, tokens: int = 1000, **more: Any) -> Decision:
    """Candidates `one/m0`, `one/m1` and so on, best first."""
    candidates = [
        Candidate(model(f"one/m{place}", standing=STANDING, **more), total) for place, total in enumerate(totals)
    ]
    return Decision(tuple(candidates), Intent(Category.CHAT, 0.2, Needs(prompt_tokens=tokens)), "scored", 1)


def then(name: str = "one/m1", tokens: int = 1000, **more: Any) -> Remembered:
    return Remembered(model=name, prompt_tokens=tokens, turns=1, at=0.0, **more)


def first(decided: Decision) -> str:
    return decided.candidates[0].model.key


def stay(decided: Decision, known: Remembered, facts: Facts = NOW, rates: Rates = RATES) -> Decision:
    return stay_or_go(decided, known, facts, rates, WEIGHTS)


def test_a_model_that_is_hardly_worse_keeps_its_conversation():
    before = decision(0.8, 0.8 - LEAST_GAIN / 2, 0.7)
    after = stay(before, then(tokens=0))
    assert [each.model.key for each in after.candidates] == ["one/m1", "one/m0", "one/m2"]
    assert after.held == "one/m0 is hardly better"
    assert after.reason == "one/m1 stays with its conversation: one/m0 is hardly better."
    assert msgspec.structs.replace(after, candidates=before.candidates, held="", reason="") == before


def test_a_conversation_leaves_when_the_gain_is_larger_than_the_cost():
    cost = 20_000 / 200 * RATES.second
    better, worse = decision(0.9, 0.9 - cost * 0.9, tokens=20_000), decision(0.9, 0.9 - cost * 1.1, tokens=20_000)
    held = stay(better, then(tokens=20_000))
    assert first(held) == "one/m1"
    assert held.held == "one/m0 gains 0.180, and reading the prompt anew costs 0.200"
    assert stay(worse, then(tokens=20_000)) is worse


def test_only_what_both_prompts_have_is_warm():
    before = decision(0.9, 0.8, tokens=100_000)
    assert stay(before, then(tokens=100)) is before
    assert first(stay(before, then(tokens=100_000))) == "one/m1"


def test_a_prompt_is_not_warm_for_ever():
    before, known = decision(0.9, 0.8, tokens=100_000), then(tokens=100_000)
    assert first(stay(before, known, Facts(WARM_SECONDS, tool_round=False, busy=frozenset()))) == "one/m1"
    assert stay(before, known, Facts(WARM_SECONDS + 1, tool_round=False, busy=frozenset())) is before


def test_the_first_one_and_a_model_that_is_no_candidate_change_nothing():
    before = decision(0.8, 0.7)
    assert stay(before, then("one/m0")) is before
    for tool_round in (False, True):
        assert stay(before, then("one/gone"), Facts(0.0, tool_round, frozenset())) is before


def test_who_may_still_be_overruled_is_held_although_it_is_the_first():
    before = decision(0.8, 0.7)
    after = stay(before, then("one/m0"), OPEN)
    assert (after.held, after.candidates) == ("a round of tool calls stands open", before.candidates)
    asked = msgspec.structs.replace(before, strategy="trial:dispatcher")
    assert stay(asked, then("one/m0")).held == "it is still the best"


def test_by_quality_alone_only_quality_counts():
    candidates = [
        Candidate(model(f"one/m{place}"), total, quality=quality)
        for place, (total, quality) in enumerate([(0.1, 0.9), (0.8, 0.9 - LEAST_GAIN / 2), (0.9, 0.8)])
    ]
    before = msgspec.structs.replace(decision(0.0, tokens=10**6), candidates=tuple(candidates), strategy="best")
    assert first(stay(before, then("one/m1"))) == "one/m1"
    assert stay(before, then("one/m2", tokens=10**6)) is before


@pytest.mark.parametrize("strategy", ["cheapest", "frugal", "trial:cheapest"])
def test_an_order_of_the_operators_own_counts_outside_of_tool_rounds(strategy):
    before = msgspec.structs.replace(decision(0.1, 0.9), strategy=strategy)
    assert stay(before, then()) is before
    assert first(stay(before, then(), OPEN)) == "one/m1"


def test_a_busy_backend_holds_nobody_not_even_in_a_tool_round():
    before = decision(0.8, 0.8)
    assert stay(before, then(), Facts(0.0, tool_round=True, busy=frozenset({"one"}))) is before


def test_a_model_that_failed_in_this_conversation_does_not_take_it_back():
    after = stay(decision(0.9, 0.1), then(failed=("one/m0",)))
    assert first(after) == "one/m1"
    assert after.held == "one/m0 failed in this conversation"


def test_odd_totals_leave_the_conversation_where_it_is():
    assert first(stay(decision(float("nan"), 0.5), then())) == "one/m1"
    assert first(stay(decision(float("inf"), float("inf")), then())) == "one/m1"


def test_what_leaving_costs():
    local = model(standing=STANDING)
    hosted = model(standing=STANDING, local=False, price=Price(10.0, 30.0))
    assert cost_of_leaving(local, 2000, RATES, WEIGHTS) == pytest.approx(10 * 0.002)
    assert cost_of_leaving(hosted, 2000, RATES, WEIGHTS) == pytest.approx(10 * 0.002 + 2000 * 10 / 1e6 * 0.75 * 5)
    assert cost_of_leaving(model(standing=STANDING, loaded=False), 2000, RATES, WEIGHTS) == 0
    assert cost_of_leaving(local, 0, RATES, WEIGHTS) == 0


def test_a_model_of_which_nothing_was_measured_is_judged_by_its_size():
    small, large = (cost_of_leaving(model(size=size), 2000, RATES, WEIGHTS) for size in (3, 70))
    assert 0 < small < large


ASKED = {"role": "user", "content": "What is the weather?"}
CALLED = {"role": "assistant", "content": None, "tool_calls": [{"id": "c1", "function": {"name": "f"}}]}
THOUGHT = {"role": "assistant", "content": None, "reasoning_content": "Let me see."}
BLOCKS = {"role": "assistant", "content": [{"type": "thinking"}, {"type": "text", "text": "a"}, {"type": "tool_use"}]}
RESULT = {"role": "tool", "tool_call_id": "c1", "content": "21"}
ANSWERED = {"role": "assistant", "content": "21 degrees.", "reasoning_content": "Easy."}


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        ([ASKED], False),
        ([{"role": "system", "content": "a"}], False),
        ([ASKED, CALLED, RESULT], True),
        ([ASKED, CALLED, RESULT, RESULT], True),
        ([ASKED, CALLED, RESULT, {"role": "user", "content": "A reminder."}], True),
        ([ASKED, CALLED, {"role": "user", "content": "Never mind."}], True),
        ([ASKED, {"role": "assistant", "content": None}, {"role": "function", "name": "f", "content": "1"}], True),
        ([ASKED, CALLED], True),
        ([ASKED, THOUGHT, ASKED], True),
        ([ASKED, BLOCKS, ASKED], True),
        ([ASKED, {"role": "assistant", "content": "It is"}], True),
        ([ASKED, CALLED, RESULT, ANSWERED, ASKED], False),
        ([ASKED, {"role": "assistant", "content": [{"type": "text", "text": "a"}]}, ASKED], False),
        ([ASKED, {"role": "assistant", "content": [{"type": "thinking"}]}, ASKED], True),
    ],
)
def test_a_tool_round_stands_open_until_it_is_answered(messages, expected):
    assert in_tool_round(ChatCall.decode(json.dumps({"messages": messages}).encode()).request.messages) is expected


numbers = st.floats(-1000, 1000)


@given(
    totals=st.lists(numbers, min_size=1, max_size=8),
    place=st.integers(0, 7),
    tokens=st.integers(0, 10**6),
    age=st.floats(0, 3600),
    failed=st.lists(st.sampled_from([f"one/m{place}" for place in range(8)]), max_size=4),
    price=st.sampled_from([None, Price(1.0, 1.0)]),
)
def test_a_tool_round_never_changes_model_while_that_model_is_there(totals, place, tokens, age, failed, price):
    before = decision(*sorted(totals, reverse=True), tokens=tokens, price=price)
    known = then(f"one/m{place}", tokens, failed=tuple(failed))
    after = stay(before, known, Facts(age, tool_round=True, busy=frozenset()))
    keys = [each.model.key for each in before.candidates]
    assert first(after) == (known.model if known.model in keys else keys[0])
    assert sorted(each.model.key for each in after.candidates) == sorted(keys)


@given(totals=st.lists(numbers, min_size=2, max_size=8), tokens=st.integers(0, 10**6), more=st.integers(0, 10**6))
def test_a_longer_shared_prompt_never_makes_a_conversation_leave(totals, tokens, more):
    before = decision(*sorted(totals, reverse=True), tokens=tokens + more)
    if first(stay(before, then(tokens=tokens))) == "one/m1":
        assert first(stay(before, then(tokens=tokens + more))) == "one/m1"


def test_models_are_told_by_their_key_alone():
    held: Model = model("two/same", standing=STANDING)
    before = decision(0.8)
    both = msgspec.structs.replace(before, candidates=(*before.candidates, Candidate(held, 0.8)))
    assert first(stay(both, then("two/same"))) == "two/same"
