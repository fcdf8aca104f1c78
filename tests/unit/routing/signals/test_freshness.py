"""Newer models, gently."""

from tests.unit.routing.by_hand import intent, model

from smarterrouter.domain.decisions import Moment
from smarterrouter.routing.signals.freshness import Freshness


def opinion(created: int) -> float:
    return Freshness().score(intent(), model("a", 8, created=created), Moment())


def test_b21_newer_is_better_and_unknown_is_neither() -> None:
    assert opinion(0) == 0.0
    assert opinion(1_700_000_000) < 0 < opinion(1_750_000_000) < opinion(1_770_000_000)
    assert (opinion(1), opinion(2**40)) == (-1.0, 1.0)
