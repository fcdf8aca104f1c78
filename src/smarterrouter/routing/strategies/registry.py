"""The list of strategies."""

from collections.abc import Callable, Mapping

from smarterrouter.routing.strategies.base import Strategy
from smarterrouter.routing.strategies.scored import Scored
from smarterrouter.routing.weights import RoutingWeights

STRATEGIES: Mapping[str, Callable[[RoutingWeights], Strategy]] = {Scored.name: Scored}
"""Name to what builds it."""
