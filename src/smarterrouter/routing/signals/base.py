"""`Signal`: one opinion about one model for one intent."""

from typing import ClassVar, Protocol

from smarterrouter.domain.decisions import Moment
from smarterrouter.domain.intent import Intent
from smarterrouter.domain.models import Model


class Signal(Protocol):
    """One opinion, -1 (speaks against) to 1 (speaks for); 0 where it has nothing to say.

    A signal is pure: the same intent, model and moment give the same number. A live signal reads the moment and is
    asked once for each moment; the others read only the intent's category, difficulty, preference and whether it needs
    tools, and are remembered. `signals/smaller.py` is an example.
    """

    name: ClassVar[str]
    live: ClassVar[bool]

    def score(self, intent: Intent, model: Model, moment: Moment) -> float:
        """The opinion."""
        ...
