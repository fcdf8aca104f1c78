"""How fast a model will answer, while nothing is measured: by the parameters that one token passes through."""

from typing import ClassVar

from smarterrouter.domain.decisions import Moment
from smarterrouter.domain.intent import Intent
from smarterrouter.domain.models import Model
from smarterrouter.routing.sizes import active_b, place
from smarterrouter.routing.weights import RoutingWeights

_FASTEST_B, _SLOWEST_B = 1.0, 70.0
"""Nobody feels a model below one billion parameters to be faster; such models are weak, so nothing speaks for them."""


class Speed:
    """1 at one billion active parameters or less, -1 at 70 and more; a hosted model of unknown size gets no opinion."""

    name: ClassVar[str] = "speed"
    live: ClassVar[bool] = False

    def __init__(self, weights: RoutingWeights) -> None:
        self._weights = weights

    def score(self, intent: Intent, model: Model, moment: Moment) -> float:
        """-1 to 1. Time per token grows with active parameters where memory bandwidth is the limit, which it is at
        home."""
        if model.size.parameters_b is None and not model.local:
            return 0.0
        return 1.0 - 2.0 * place(active_b(model, self._weights), _FASTEST_B, _SLOWEST_B)
