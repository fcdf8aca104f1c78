"""Answer cheaply, check, escalate: the cheapest model first, then the ones that are expected to do better."""

from smarterrouter.domain.decisions import Candidate, Moment
from smarterrouter.domain.intent import Intent
from smarterrouter.domain.models import Model
from smarterrouter.routing.strategies.base import Strategy
from smarterrouter.routing.strategies.cheapest import cheapest_first
from smarterrouter.routing.strategies.lifting import in_order
from smarterrouter.routing.strategies.trust import Trust, by_quality


class Cascade:
    """Orders models for asking; that answers are checked between two of them is the gateway's business."""

    def __init__(self, name: str, scored: Strategy) -> None:
        """`name` is the operator's."""
        self.name = name
        self._scored = scored

    def rank(self, intent: Intent, models: tuple[Model, ...], moment: Moment, snapshot: int) -> tuple[Candidate, ...]:
        """The cheapest one, then the better ones, best first, then the others as they were."""
        candidates = cheapest_first(self._scored.rank(intent, models, moment, snapshot), moment)
        trust = Trust(candidates, moment)
        first = candidates[0]
        better = [one for one in candidates[1:] if one.quality > first.quality and not trust.busy(one)]
        better.sort(key=by_quality)
        chosen = {id(one) for one in better}
        others = [one for one in candidates[1:] if id(one) not in chosen]
        return in_order([first, *better, *others], self.name)
