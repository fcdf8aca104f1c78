"""The list of signals, with the weight of each and what the caller's preference does to it."""

from collections.abc import Callable

from msgspec import Struct

from smarterrouter.routing.signals.affinity import Affinity
from smarterrouter.routing.signals.availability import Availability
from smarterrouter.routing.signals.base import Signal
from smarterrouter.routing.signals.freshness import Freshness
from smarterrouter.routing.signals.minimum import Minimum
from smarterrouter.routing.signals.smaller import Smaller
from smarterrouter.routing.signals.suitability import Suitability
from smarterrouter.routing.signals.variety import Variety
from smarterrouter.routing.weights import RoutingWeights, quality_weight, speed_weight


class Weighed(Struct, frozen=True):
    """One signal with its weight."""

    signal: Signal
    weight: float
    scale: Callable[[float], float]
    """What the caller's preference does to the weight."""

    def factor(self, preference: float) -> float:
        """What an opinion is multiplied by."""
        return self.weight * self.scale(preference)


def _always(preference: float) -> float:
    """Not a matter of preference."""
    return 1.0


def default_signals(weights: RoutingWeights) -> tuple[Weighed, ...]:
    """All signals in the order in which they are explained; those of weight 0 are left out."""
    listed = (
        Weighed(Minimum(weights), weights.minimum, _always),
        Weighed(Suitability(), weights.suitability, _always),
        Weighed(Affinity(), weights.affinity, quality_weight),
        Weighed(Smaller(weights), weights.smaller, speed_weight),
        Weighed(Freshness(), weights.freshness, _always),
        Weighed(Variety(), weights.variety, _always),
        Weighed(Availability(), weights.availability, _always),
    )
    return tuple(weighed for weighed in listed if weighed.weight)
