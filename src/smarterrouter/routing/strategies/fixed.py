"""One named model first, the others as the default strategy orders them."""

from smarterrouter.domain.decisions import Candidate, Moment
from smarterrouter.domain.intent import Intent
from smarterrouter.domain.models import Model
from smarterrouter.routing.strategies.base import Strategy
from smarterrouter.routing.strategies.lifting import in_order


class Fixed:
    """Puts the model that the operator named first, as long as it can serve the request and its backend answers."""

    def __init__(self, name: str, model: str, scored: Strategy) -> None:
        """`name` is the operator's; `model` a key such as `ollama/llama3.2:3b`, or a name of any backend's model."""
        self.name = name
        self._model = model
        self._scored = scored

    def rank(self, intent: Intent, models: tuple[Model, ...], moment: Moment, snapshot: int) -> tuple[Candidate, ...]:
        """The candidates, the named one first."""
        candidates = self._scored.rank(intent, models, moment, snapshot)
        first = [one for one in candidates if self._is(one.model) and one.model.backend not in moment.busy]
        if not first or first[0] is candidates[0]:
            return candidates
        return in_order([first[0], *(one for one in candidates if one is not first[0])], self.name)

    def _is(self, model: Model) -> bool:
        return self._model in (model.key, model.name)
