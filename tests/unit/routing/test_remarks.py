from typing import Any

from tests.unit.routing.by_hand import HOUSEHOLD

from smarterrouter.domain.models import Model
from smarterrouter.routing.policy import Policy
from smarterrouter.routing.remarks import remarks
from smarterrouter.settings.rules import RulesEntry


def found(rule: dict[str, Any], models: tuple[Model, ...] = HOUSEHOLD) -> list[str]:
    rules = RulesEntry.model_validate({"rules": [{"name": "a", **rule}]})
    return remarks(Policy.of(rules), models, ["smarterrouter/main", "smart"])


def test_rules_that_fit_are_not_remarked_upon() -> None:
    assert found({"allow": ["llama*", "*coder*"], "prefer": "gemma*", "when": {"alias": ["auto", "sm*"]}}) == []
    assert found({"max_seconds": 3, "deny": "*preview*"}) == []


def test_patterns_that_match_nothing_are_told() -> None:
    assert found({"allow": ["llama*", "lama*"], "prefer": "qwn*"}) == [
        "the rule `a`: no model that is known now is like 'lama*' in allow",
        "the rule `a`: no model that is known now is like 'qwn*' in prefer",
    ]


def test_a_rule_that_leaves_nobody_is_told() -> None:
    assert found({"deny": "*"}) == ["the rule `a` leaves none of the models that are known now"]


def test_a_name_that_the_router_does_not_choose_for_is_told() -> None:
    assert found({"deny": "llama*", "when": {"alias": ["smart", "fast"]}}) == [
        "the rule `a`: no name that the router chooses for is like 'fast' in when.alias"
    ]


def test_without_models_nothing_can_be_said_of_them() -> None:
    assert found({"allow": "x"}, ()) == []
