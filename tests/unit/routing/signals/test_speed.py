"""Active parameters stand for time."""

import pytest
from tests.unit.routing.by_hand import intent, model

from smarterrouter.domain.decisions import Moment
from smarterrouter.domain.models import Model
from smarterrouter.routing.signals.speed import Speed
from smarterrouter.routing.weights import RoutingWeights


def opinion(offered: Model) -> float:
    return Speed(RoutingWeights()).score(intent(), offered, Moment())


def test_smaller_is_faster_down_to_one_billion() -> None:
    assert opinion(model("a", 0.5)) == opinion(model("a", 1.0)) == 1.0
    assert opinion(model("a", 70)) == pytest.approx(-1.0)
    assert opinion(model("a", 400)) == -1.0
    assert opinion(model("a", 7)) > opinion(model("a", 14))


def test_experts_that_sleep_cost_no_time() -> None:
    assert opinion(model("a", 30, active=3)) == opinion(model("a", 3))


def test_unknown_sizes() -> None:
    assert opinion(model("a", local=False)) == 0.0
    assert opinion(model("a", local=True)) == opinion(model("a", 7))
