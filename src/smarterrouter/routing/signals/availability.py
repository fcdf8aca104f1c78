"""A backend that just refused connections is asked last (live)."""

from typing import ClassVar

from smarterrouter.domain.decisions import Moment
from smarterrouter.domain.intent import Intent
from smarterrouter.domain.models import Model


class Availability:
    """Against models of a backend whose breaker is open."""

    name: ClassVar[str] = "availability"
    live: ClassVar[bool] = True

    def score(self, intent: Intent, model: Model, moment: Moment) -> float:
        """-1 while the breaker is open, otherwise 0."""
        return -1.0 if model.backend in moment.busy else 0.0
