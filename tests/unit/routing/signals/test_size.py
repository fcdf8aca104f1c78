"""Parameters against difficulty."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.routing.by_hand import intent, model

from smarterrouter.domain.decisions import Moment
from smarterrouter.domain.intent import Category
from smarterrouter.routing.signals.size import Size, grown
from smarterrouter.routing.weights import RoutingWeights


def opinion(billions: float | None, complexity: float, preference: float = 0.5) -> float:
    wanted = intent(Category.CODE, complexity, preference)
    return Size(RoutingWeights()).score(wanted, model("a", billions), Moment())


def test_b05_large_models_gain_and_tiny_ones_lose_on_hard_prompts() -> None:
    hard = [opinion(billions, 0.8) for billions in (0.5, 2, 3, 7, 14, 30, 70)]
    assert hard == sorted(hard)
    assert hard[0] == -1.0
    assert hard[1] < hard[2] < 0 == hard[3]
    assert hard[4:] == [0.5, 0.8, 1.0]


@pytest.mark.parametrize(("billions", "sign"), [(1, 1), (4, 1), (7, 1), (8, 0), (14, -1), (70, -1)])
def test_b16_trivial_prompts_reward_small_and_penalise_large(billions: float, sign: int) -> None:
    said = opinion(billions, 0.1)
    assert (said > 0) - (said < 0) == sign
    assert opinion(70, 0.1) < opinion(14, 0.1)


def test_b17_no_bonus_for_size_below_the_threshold() -> None:
    assert opinion(70, 0.29) == 0.0
    assert opinion(70, 0.3) > 0.3
    assert opinion(2, 0.29) < 0


def test_b04_the_threshold_follows_the_preference() -> None:
    assert opinion(70, 0.2, 1.0) > 0
    assert opinion(70, 0.5, 0.0) == 0
    assert opinion(70, 0.05, 1.0) > 0


def test_unknown_sizes_get_the_opinion_of_their_prior() -> None:
    assert opinion(None, 0.8) == opinion(RoutingWeights().unknown_local_b, 0.8)


@given(st.floats(0, 500), st.floats(0, 500))
def test_grown_never_falls(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert -1 <= grown(low) <= grown(high) <= 1
