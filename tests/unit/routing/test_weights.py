"""The numbers of scoring."""

import pytest

from smarterrouter.domain.intent import Category, Difficulty
from smarterrouter.routing.weights import (
    LARGEST_MINIMUM_B,
    MINIMUM_B,
    RoutingWeights,
    quality_weight,
    speed_weight,
    weights_for,
)


def test_category_minimums() -> None:
    demanding = {Category.CODE, Category.MATHEMATICS, Category.LOGIC, Category.STEM, Category.TOOLS}
    for category in Category:
        expected = (0.0, 4.0, 8.0) if category in demanding else (0.0, 1.0, 4.0)
        assert tuple(MINIMUM_B[category][difficulty] for difficulty in Difficulty) == expected
    assert max(value for steps in MINIMUM_B.values() for value in steps.values()) == LARGEST_MINIMUM_B


def test_preference_maps_to_quality_and_speed() -> None:
    assert [(quality_weight(p), speed_weight(p)) for p in (0.0, 0.5, 1.0)] == [(0.5, 1.0), (1.0, 0.5), (1.5, 0.0)]


def test_switches_turn_signals_off() -> None:
    assert weights_for() == RoutingWeights()
    assert weights_for(prefer_smaller=False).smaller == 0
    assert weights_for(prefer_newer=False).freshness == 0


@pytest.mark.parametrize("name", RoutingWeights.__struct_fields__)
def test_no_weight_is_negative(name: str) -> None:
    assert getattr(RoutingWeights(), name) >= 0
