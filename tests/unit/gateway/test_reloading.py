"""New rules count only when nothing is wrong with them."""

import logging

import pytest
from tests.doubles.in_process import model

from smarterrouter.catalog.snapshot import Naming, build
from smarterrouter.domain.decisions import Candidate, Decision
from smarterrouter.errors import NoModels
from smarterrouter.gateway.policies import Policies
from smarterrouter.gateway.reloading import Deciding, Reloading, RulesWrong, TestsFailed
from smarterrouter.routing.expectations import Outcome
from smarterrouter.routing.policy import Policy
from smarterrouter.routing.rules import pool_under
from smarterrouter.settings.file import read_rules

NAME = "smarterrouter.yaml"
MODELS = (model("one/a"), model("one/b"), model("two/c", unreachable=True))
EFFECTS = "allow, deny, prefer, max_price, max_seconds, strategy or preference"
OLD = "{rules: [{name: old, deny: nobody}]}"


class World:
    """What the file says can be changed; the first model that rules admit is chosen."""

    def __init__(self):
        self.text = OLD
        self.models = MODELS
        self.policies = Policies(Policy.of(read_rules(f"routing: {OLD}", NAME, {}).rules))
        self.old = self.policies.current
        deciding = Deciding(self.decide, self.snapshot, ["best", "scored"], 0.5, 0.1)
        self.reloading = Reloading(self.policies, lambda: read_rules(f"routing: {self.text}", NAME, {}), deciding)

    def snapshot(self):
        return build(1, self.models, Naming(aliases={"smart": ["a", "auto"], "fast": ["a"]}))

    def decide(self, intent, rules):
        if not self.models:
            raise NoModels("nobody")
        pool = pool_under(rules, intent, self.models)
        return Decision(tuple(Candidate(each, 0.0) for each in pool.models), intent, "scored", 1, pool.excluded)


@pytest.fixture
def world():
    return World()


def test_good_rules_are_put_in_force(world):
    world.text = (
        "{rules: [{name: new, deny: a, strategy: best}], tests: [{prompt: Hi, expect: b}, {prompt: Hi, expect: c}]}"
    )
    trials = world.reloading.reload()
    assert [trial.outcome for trial in trials] == [Outcome.PASSED, Outcome.OPEN]
    assert [rule.entry.name for rule in world.policies.current.rules] == ["new"]


def test_every_mistake_is_named_and_nothing_changes(world):
    world.text = (
        "{rules: [{name: a}, {name: b, alow: x, deny: y}, {name: c, deny: y, strategy: beast}], tests: [{prompt: x}]}"
    )
    with pytest.raises(RulesWrong) as refused:
        world.reloading.reload()
    assert refused.value.message.splitlines() == [
        "The routing rules in the file are refused, and those in force stay:",
        f"smarterrouter.yaml: routing.rules[0]: does nothing; give it {EFFECTS}",
        "smarterrouter.yaml: routing.rules[1].alow: there is no such name. Did you mean allow?",
        "smarterrouter.yaml: routing.tests[0].expect: is missing",
    ]
    assert world.policies.current is world.old


def test_an_unknown_strategy_is_a_mistake(world):
    world.text = "{rules: [{name: c, strategy: beast}]}"
    with pytest.raises(RulesWrong, match=r"no strategy 'beast'\. Did you mean best"):
        world.reloading.reload()
    assert world.policies.current is world.old


def test_every_failing_test_is_named_and_nothing_changes(world):
    tests = "{prompt: Hi, expect: a}, {prompt: Ho, expect: b}, {prompt: Hello, expect: logic}"
    world.text = f"{{rules: [{{name: x, deny: a}}], tests: [{tests}]}}"
    with pytest.raises(TestsFailed) as refused:
        world.reloading.reload()
    assert refused.value.status == 409
    assert refused.value.message.splitlines()[1:] == [
        "test 1 ('Hi'): one/b would answer, expected was a model like a (one/a: the rule `x` denies it)",
        "test 3 ('Hello'): the category is chat, expected was logic",
    ]
    assert world.policies.current is world.old


def test_a_test_asks_as_a_caller_would(world):
    rule = "{name: x, deny: a, when: {alias: smart, header: secret}}"
    tests = "{prompt: Hi, alias: smart, header: secret, expect: b}, {prompt: Hi, expect: a}"
    world.text = f"{{rules: [{rule}], tests: [{tests}]}}"
    assert {trial.outcome for trial in world.reloading.reload()} == {Outcome.PASSED}
    world.text = f"{{rules: [{rule}], tests: [{{prompt: Hi, header: secrets, expect: b}}]}}"
    with pytest.raises(TestsFailed, match="nothing can answer: No rule here knows the policy `secrets`"):
        world.reloading.reload()


def test_without_models_tests_stay_open_and_rules_count(world):
    world.models = ()
    world.text = "{rules: [{name: x, deny: a}], tests: [{prompt: Hi, expect: chat}]}"
    assert [trial.outcome for trial in world.reloading.reload()] == [Outcome.OPEN]
    assert world.policies.current is not world.old


def test_a_signal_is_answered_in_the_log(world, caplog):
    caplog.set_level(logging.INFO)
    world.text = "{rules: [{name: x, deny: a}]}"
    world.reloading.hung_up()
    assert f"1 routing rules are in force ({world.policies.current.hash})" in caplog.text
    world.text = "[]"
    before = world.policies.current
    world.reloading.hung_up()
    assert "routing: must be a mapping of rules and tests" in caplog.text
    assert world.policies.current is before


def test_remarks_know_the_names_that_are_routed(world):
    world.text = "{rules: [{name: x, prefer: zz, when: {alias: [auto, smart, smarterrouter/main, fast]}}]}"
    world.reloading.reload()
    assert world.reloading.remarks() == [
        "the rule `x`: no name that the router chooses for is like 'fast' in when.alias",
        "the rule `x`: no model that is known now is like 'zz' in prefer",
    ]
