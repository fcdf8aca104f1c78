"""Minimum sizes."""

import pytest
from tests.unit.routing.by_hand import intent, model

from smarterrouter.domain.decisions import Moment
from smarterrouter.domain.intent import Category
from smarterrouter.routing.signals.minimum import Minimum
from smarterrouter.routing.weights import RoutingWeights


def deficit(category: Category, complexity: float, billions: float, active: float | None = None) -> float:
    signal = Minimum(RoutingWeights())
    return -8 * signal.score(intent(category, complexity), model("a", billions, active=active), Moment())


@pytest.mark.parametrize(
    ("category", "complexity", "billions", "missing"),
    [
        (Category.CODE, 0.1, 0.5, 0),
        (Category.CODE, 0.3, 1, 3),
        (Category.CODE, 0.5, 1, 7),
        (Category.CODE, 0.9, 8, 0),
        (Category.MATHEMATICS, 0.9, 7, 1),
        (Category.CHAT, 0.3, 0.5, 0.5),
        (Category.CHAT, 0.9, 3, 1),
        (Category.KNOWLEDGE, 0.9, 70, 0),
    ],
)
def test_b06_missing_billions(category: Category, complexity: float, billions: float, missing: float) -> None:
    assert deficit(category, complexity, billions) == pytest.approx(missing)


def test_a_mixture_of_experts_is_judged_by_its_effective_size() -> None:
    assert deficit(Category.CODE, 0.9, 30, 3) == 0
    assert deficit(Category.CODE, 0.9, 7, 1) > 5
