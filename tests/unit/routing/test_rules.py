"""What rules do to models and candidates."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.routing.by_hand import EMBEDDING, HOUSEHOLD, LARGE, SEEING, SMALL, TINY_CODER, intent, model

from smarterrouter.domain.decisions import Candidate
from smarterrouter.domain.models import Model, Price
from smarterrouter.errors import ContextTooLong, NoEligibleModel, NoModels
from smarterrouter.routing import rules as rules_module
from smarterrouter.routing.eligibility import eligible
from smarterrouter.routing.policy import Policy
from smarterrouter.routing.rules import NO_RULES, Rules, ordered_under, permitted, pool_under
from smarterrouter.settings.rules import RulesEntry

DEAR = model("grand", 300, backend="vendor", local=False, price=Price(3, 15))
FAIR = model("fair", 30, backend="vendor", local=False, price=Price(0.1, 0.4))
UNPRICED = model("riddle", 30, backend="vendor", local=False)
ALL = (*HOUSEHOLD, DEAR, FAIR, UNPRICED)


def under(*rules: dict[str, Any]) -> Rules:
    named = [{"name": f"r{place}", **rule} for place, rule in enumerate(rules)]
    return Policy.of(RulesEntry.model_validate({"rules": named})).rules_for("", "", intent())


def against(rules: Rules, found: Model) -> str:
    """Why a rule leaves this model out; empty when none does."""
    return next((reason for limit in rules.limits if (reason := limit.against(found))), "")


def keys(models: tuple[Model, ...]) -> set[str]:
    return {found.key for found in models}


def candidates(**totals: float) -> tuple[Candidate, ...]:
    """By name, best first; each is expected to take ten times its total in seconds."""
    ordered = sorted(totals.items(), key=lambda one: -one[1])
    return tuple(Candidate(model(name, 7), total, {"size": total}, 0.5, 0.1, total * 10) for name, total in ordered)


def names(found: tuple[Candidate, ...]) -> list[str]:
    return [candidate.model.name for candidate in found]


def test_without_rules_the_pool_is_the_usual_one() -> None:
    assert pool_under(NO_RULES, intent(), ALL) == eligible(intent(), ALL)


def test_only_what_is_allowed_and_not_denied_may_serve() -> None:
    pool = pool_under(under({"allow": ["llama*", "vendor/*"]}, {"deny": "GRAND"}), intent(), ALL)
    assert keys(pool.models) == {SMALL.key, LARGE.key, FAIR.key, UNPRICED.key}
    assert pool.excluded[SEEING.key] == "the rule `r0` allows only llama*, vendor/*"
    assert pool.excluded[DEAR.key] == "the rule `r1` denies it"


def test_a_cap_on_prices_lets_local_models_pass_and_stops_unknown_prices() -> None:
    rules = under({"max_price": 0.4})
    assert {key for key in keys(ALL) if not any(against(rules, each) for each in ALL if each.key == key)} == {
        *(each.key for each in HOUSEHOLD),
        FAIR.key,
    }
    assert against(rules, DEAR) == "the rule `r0` allows at most $0.4 a million tokens"
    assert against(rules, UNPRICED) == "the rule `r0` caps the price, and its price is not known"


def test_a_rule_that_leaves_nobody_is_named() -> None:
    with pytest.raises(NoEligibleModel) as refused:
        pool_under(under({"allow": "vendor/*"}, {"deny": "nothing"}, {"deny": "*"}), intent(), ALL)
    assert refused.value.message == (
        "The rule `r2` leaves none of the models that `r0`, `r1` left: the rule `r2` denies it."
    )
    with pytest.raises(NoEligibleModel, match="The rule `r0` leaves none of the models: the rule `r0` allows only x"):
        pool_under(under({"allow": "x"}), intent(), ALL)


def test_of_no_models_none_can_be_left_out() -> None:
    assert permitted(under({"allow": "x"}), ()) == ([], {})
    with pytest.raises(NoModels):
        pool_under(under({"allow": "x"}), intent(), ())


@pytest.mark.parametrize(
    ("allow", "wanted", "error"),
    [
        (TINY_CODER.name, intent(vision=True), NoEligibleModel),
        (EMBEDDING.name, intent(), NoEligibleModel),
        ("short", intent(prompt_tokens=90_000), ContextTooLong),
    ],
)
def test_when_the_rest_cannot_serve_the_rules_are_named_too(allow: str, wanted: Any, error: type[Exception]) -> None:
    short = model("short", 7, context_tokens=1000)
    with pytest.raises(error, match="Rules leave 1 of 10 models: `r0`"):
        pool_under(under({"allow": allow}), wanted, (*ALL, short))


def test_rules_that_excluded_nobody_are_not_blamed() -> None:
    with pytest.raises(NoEligibleModel) as refused:
        pool_under(under({"allow": "*"}), intent(vision=True), (SMALL, LARGE))
    assert "Rules leave" not in refused.value.message


def test_a_backend_that_answers_is_given_up_before_a_rule_is() -> None:
    away = model("away", 7, unreachable=True)
    pool = pool_under(under({"allow": "away"}), intent(), (SMALL, away))
    assert pool.models == (away,)
    assert "reachable" in pool.relaxed


def test_preferred_models_go_ahead_within_the_margin() -> None:
    rules = under({"prefer": ["c", "b"], "margin": 0.2})
    found, slow = ordered_under(rules, candidates(a=1.0, b=0.85, c=0.82))
    assert names(found) == ["c", "a", "b"]  # b has half of the margin
    assert (found[0].total, dict(found[0].signals)) == (pytest.approx(1.02), {"size": 0.82, "prefer": 0.2})
    assert (len(found[0].signals), found[0].quality, found[0].dollars) == (2, 0.5, 0.1)
    assert not slow
    assert names(ordered_under(rules, candidates(a=1.0, b=0.85, c=0.79))[0]) == ["a", "c", "b"]


def test_nothing_to_change_gives_the_same_tuple() -> None:
    ranked = candidates(a=1.0, b=0.5)
    assert ordered_under(NO_RULES, ranked)[0] is ranked
    assert ordered_under(under({"max_seconds": 10, "allow": "*"}), ranked)[0] is ranked


def test_what_takes_too_long_is_out() -> None:
    found, slow = ordered_under(under({"max_seconds": 9}, {"max_seconds": 8}), candidates(a=1.0, b=0.85, c=0.5))
    assert names(found) == ["c"]
    assert slow["o/a"] == "the rule `r1` allows 8 s, and about 10 are expected"
    with pytest.raises(NoEligibleModel, match="the rule `r0` allows 1 s, and the quickest takes about 5 s"):
        ordered_under(under({"max_seconds": 1}), candidates(a=1.0, c=0.5))


def test_bonuses_are_remembered_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules_module, "_REMEMBERED", 2)
    rules = under({"prefer": "m*", "margin": 0.1})
    assert [rules.bonus(model(f"m{number}")) for number in range(5)] == [0.1] * 5
    assert rules.bonus(SMALL) == 0.0
    assert len(rules.bonuses) <= 2


@given(
    st.lists(st.sampled_from(["*", "llama*", "*coder*", "vendor/*", "nothing"]), min_size=1, max_size=4), st.booleans()
)
def test_rules_never_let_in_whom_they_leave_out(globs: list[str], deny: bool) -> None:
    rules = under({"deny" if deny else "allow": globs}, {"max_price": 1})
    admitted = [each for each in ALL if not against(rules, each)]
    if not admitted:
        with pytest.raises(NoEligibleModel, match="`r0`"):
            pool_under(rules, intent(), ALL)
        return
    pool = pool_under(rules, intent(), ALL)
    assert keys(pool.models) <= keys(tuple(admitted)) & keys(eligible(intent(), ALL).models)
    assert keys(pool.models) | set(pool.excluded) == keys(ALL)
