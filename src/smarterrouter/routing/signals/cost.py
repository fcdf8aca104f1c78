"""What an answer costs in money."""

from math import log1p
from typing import ClassVar

from smarterrouter.domain.decisions import Moment
from smarterrouter.domain.intent import Intent
from smarterrouter.domain.models import Model

_DEAREST = 30.0
"""US dollars per million tokens that count as -1."""
_INPUT_SHARE = 0.75
"""Chat traffic is about three tokens in for one out."""


class Cost:
    """Against dear models, on a logarithmic scale; free and unpriced ones get no opinion."""

    name: ClassVar[str] = "cost"
    live: ClassVar[bool] = False

    def score(self, intent: Intent, model: Model, moment: Moment) -> float:
        """-1 to 0."""
        if model.price is None:
            return 0.0
        price = _INPUT_SHARE * model.price.input_per_million + (1 - _INPUT_SHARE) * model.price.output_per_million
        return -min(log1p(price) / log1p(_DEAREST), 1.0)
