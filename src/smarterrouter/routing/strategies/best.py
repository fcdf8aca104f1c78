"""The highest expected quality, whatever it costs."""

from smarterrouter.domain.decisions import Candidate, Moment
from smarterrouter.domain.intent import Intent
from smarterrouter.domain.models import Model
from smarterrouter.routing.strategies.base import Strategy
from smarterrouter.routing.strategies.lifting import in_order
from smarterrouter.routing.strategies.trust import Trust, by_quality


class Best:
    """Orders by expected quality. Money and waiting only decide among equals."""

    name = "best"

    def __init__(self, scored: Strategy) -> None:
        """`scored` says how good each model is expected to be."""
        self._scored = scored

    def rank(self, intent: Intent, models: tuple[Model, ...], moment: Moment, snapshot: int) -> tuple[Candidate, ...]:
        """The candidates, best first; models of backends that are left alone come last."""
        candidates = self._scored.rank(intent, models, moment, snapshot)
        trust = Trust(candidates, moment)
        return in_order(sorted(candidates, key=lambda one: (trust.busy(one), by_quality(one))), self.name)
