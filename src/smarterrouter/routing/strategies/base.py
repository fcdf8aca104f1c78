"""`Strategy`: orders eligible models."""

from typing import Protocol

from smarterrouter.domain.decisions import Candidate, Moment
from smarterrouter.domain.intent import Intent
from smarterrouter.domain.models import Model


class Strategy(Protocol):
    """A way to order models that can all serve the request.

    `rank` returns every model once, best first; it does no I/O. `models` is the same object as long as the snapshot
    and the kind of request are the same, so a strategy may remember by its identity. `strategies/scored.py` is an
    example.
    """

    @property
    def name(self) -> str:
        """What records and the explain report call it."""
        ...

    def rank(self, intent: Intent, models: tuple[Model, ...], moment: Moment, snapshot: int) -> tuple[Candidate, ...]:
        """The candidates, best first."""
        ...
