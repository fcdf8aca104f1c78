"""Spreads load among equals (live)."""

from typing import ClassVar

from smarterrouter.domain.decisions import Moment
from smarterrouter.domain.intent import Intent
from smarterrouter.domain.models import Model

_AT_MOST = 0.5


class Variety:
    """Against a model by its share of the last requests, at most by half."""

    name: ClassVar[str] = "variety"
    live: ClassVar[bool] = True

    def score(self, intent: Intent, model: Model, moment: Moment) -> float:
        """-0.5 to 0."""
        return -min(moment.recent.get(model.key, 0.0), _AT_MOST) if moment.recent else 0.0
