"""A model that is in memory already answers at once (live)."""

from typing import ClassVar

from smarterrouter.domain.decisions import Moment
from smarterrouter.domain.intent import Intent
from smarterrouter.domain.models import Model


class Residency:
    """Speaks for loaded models."""

    name: ClassVar[str] = "residency"
    live: ClassVar[bool] = True

    def score(self, intent: Intent, model: Model, moment: Moment) -> float:
        """1 when loaded, otherwise 0."""
        return 1.0 if model.loaded or model.key in moment.loaded else 0.0
