"""Simple prompts leave the large models free (ROUTER_PREFER_SMALLER_MODELS)."""

from typing import ClassVar

from smarterrouter.domain.decisions import Moment
from smarterrouter.domain.intent import Difficulty, Intent
from smarterrouter.domain.models import Model
from smarterrouter.routing.sizes import effective_b, place
from smarterrouter.routing.weights import RoutingWeights

_SMALLEST_B, _LARGEST_B = 1.0, 70.0
"""Below one billion nothing is gained: such models are small for everybody, and weak."""


class Smaller:
    """Speaks for small models while the prompt is simple."""

    name: ClassVar[str] = "smaller"
    live: ClassVar[bool] = False

    def __init__(self, weights: RoutingWeights) -> None:
        self._weights = weights

    def score(self, intent: Intent, model: Model, moment: Moment) -> float:
        """1 (1 B or less) to 0 (70 B and more); 0 for prompts that are not simple."""
        if intent.difficulty is not Difficulty.SIMPLE:
            return 0.0
        return 1.0 - place(effective_b(model, self._weights), _SMALLEST_B, _LARGEST_B)
