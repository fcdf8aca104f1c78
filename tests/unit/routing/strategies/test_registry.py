"""The list of strategies."""

import pytest

from smarterrouter.routing.strategies.registry import STRATEGIES
from smarterrouter.routing.weights import RoutingWeights


@pytest.mark.parametrize("name", STRATEGIES)
def test_each_is_built_under_its_own_name(name: str) -> None:
    assert STRATEGIES[name](RoutingWeights()).name == name


def test_scored_is_there() -> None:
    assert "scored" in STRATEGIES
