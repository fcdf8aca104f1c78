"""Below the minimum size of its category and difficulty a model is not trusted."""

from typing import ClassVar

from smarterrouter.domain.decisions import Moment
from smarterrouter.domain.intent import Intent
from smarterrouter.domain.models import Model
from smarterrouter.routing.sizes import effective_b
from smarterrouter.routing.weights import LARGEST_MINIMUM_B, MINIMUM_B, RoutingWeights


class Minimum:
    """Minus the missing billions, as a share of the largest minimum; 0 when nothing is missing."""

    name: ClassVar[str] = "minimum"
    live: ClassVar[bool] = False

    def __init__(self, weights: RoutingWeights) -> None:
        self._weights = weights

    def score(self, intent: Intent, model: Model, moment: Moment) -> float:
        """-1 (8 B missing) to 0."""
        deficit = MINIMUM_B[intent.category][intent.difficulty] - effective_b(model, self._weights)
        return -max(deficit, 0.0) / LARGEST_MINIMUM_B
