"""What the name suggests, while nothing is measured."""

from typing import ClassVar

from smarterrouter.domain.decisions import Moment
from smarterrouter.domain.intent import Intent
from smarterrouter.domain.models import Model
from smarterrouter.routing.names import suggestion

_MEASURED = ("profile", "published")


class Affinity:
    """The name's suggestion for the category; a request for JSON is `tools` unless its text says otherwise."""

    name: ClassVar[str] = "affinity"
    live: ClassVar[bool] = False

    def score(self, intent: Intent, model: Model, moment: Moment) -> float:
        """-1 to 1; 0 where something was measured, by us or by others."""
        if model.standing.basis.startswith(_MEASURED):
            return 0.0
        return suggestion(model.name, intent.category)
