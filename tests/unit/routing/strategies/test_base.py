"""Every listed strategy keeps the contract of `Strategy`."""

import pytest
from tests.unit.routing.by_hand import HOUSEHOLD, intent

from smarterrouter.domain.decisions import Moment
from smarterrouter.domain.intent import Category
from smarterrouter.routing.strategies.registry import STRATEGIES
from smarterrouter.routing.weights import RoutingWeights


@pytest.mark.parametrize("name", STRATEGIES)
def test_every_model_comes_back_once_best_first(name: str) -> None:
    strategy = STRATEGIES[name](RoutingWeights())
    ranked = strategy.rank(intent(Category.LOGIC, 0.4), HOUSEHOLD, Moment(), 1)
    assert {candidate.model.key for candidate in ranked} == {each.key for each in HOUSEHOLD}
    assert len(ranked) == len(HOUSEHOLD)
    totals = [candidate.total for candidate in ranked]
    assert totals == sorted(totals, reverse=True)
