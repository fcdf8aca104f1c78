"""Parameters against difficulty: large models for hard prompts, small ones for trivial ones."""

from typing import ClassVar

from smarterrouter.domain.decisions import Moment
from smarterrouter.domain.intent import Intent
from smarterrouter.domain.models import Model
from smarterrouter.routing.sizes import effective_b, place
from smarterrouter.routing.weights import RoutingWeights, speed_weight

_STEPS = ((3.0, -0.6), (7.0, 0.0), (14.0, 0.5), (30.0, 0.8), (70.0, 1.0))
"""Billions to opinion about a hard prompt, straight lines between: below 3 against, 14 and 30 well above 7."""
_WORST_B = 0.5
_UNASKED = 0.5
"""Between trivial and the threshold there is no bonus for size, but less than 7 B still loses a little."""
_AT_ONCE, _RISE = 0.4, 0.5
"""Size is worth 0.4 of itself at the threshold, and all of itself 0.3 of complexity above it."""


class Size:
    """Speaks for size from `size_threshold` of complexity on, and against it below `trivial_threshold`.

    The threshold is 0.3 for a balanced caller; it falls to 0 for one who wants quality and rises to 0.6 for one who
    wants speed.
    """

    name: ClassVar[str] = "size"
    live: ClassVar[bool] = False

    def __init__(self, weights: RoutingWeights) -> None:
        self._weights = weights

    def score(self, intent: Intent, model: Model, moment: Moment) -> float:
        """-1 to 1, already weighed by how much the prompt asks for size."""
        billions = effective_b(model, self._weights)
        threshold = self._weights.size_threshold * 2 * (1 - intent.preference)
        if intent.complexity >= threshold:
            return grown(billions) * min(_AT_ONCE + (intent.complexity - threshold) / _RISE, 1.0)
        if intent.complexity < self._weights.trivial_threshold:
            return _trivial(billions) * speed_weight(intent.preference)
        return _UNASKED * min(grown(billions), 0.0)


def grown(billions: float) -> float:
    """The opinion about a model of this size for a prompt that asks for size, -1 to 1."""
    low_b, low = _WORST_B, -1.0
    for high_b, high in _STEPS:
        if billions < high_b:
            return low + (high - low) * place(billions, low_b, high_b)
        low_b, low = high_b, high
    return 1.0


def _trivial(billions: float) -> float:
    """A third of the signal: thrift is a wish, not a need."""
    if billions <= 7.0:
        return 0.3 if billions <= 4.0 else 0.15
    return 0.0 if billions < 14.0 else -0.2 if billions < 30.0 else -0.4
