"""Money."""

import pytest
from tests.unit.routing.by_hand import intent, model

from smarterrouter.domain.decisions import Moment
from smarterrouter.domain.models import Price
from smarterrouter.routing.signals.cost import Cost


def opinion(price: Price | None) -> float:
    return Cost().score(intent(), model("a", 8, price=price), Moment())


def test_dear_models_lose_and_free_ones_do_not() -> None:
    assert opinion(None) == opinion(Price()) == 0.0
    assert 0 > opinion(Price(0.1, 0.4)) > opinion(Price(3, 15)) > opinion(Price(30, 60)) == -1.0


def test_input_counts_three_times_as_much_as_output() -> None:
    assert opinion(Price(4, 0)) == pytest.approx(opinion(Price(0, 12)))
