"""`Policy.rules_for`: which rules apply to a request, and how they are merged."""

from time import perf_counter
from typing import Any

import pytest
from tests.unit.routing.by_hand import intent

from smarterrouter.domain.intent import Category
from smarterrouter.errors import BadRequest
from smarterrouter.routing import policy as policy_module
from smarterrouter.routing.policy import Policy, unknown_strategies
from smarterrouter.routing.rules import NO_RULES
from smarterrouter.settings.rules import RulesEntry

CHAT = intent(Category.CHAT, 0.1)
HARD_CODE = intent(Category.CODE, 0.8)


def entry(*rules: dict[str, Any]) -> RulesEntry:
    return RulesEntry.model_validate({"rules": rules})


def policy(*rules: dict[str, Any]) -> Policy:
    return Policy.of(entry(*rules))


def applying(when: dict[str, Any], alias: str = "", header: str = "", about: Any = CHAT) -> bool:
    known = {"name": "known", "when": {"header": ["fast", "private"]}, "deny": "nothing"}
    return "a" in policy({"name": "a", "when": when, "deny": "x"}, known).rules_for(alias, header, about).names


def test_without_rules_nothing_applies() -> None:
    assert policy().rules_for("auto", "", HARD_CODE) is NO_RULES
    assert policy().hash == ""


@pytest.mark.parametrize(
    ("when", "asked"),
    [
        ({}, {}),
        ({"alias": "auto"}, {}),
        ({"alias": "auto"}, {"alias": "auto"}),
        ({"alias": ["x", "fast*"]}, {"alias": "Fast-one"}),
        ({"category": ["chat", "code"]}, {}),
        ({"difficulty": "hard"}, {"about": HARD_CODE}),
        ({"header": "Private"}, {"header": " private "}),
        ({"header": "fast", "alias": "a", "category": "code", "difficulty": "hard"},
         {"header": "fast", "alias": "a", "about": HARD_CODE}),
    ],
)  # fmt: skip
def test_a_rule_applies_when_all_conditions_hold(when: dict[str, Any], asked: dict[str, Any]) -> None:
    assert applying(when, **asked)


@pytest.mark.parametrize(
    ("when", "asked"),
    [
        ({"alias": "auto"}, {"alias": "fast"}),
        ({"alias": "fast"}, {}),
        ({"category": "code"}, {}),
        ({"difficulty": ["simple", "medium"]}, {"about": HARD_CODE}),
        ({"header": "private"}, {}),
        ({"header": "private"}, {"header": "fast"}),
        ({"header": "fast", "category": "code"}, {"header": "fast"}),
    ],
)
def test_one_condition_that_does_not_hold_is_enough(when: dict[str, Any], asked: dict[str, Any]) -> None:
    assert not applying(when, **asked)


def test_where_nothing_is_read_rules_about_reading_do_not_apply() -> None:
    assert applying({"alias": "auto", "header": "fast"}, header="fast", about=None)
    assert not applying({"category": list(Category)}, about=None)
    assert not applying({"difficulty": ["simple", "medium", "hard"]}, about=None)


def test_limits_of_all_rules_hold_and_of_the_rest_the_last_counts() -> None:
    first = {"name": "a", "allow": "x*", "prefer": ["p"], "max_seconds": 5, "strategy": "best", "preference": 1}
    second = {"name": "b", "deny": "y", "prefer": ["q"], "margin": 0.3, "max_seconds": 9, "preference": 0}
    found = policy(first, second, {"name": "c", "max_price": 0}).rules_for("", "", CHAT)
    assert found.names == ("a", "b", "c")
    assert [limit.rule for limit in found.limits] == ["a", "b", "c"]
    assert (found.prefer.written, found.margin) == (("q",), 0.3)
    assert (found.max_seconds, found.hurried_by) == (5.0, "a")
    assert (found.strategy, found.preference) == ("best", 0.0)


def test_the_same_rules_are_the_same_object() -> None:
    made = policy({"name": "a", "deny": "x", "when": {"category": "code"}}, {"name": "b", "deny": "y"})
    easy, hard = intent(Category.CODE, 0.1), HARD_CODE
    assert made.rules_for("auto", "", easy) is made.rules_for("other", "", hard)
    assert made.rules_for("auto", "", CHAT) is not made.rules_for("auto", "", hard)


def test_what_is_remembered_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy_module, "_REMEMBERED", 3)
    made = policy({"name": "a", "deny": "x"})
    assert {made.rules_for(f"alias-{number}", "", CHAT).names for number in range(20)} == {("a",)}
    assert len(made._known) <= 3


@pytest.mark.parametrize("rules", [(), ({"name": "a", "when": {"header": "private"}, "deny": "x"},)])
def test_a_header_that_no_rule_knows_is_refused(rules: tuple[dict[str, Any], ...]) -> None:
    with pytest.raises(BadRequest, match="No rule here knows the policy `privat` of the header") as refused:
        policy(*rules).rules_for("", "privat", CHAT)
    assert refused.value.message.endswith("Did you mean private?" if rules else "There are none.")


def test_the_hash_is_of_what_the_rules_say() -> None:
    rule = {"name": "a", "deny": "x"}
    assert policy(rule).hash == policy({**rule, "deny": ["x"], "margin": 0.05}).hash
    assert policy(rule).hash != policy({**rule, "deny": "y"}).hash
    assert policy(rule, {"name": "b", "deny": "x"}).hash != policy({"name": "b", "deny": "x"}, rule).hash
    tests = [{"prompt": "x", "expect": "code"}]
    assert Policy.of(RulesEntry.model_validate({"rules": [rule], "tests": tests})).hash == policy(rule).hash
    assert len(policy(rule).hash) == 12


def test_unknown_strategies_are_named_with_their_place() -> None:
    rules = entry(
        {"name": "a", "strategy": "best"}, {"name": "b", "strategy": "cheepest"}, {"name": "c", "strategy": "x"}
    )
    assert unknown_strategies(rules, ["best", "cheapest"]) == [
        "routing.rules[1].strategy: there is no strategy 'cheepest'. Did you mean cheapest?",
        "routing.rules[2].strategy: there is no strategy 'x'. There are best, cheapest.",
    ]


def test_asking_costs_microseconds() -> None:
    made = policy(*({"name": str(n), "when": {"alias": f"a{n}*", "category": "code"}, "allow": "x"} for n in range(10)))
    best = min(_microseconds(made) for _ in range(5))
    assert best < 5  # about 0.5; the rest is for machines that have other things to do


def _microseconds(made: Policy) -> float:
    before = perf_counter()
    for _ in range(1000):
        made.rules_for("auto", "", HARD_CODE)
    return (perf_counter() - before) * 1000
