"""Spreading load."""

import pytest
from tests.unit.routing.by_hand import intent, model

from smarterrouter.domain.decisions import Moment
from smarterrouter.routing.signals.variety import Variety


@pytest.mark.parametrize(
    ("recent", "opinion"), [({}, 0.0), ({"o/b": 1.0}, 0.0), ({"o/a": 0.3}, -0.3), ({"o/a": 1.0}, -0.5)]
)
def test_b19_bounded_by_half(recent: dict[str, float], opinion: float) -> None:
    assert Variety().score(intent(), model("a", 8), Moment(recent=recent)) == opinion
