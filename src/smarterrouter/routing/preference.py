"""`rates`: the one place where `ROUTER_QUALITY_PREFERENCE` turns into what money and waiting cost.

Everything is weighed in shares of a good answer, 0 to 1. With the weights as they are a dollar costs 5 good answers at
a preference of 0.5, 0.5 at 1 and 50 at 0, and a second of waiting a fifth of a point in a hundred, a fiftieth, and two
points; between them evenly on a logarithmic scale.
"""

from functools import lru_cache

from msgspec import Struct

from smarterrouter.routing.weights import RoutingWeights


class Rates(Struct, frozen=True):
    """What is taken off the expected quality."""

    dollar: float
    """For each US dollar."""
    second: float
    """For each second of waiting."""


@lru_cache(maxsize=256)
def rates(preference: float, weights: RoutingWeights) -> Rates:
    """The rates of a preference from 0 (fast and cheap) to 1 (good at nearly any price)."""
    worth = weights.preference_range ** (2 * preference - 1)
    return Rates(1 / (weights.good_answer_dollars * worth), 1 / (weights.good_answer_seconds * worth))
