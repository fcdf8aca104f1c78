import json

import pytest
from tests.doubles.in_process import model

from smarterrouter.domain.decisions import Candidate, Decision, Moment
from smarterrouter.domain.intent import Category, Intent, Needs
from smarterrouter.errors import NoEligibleModel
from smarterrouter.routing.premises import StoredPolicy
from smarterrouter.routing.recorded import Outcome, Recorded
from smarterrouter.routing.replay import EXAMPLES, Past, Replay, compare, led_by

A, B, C = (model(f"one/{name}") for name in "abc")
MODELS = (A, B, C)
OLD, NEW = StoredPolicy(), StoredPolicy(preference=1.0)
INTENT = Intent(Category.CODE, 0.3, Needs(prompt_tokens=9))


def decision(*models, totals=(3.0, 2.0, 1.0)):
    lines = [
        Candidate(one, total, quality=total / 4, dollars=total / 100, seconds=total)
        for one, total in zip(models, totals, strict=False)
    ]
    return Decision(tuple(lines), INTENT, "scored", 1)


def past(found, identity="r1", **more):
    recorded = Recorded(INTENT, Moment(), Outcome.of(found.candidates))
    return Past(identity, 1.0, "auto", found.candidates[0].model.key, recorded, **more)


class Told:
    """Decides as it is told, by policy."""

    def __init__(self, was, then):
        self.was, self.then = was, then

    def __call__(self, policy):
        return self

    def as_it_was(self, past, models, snapshot):
        if self.was is None:
            raise NoEligibleModel("nobody")
        return self.was

    def anew(self, past, old, models, snapshot):
        assert old == OLD
        if self.then is None:
            raise NoEligibleModel("nobody")
        return self.then


@pytest.mark.parametrize(
    ("now", "difference"),
    [
        (decision(A, B, C), ""),
        (decision(B, A, C), "choice"),
        (decision(A, C, B), "order"),
        (decision(A, B), "order"),
        (decision(A, B, C, totals=(3.0, 2.0, 1.0 + 2**-50)), "totals"),
    ],
)
def test_the_first_thing_that_differs_is_named(now, difference):
    found = compare(past(decision(A, B, C)), now)
    assert found.difference == difference
    assert found.identical == (not difference)


def test_what_led_leads_again_and_the_others_keep_their_order():
    found = led_by(decision(A, B, C), "one/c", "it is warm")
    assert [candidate.model for candidate in found.candidates] == [C, A, B]
    assert found.held == "it is warm"
    assert led_by(decision(A, B), "one/c").candidates == decision(A, B).candidates


@pytest.mark.parametrize(
    ("more", "led"),
    [({}, False), ({"held": "warm"}, True), ({"strategy": "dispatcher"}, True), ({"strategy": "try:dispatcher"}, True)],
)
def test_conversations_and_a_models_word_are_inputs(more, led):
    assert past(decision(A), **more).led == led


def test_the_same_again_is_identical_and_nothing_is_weighed_without_a_new_policy():
    replaying = Replay(Told(decision(A, B), None))
    replaying.run(past(decision(A, B)), OLD, MODELS, 1)
    assert replaying.tally.report(compared=False) == {
        "replayed": 1,
        "identical": 1,
        "differing": [],
        "missing": {},
    }


def test_what_differs_is_named_by_its_request():
    replaying = Replay(Told(decision(B, A), None))
    for number in range(EXAMPLES + 5):
        replaying.run(past(decision(A, B), f"r{number}"), OLD, MODELS, 1)
    tally = replaying.tally
    assert (tally.replayed, tally.identical, len(tally.differing)) == (EXAMPLES + 5, 0, EXAMPLES)
    assert tally.differing[0] == ("r0", "choice")


def test_a_decision_that_nobody_could_make_now_differs():
    replaying = Replay(Told(None, None))
    replaying.run(past(decision(A)), OLD, MODELS, 1)
    assert (replaying.tally.replayed, replaying.tally.identical) == (1, 0)
    assert "no_eligible_model" in replaying.tally.differing[0][1]


def test_a_new_policy_is_weighed_in_sums_shares_and_examples():
    replaying = Replay(Told(decision(A, B), decision(B, A, totals=(2.0, 1.0))), NEW)
    for number in range(EXAMPLES + 2):
        replaying.run(past(decision(A, B), f"r{number}"), OLD, MODELS, 1)
    found = json.loads(json.dumps(replaying.tally.report(compared=True)))
    assert (found["identical"], found["changed"], found["refused"]) == (EXAMPLES + 2, EXAMPLES + 2, 0)
    assert found["old"]["shares"] == {"one/a": 1.0}
    assert found["new"]["shares"] == {"one/b": 1.0}
    assert (found["old"]["quality"], found["new"]["quality"]) == (0.75, 0.5)
    assert found["new"]["dollars"] == pytest.approx(0.02 * (EXAMPLES + 2))
    assert (found["old"]["seconds"], found["new"]["seconds"]) == (3.0, 2.0)
    assert len(found["examples"]) == EXAMPLES
    example = found["examples"][0]
    assert (example["id"], example["before"], example["after"]) == ("r0", "one/a", "one/b")
    assert (example["quality"], example["seconds"]) == (-0.25, -1.0)


def test_requests_that_nobody_may_serve_under_the_new_policy_are_counted_apart():
    replaying = Replay(Told(decision(A), None), NEW)
    replaying.run(past(decision(A)), OLD, MODELS, 1)
    assert (replaying.tally.refused, replaying.tally.old.requests, replaying.tally.identical) == (1, 0, 1)
    assert replaying.tally.report(compared=True)["new"] == {
        "requests": 0,
        "quality": 0.0,
        "dollars": 0.0,
        "seconds": 0.0,
        "shares": {},
    }
