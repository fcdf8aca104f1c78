"""The least money, and among equals the least waiting, that still does the work."""

from smarterrouter.domain.decisions import Candidate, Moment
from smarterrouter.domain.intent import Intent
from smarterrouter.domain.models import Model
from smarterrouter.routing.strategies.base import Strategy
from smarterrouter.routing.strategies.lifting import in_order
from smarterrouter.routing.strategies.trust import Trust, by_cost


class Cheapest:
    """Orders by price, then by waiting.

    Models below the minimum size of this kind of work and hopeless ones (`trust.HOPE`) come after all others, and those
    of backends that are left alone come last.
    """

    name = "cheapest"

    def __init__(self, scored: Strategy) -> None:
        """`scored` says what each model costs, how long it takes and how good it is expected to be."""
        self._scored = scored

    def rank(self, intent: Intent, models: tuple[Model, ...], moment: Moment, snapshot: int) -> tuple[Candidate, ...]:
        """The candidates, cheapest first."""
        return in_order(cheapest_first(self._scored.rank(intent, models, moment, snapshot), moment), self.name)


def cheapest_first(candidates: tuple[Candidate, ...], moment: Moment) -> list[Candidate]:
    """The same candidates in this strategy's order."""
    trust = Trust(candidates, moment)
    return sorted(candidates, key=lambda one: (trust.busy(one), trust.missing(one), by_cost(one)))
