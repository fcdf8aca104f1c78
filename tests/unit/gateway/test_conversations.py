"""`Conversations`: remembers, forgets, and holds."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.doubles.in_process import model

from smarterrouter.domain.decisions import Candidate, Decision
from smarterrouter.domain.intent import Category, Intent, Needs
from smarterrouter.gateway.conversation_keys import ConversationKey, key_of
from smarterrouter.gateway.conversations import Conversations
from smarterrouter.routing.preference import Rates
from smarterrouter.routing.weights import RoutingWeights
from smarterrouter.wire.calls import ChatCall

WEIGHTS = RoutingWeights()
RATES = Rates(dollar=5.0, second=0.002)
ALICE = [(b"authorization", b"Bearer alice")]
BOB = [(b"authorization", b"Bearer bob")]
HELLO = {"role": "user", "content": "Hello there."}
ANSWER = {"role": "assistant", "content": "Hello."}
CALLED = {"role": "assistant", "tool_calls": [{"id": "c1", "function": {"name": "f", "arguments": "{}"}}]}
RESULT = {"role": "tool", "tool_call_id": "c1", "content": "21"}
MODELS = [model(f"{backend}/m") for backend in ("one", "two", "three")]


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def call(*messages: Any, **members: Any) -> ChatCall:
    return ChatCall.decode(json.dumps({"messages": messages, **members}).encode())


def decision(*totals: float) -> Decision:
    """`one/m`, `two/m`, `three/m` with these totals, best first."""
    ranked = sorted(zip(MODELS, totals or (0.8, 0.8, 0.8), strict=False), key=lambda pair: -pair[1])
    candidates = tuple(Candidate(each, total) for each, total in ranked)
    return Decision(candidates, Intent(Category.CHAT, 0.2, Needs(prompt_tokens=100)), "scored", 1)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def memory(clock: Clock) -> Conversations:
    return Conversations(WEIGHTS, clock)


def first(memory: Conversations, seen: ChatCall, headers: Any = ALICE, **more: Any) -> str:
    return memory.hold(key_of(seen, headers), seen, decision(), RATES, **more).candidates[0].model.key


def answered(memory: Conversations, seen: ChatCall, name: str = "two/m", headers: Any = ALICE, **more: Any) -> None:
    memory.remember(key_of(seen, headers), name, decision(), **more)


def test_the_second_turn_goes_to_the_model_of_the_first(memory):
    answered(memory, call(HELLO))
    assert first(memory, call(HELLO, ANSWER, HELLO)) == "two/m"
    assert first(memory, call(HELLO, ANSWER, HELLO), BOB) == "one/m"


def test_the_same_opening_again_is_a_new_conversation(memory):
    answered(memory, call(HELLO))
    assert first(memory, call(HELLO)) == "one/m"
    answered(memory, call(HELLO, ANSWER, HELLO))
    assert first(memory, call(HELLO, ANSWER, HELLO)) == "one/m"
    assert first(memory, call(HELLO)) == "one/m"


def test_a_tool_round_goes_on_although_the_client_has_cut_the_conversation(memory):
    answered(memory, call(HELLO, CALLED, RESULT, CALLED, RESULT))
    assert first(memory, call(HELLO, CALLED, RESULT)) == "two/m"


def test_a_named_conversation_need_not_grow(memory):
    named = [*ALICE, (b"x-session-id", b"s")]
    answered(memory, call(HELLO), headers=named)
    assert first(memory, call(HELLO), named) == "two/m"
    assert first(memory, call({"role": "user", "content": "Only what is new."}), named) == "two/m"
    assert first(memory, call(HELLO), [*BOB, (b"x-session-id", b"s")]) == "one/m"


def test_helpers_of_an_agent_do_not_move_its_main_thread(memory):
    named = [*ALICE, (b"x-session-id", b"s")]
    helper = {"role": "user", "content": "Find a title."}
    answered(memory, call(HELLO), "two/m", named)
    answered(memory, call(helper), "three/m", named)
    assert first(memory, call(HELLO, ANSWER, HELLO), named) == "two/m"
    assert first(memory, call(helper, ANSWER, helper), named) == "three/m"


def test_a_quiet_conversation_is_forgotten_after_an_hour(memory, clock):
    answered(memory, call(HELLO))
    clock.now = 3600.0
    assert first(memory, call(HELLO, ANSWER, HELLO)) == "two/m"
    clock.now = 3600.1
    assert first(memory, call(HELLO, ANSWER, HELLO)) == "one/m"
    assert len(memory) == 0


def test_a_failure_ends_it(memory):
    named = [*ALICE, (b"x-session-id", b"s")]
    for headers in (ALICE, named):
        answered(memory, call(HELLO), headers=headers)
        memory.failed(key_of(call(HELLO), headers), "one/m")
        assert first(memory, call(HELLO, ANSWER, HELLO), headers) == "two/m"
        memory.failed(key_of(call(HELLO), headers), "two/m")
        assert first(memory, call(HELLO, ANSWER, HELLO), headers) == "one/m"
    assert len(memory) == 0


def test_who_failed_does_not_lead_again_in_this_conversation(memory):
    answered(memory, call(HELLO), "two/m", failed=("one/m",))
    longer = call(HELLO, ANSWER, HELLO)
    answered(memory, longer, "two/m")
    for headers, expected in ((ALICE, "two/m"), (BOB, "one/m")):
        key = key_of(call(HELLO, ANSWER, HELLO, ANSWER, HELLO), headers)
        assert memory.hold(key, longer, decision(0.9, 0.1), RATES).candidates[0].model.key == expected


def test_failures_of_long_conversations_stay_few(memory):
    for number in range(10):
        answered(memory, call(HELLO), "two/m", failed=(f"one/{number}", "two/m"))
    [known] = memory._known.values()
    assert known.failed == ("one/6", "one/7", "one/8", "one/9")


def test_a_busy_backend_is_passed_over(memory):
    answered(memory, call(HELLO))
    assert first(memory, call(HELLO, CALLED, RESULT), busy=frozenset({"two"})) == "one/m"
    assert first(memory, call(HELLO, CALLED, RESULT)) == "two/m"


def test_the_memory_has_a_bound_and_forgets_who_was_quiet_the_longest(clock):
    memory = Conversations(WEIGHTS, clock, at_most=3)
    calls = [call({"role": "user", "content": str(number)}) for number in range(4)]
    for seen in [*calls[:3], calls[0], calls[3]]:
        answered(memory, seen)
    assert len(memory) == 3
    known = [key_of(seen, ALICE).thread in memory._known for seen in calls]
    assert known == [True, False, True, True]


def test_unknown_conversations_cost_no_new_decision(memory):
    decided = decision()
    assert memory.hold(key_of(call(HELLO), ALICE), call(HELLO), decided, RATES) is decided


keys = st.sampled_from([bytes([number]) * 16 for number in range(6)])
steps = st.lists(
    st.tuples(
        st.sampled_from(["remember", "fail", "wait"]),
        keys,
        st.none() | keys,
        st.sampled_from(["one/m", "two/m", "gone"]),
    ),
    max_size=30,
)


@given(steps, st.integers(1, 5))
def test_any_history_stays_within_the_bound_and_keeps_tool_rounds(history, at_most):
    clock = Clock()
    memory = Conversations(WEIGHTS, clock, at_most=at_most)
    going_on = call(HELLO, CALLED, RESULT)
    for what, thread, session, name in history:
        key = ConversationKey(thread, session, 1)
        if what == "remember":
            memory.remember(key, name, decision())
            if name != "gone":
                later = ConversationKey(thread, session, 3)
                for totals in ((0.9, 0.1, 0.5), (0.1, 0.9, 0.5), (0.5, 0.1, 900.0)):
                    assert memory.hold(later, going_on, decision(*totals), RATES).candidates[0].model.key == name
        elif what == "fail":
            memory.failed(key, name)
        else:
            clock.now += 1800
        assert len(memory) <= at_most


@given(st.permutations(range(8)))
@settings(max_examples=30)
def test_the_order_in_which_others_were_remembered_changes_nothing(order):
    calls = [call({"role": "user", "content": str(number)}) for number in range(8)]
    memory = Conversations(WEIGHTS, Clock())
    for place in order:
        answered(memory, calls[place], MODELS[place % 3].key)
    for place in reversed(order):
        going_on = call({"role": "user", "content": str(place)}, ANSWER, HELLO)
        assert first(memory, going_on) == MODELS[place % 3].key
