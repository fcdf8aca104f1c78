"""The default strategy."""

import pytest
from tests.unit.routing.by_hand import HOUSEHOLD, LARGE, MIDDLE, SEEING, SMALL, TINY_CODER, intent, model

from smarterrouter.domain.decisions import Candidate, Moment
from smarterrouter.domain.intent import Category
from smarterrouter.routing.strategies.scored import Scored
from smarterrouter.routing.weights import RoutingWeights, weights_for

CHATTERS = HOUSEHOLD[:-1]
NOW = Moment()


@pytest.fixture
def scored() -> Scored:
    return Scored(RoutingWeights())


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
    assert names(Scored(weights_for()).rank(simple, dated, NOW, 1)) == ["new", "old"]
    assert names(Scored(weights_for(prefer_newer=False)).rank(simple, dated, NOW, 1)) == ["old", "new"]
    on, off = (Scored(weights_for(prefer_smaller=way)).rank(simple, CHATTERS, NOW, 1) for way in (True, False))
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
    equals = (model("a", 8), model("b", 8))
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


def test_live_signals_reorder_the_first_few_and_keep_the_rest(scored: Scored) -> None:
    many = tuple(model(f"m{each}", 8 + each) for each in range(12))
    still = scored.rank(intent(Category.CODE, 0.9), many, NOW, 1)
    moved = scored.rank(intent(Category.CODE, 0.9), many, Moment(loaded=frozenset({still[3].model.key})), 1)
    assert set(names(moved)) == set(names(still))
    assert names(moved)[8:] == names(still)[8:]


def test_a_ranking_is_remembered_per_kind_and_forgotten_with_the_snapshot(scored: Scored) -> None:
    first = scored.rank(intent(Category.CODE, 0.81), CHATTERS, NOW, 1)
    assert scored.rank(intent(Category.CODE, 0.84), CHATTERS, NOW, 1) is first
    assert scored.rank(intent(Category.CODE, 0.86), CHATTERS, NOW, 1) is not first
    assert scored.rank(intent(Category.CODE, 0.81, tools=True), CHATTERS, NOW, 1) is not first
    assert scored.rank(intent(Category.CODE, 0.81), CHATTERS, NOW, 2) is not first
    assert scored.rank(intent(Category.CODE, 0.81), (SMALL,), NOW, 2)[0].model is SMALL


def test_the_order_of_questions_does_not_change_answers() -> None:
    one, other = Scored(RoutingWeights()), Scored(RoutingWeights())
    for value in (0.80, 0.84):
        one.rank(intent(Category.CODE, value), CHATTERS, NOW, 1)
    ranked = other.rank(intent(Category.CODE, 0.84), CHATTERS, NOW, 1)
    assert [c.total for c in one.rank(intent(Category.CODE, 0.84), CHATTERS, NOW, 1)] == [c.total for c in ranked]


def test_memory_is_bounded(scored: Scored) -> None:
    for each in range(5000):
        scored.rank(intent(preference=each / 5000), (SMALL,), NOW, 1)
    assert len(scored._ranked) <= 2048
