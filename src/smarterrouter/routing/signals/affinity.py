"""What the name suggests, while nothing is measured."""

from typing import ClassVar

from smarterrouter.domain.decisions import Moment
from smarterrouter.domain.intent import Intent
from smarterrouter.domain.models import Model
from smarterrouter.routing.names import suggestion


class Affinity:
    """The name's suggestion for the category; a request for JSON is `tools` unless its text says otherwise."""

    name: ClassVar[str] = "affinity"
    live: ClassVar[bool] = False

    def score(self, intent: Intent, model: Model, moment: Moment) -> float:
        """-1 to 1."""
        return suggestion(model.name, intent.category)
