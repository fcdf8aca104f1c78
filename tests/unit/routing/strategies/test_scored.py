"""The default strategy."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.routing.by_hand import HOUSEHOLD, LARGE, MIDDLE, QUALITY, SEEING, SMALL, TINY_CODER, intent, model

from smarterrouter.domain.decisions import Candidate, Moment
from smarterrouter.domain.intent import Category, Reading
from smarterrouter.domain.knowledge import Ability, Standing
from smarterrouter.domain.models import Price, Size
from smarterrouter.routing.strategies.scored import Scored
from smarterrouter.routing.weights import RoutingWeights, weights_for

CHATTERS = HOUSEHOLD[:-1]
NOW = Moment()


@pytest.fixture
def scored() -> Scored:
    return Scored(RoutingWeights(), QUALITY)


def names(candidates: tuple[Candidate, ...]) -> list[str]:
    return [candidate.model.name for candidate in candidates]


def test_totals_are_the_sum_of_named_signals(scored: Scored) -> None:
    for candidate in scored.rank(intent(Category.CODE, 0.7), CHATTERS, Moment(loaded=frozenset({SMALL.key})), 1):
        assert candidate.total == pytest.approx(sum(candidate.signals.values()))


def test_b18_hard_prefers_large_and_simple_may_use_small(scored: Scored) -> None:
    hard = scored.rank(intent(Category.CODE, 0.8), CHATTERS, NOW, 1)
    assert (hard[0].model.size.parameters_b or 0) >= 14
    simple = scored.rank(intent(Category.KNOWLEDGE, 0.02), CHATTERS, NOW, 1)
    assert (simple[0].model.size.parameters_b or 0) <= 8


def test_b07_each_missing_billion_costs_ten(scored: Scored) -> None:
    signals = {c.model.name: c.signals for c in scored.rank(intent(Category.CODE, 0.8), CHATTERS, NOW, 1)}
    assert signals[TINY_CODER.name]["minimum"] == pytest.approx(-10 * (8 - 0.49))
    assert signals[SEEING.name]["minimum"] == pytest.approx(-8.0)
    assert "minimum" not in signals[MIDDLE.name]


def test_b04_preference_moves_the_choice(scored: Scored) -> None:
    medium = {p: scored.rank(intent(Category.KNOWLEDGE, 0.35, p), CHATTERS, NOW, 1)[0].model for p in (0.0, 0.5, 1.0)}
    sizes = [medium[p].size.parameters_b or 0 for p in (0.0, 0.5, 1.0)]
    assert sizes == sorted(sizes)
    assert sizes[0] < 8 < sizes[2]


def test_b21_prefer_smaller_and_newer_are_switches() -> None:
    simple = intent(Category.KNOWLEDGE, 0.1)
    dated = (model("old", 8, created=1_600_000_000), model("new", 8, created=1_790_000_000))
    assert names(Scored(weights_for(), QUALITY).rank(simple, dated, NOW, 1)) == ["new", "old"]
    assert names(Scored(weights_for(prefer_newer=False), QUALITY).rank(simple, dated, NOW, 1)) == ["old", "new"]
    on, off = (Scored(weights_for(prefer_smaller=way), QUALITY).rank(simple, CHATTERS, NOW, 1) for way in (True, False))
    assert any("smaller" in candidate.signals for candidate in on)
    assert not any("smaller" in candidate.signals for candidate in off)


def test_tools_go_to_models_known_to_call_them_first_and_unknown_ones_stay(scored: Scored) -> None:
    unknown = model("unknown:70b", 70)
    ranked = scored.rank(intent(Category.TOOLS, 0.6, tools=True), (unknown, SMALL, LARGE), NOW, 1)
    assert names(ranked) == [LARGE.name, SMALL.name, unknown.name]


def test_names_are_used_weakly(scored: Scored) -> None:
    alike = (model("plain:8b", 8), model("some-coder:8b", 8))
    assert names(scored.rank(intent(Category.CODE, 0.3), alike, NOW, 1))[0] == "some-coder:8b"
    apart = (model("plain:32b", 32), model("some-coder:3b", 3))
    assert names(scored.rank(intent(Category.CODE, 0.8), apart, NOW, 1))[0] == "plain:32b"


def test_a_loaded_model_wins_among_equals(scored: Scored) -> None:
    equals = (model("a", 8, loaded=False), model("b", 8, loaded=False))
    assert names(scored.rank(intent(), equals, NOW, 1)) == ["a", "b"]
    assert names(scored.rank(intent(), equals, Moment(loaded=frozenset({"o/b"})), 1)) == ["b", "a"]
    assert names(scored.rank(intent(), equals, NOW, 1)) == ["a", "b"]


def test_b19_a_model_chosen_often_steps_back_among_equals_only(scored: Scored) -> None:
    equals = (model("a", 8), model("b", 8))
    busy = Moment(recent={"o/a": 1.0})
    assert names(scored.rank(intent(), equals, busy, 1)) == ["b", "a"]
    hard = intent(Category.CODE, 0.9)
    clear = scored.rank(hard, CHATTERS, NOW, 1)[0].model
    assert scored.rank(hard, CHATTERS, Moment(recent={clear.key: 1.0}), 1)[0].model is clear


def test_an_open_breaker_sends_every_model_of_the_backend_to_the_end(scored: Scored) -> None:
    down = tuple(model(f"d{each}", 70 + each, backend="down") for each in range(12))
    up = model("up", 1, backend="up")
    ranked = scored.rank(intent(Category.CODE, 0.9), (*down, up), Moment(busy=frozenset({"down"})), 1)
    assert ranked[0].model is up
    assert len(ranked) == 13


def test_a_ranking_follows_the_snapshot_and_the_pool(scored: Scored) -> None:
    hard = intent(Category.CODE, 0.81)
    assert scored.rank(hard, (SMALL, LARGE), NOW, 1)[0].model is LARGE
    assert scored.rank(hard, (SMALL,), NOW, 1)[0].model is SMALL
    better = msgspec.structs.replace(SMALL, standing=Standing((Ability(9.0, 0.1),) * 8, "profile"), size=Size(12, 12))
    assert scored.rank(hard, (better, LARGE), NOW, 2)[0].model is better


def test_the_order_of_questions_does_not_change_answers() -> None:
    one, other = Scored(RoutingWeights(), QUALITY), Scored(RoutingWeights(), QUALITY)
    for value in (0.80, 0.84):
        one.rank(intent(Category.CODE, value), CHATTERS, NOW, 1)
    ranked = other.rank(intent(Category.CODE, 0.84), CHATTERS, NOW, 1)
    assert [c.total for c in one.rank(intent(Category.CODE, 0.84), CHATTERS, NOW, 1)] == [c.total for c in ranked]


def test_memory_is_bounded(scored: Scored) -> None:
    for each in range(600):
        scored.rank(intent(preference=each / 600), (SMALL,), NOW, 1)
    pools = [(SMALL,), *((SMALL, model(f"m{each}", 3)) for each in range(300))]
    for pool in pools:
        scored.rank(intent(), pool, NOW, 1)
    assert len(scored._pools) <= 256
    assert all(len(pool.kinds) <= 256 for pool in scored._pools.values())


def test_every_candidate_says_what_it_would_cost(scored: Scored) -> None:
    dear = model("dear", 70, local=False, price=Price(3.0, 15.0))
    asked = intent(Category.CODE, 0.8, prompt_tokens=1000, answer_tokens=100)
    found = {c.model.name: c for c in scored.rank(asked, (dear, SMALL), NOW, 1)}
    assert found["dear"].dollars == pytest.approx(1000 * 3e-6 + 100 * 15e-6)
    assert found["dear"].signals["money"] == pytest.approx(-found["dear"].dollars / 0.2)
    assert found[SMALL.name].dollars == 0
    assert found["dear"].seconds > 0
    assert 0 < found[SMALL.name].quality < found["dear"].quality < 1


@given(st.permutations(CHATTERS), st.sampled_from(tuple(Category)), st.floats(0, 1), st.floats(0, 1))
def test_permuting_models_changes_nothing(order, category, complexity, preference) -> None:
    asked = intent(category, complexity, preference)
    fresh = Scored(RoutingWeights(), QUALITY)
    usual, shuffled = fresh.rank(asked, CHATTERS, NOW, 1), fresh.rank(asked, tuple(order), NOW, 1)
    assert {c.model.key: c.total for c in usual} == pytest.approx({c.model.key: c.total for c in shuffled})
    assert usual[0].model is shuffled[0].model


@given(st.sampled_from(tuple(Category)), st.floats(0, 1), st.floats(0, 1), st.floats(0.01, 500), st.floats(1.01, 100))
def test_a_higher_price_never_wins_requests(category, complexity, preference, price, factor) -> None:
    asked, others = intent(category, complexity, preference, prompt_tokens=500), (SMALL, MIDDLE)
    chosen = []
    for each in (price, price * factor):
        dear = model("dear", 70, local=False, price=Price(each, each))
        chosen.append(Scored(RoutingWeights(), QUALITY).rank(asked, (dear, *others), NOW, 1)[0].model.name == "dear")
    assert chosen != [False, True]


@given(st.sampled_from(tuple(Category)), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_more_preference_for_quality_never_lowers_it(category, complexity, one, other) -> None:
    """For the work itself: the small opinions about small models are switched off."""
    plain = Scored(weights_for(prefer_smaller=False, prefer_newer=False), QUALITY)
    models = (model("a", 3), model("b", 14), model("c", 70, local=False, price=Price(1.0, 5.0)))
    low, high = (plain.rank(intent(category, complexity, p), models, NOW, 1)[0] for p in sorted((one, other)))
    assert high.quality >= low.quality - 1e-9


@given(st.sampled_from(tuple(Category)), st.floats(0, 1), st.floats(0, 1))
def test_a_model_more_changes_the_choice_only_to_itself(category, complexity, preference) -> None:
    asked, more = intent(category, complexity, preference), model("more", 14)
    without, with_it = (
        Scored(RoutingWeights(), QUALITY).rank(asked, models, NOW, 1)[0].model
        for models in (CHATTERS, (*CHATTERS, more))
    )
    assert with_it in (without, more)


def test_five_hundred_equal_models_keep_the_order_of_the_snapshot(scored: Scored) -> None:
    many = tuple(model(f"m{each:03}", 8) for each in range(500))
    assert names(scored.rank(intent(Category.CODE, 0.5), many, NOW, 1)) == [each.name for each in many]


def test_exploring_is_rare_near_the_best_and_the_same_every_time() -> None:
    greedy = Scored(RoutingWeights(), QUALITY)
    curious = Scored(msgspec.structs.replace(RoutingWeights(), exploration=0.02), QUALITY)
    sure, unsure, weak = (Standing((Ability(*found),) * 8, "size") for found in ((0.0, 0.2), (-0.2, 0.9), (-3.0, 0.9)))
    pair = (model("known", 8, standing=sure), model("new", 8, standing=unsure))
    far = (pair[0], model("far", 8, standing=weak))
    changed = 0
    for number in range(3000):
        reading = Reading((0.125,) * 8, number / 1000 - 1.5)
        asked = msgspec.structs.replace(intent(Category.CODE, 0.3), reading=reading)
        ranked = curious.rank(asked, pair, NOW, 1)
        changed += names(ranked) != names(greedy.rank(asked, pair, NOW, 1))
        assert names(curious.rank(asked, pair, NOW, 1)) == names(ranked)
        assert curious.rank(asked, far, NOW, 1)[0].model.name == "known"
    assert 0.005 < changed / 3000 < 0.03
