"""Models that are known to call tools go before those of which nobody knows."""

from typing import ClassVar

from smarterrouter.domain.decisions import Moment
from smarterrouter.domain.intent import Intent
from smarterrouter.domain.models import Model


class Suitability:
    """Against a model whose backend and name do not say that it can call the tools a request brings."""

    name: ClassVar[str] = "suitability"
    live: ClassVar[bool] = False

    def score(self, intent: Intent, model: Model, moment: Moment) -> float:
        """-1 or 0. The unknown ones stay candidates: they are better than no answer."""
        return -1.0 if intent.needs.tools and model.can.tools is not True else 0.0
