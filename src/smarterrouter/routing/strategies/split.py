"""Two or more strategies side by side, each for its share of conversations or callers."""

from collections.abc import Mapping
from hashlib import blake2b
from math import log

from smarterrouter.domain.decisions import Candidate, Moment
from smarterrouter.domain.intent import Intent
from smarterrouter.domain.models import Model
from smarterrouter.routing.strategies.base import Strategy


class Arm:
    """One side of a split: ranks as its strategy does, under a name that records can be counted by."""

    def __init__(self, name: str, strategy: Strategy) -> None:
        self.name = name
        self._strategy = strategy

    def rank(self, intent: Intent, models: tuple[Model, ...], moment: Moment, snapshot: int) -> tuple[Candidate, ...]:
        """The candidates of its strategy."""
        return self._strategy.rank(intent, models, moment, snapshot)


class Split:
    """Gives each unit (a conversation, a caller) one strategy and always the same one.

    No strategy itself: who decides first asks for the `arm` of the unit. Nothing is remembered and nothing is drawn, so
    a replay assigns as the day did.
    """

    def __init__(self, name: str, arms: Mapping[str, tuple[Strategy, float]]) -> None:
        """`arms`: name to strategy and share, at least one share above 0. Records call the arm A `name:A`."""
        whole = sum(share for _, share in arms.values())
        if whole <= 0 or min(share for _, share in arms.values()) < 0:
            raise ValueError(f"the shares of {name} must not be negative, nor all 0")
        self.name = name
        self.arms = {arm: Arm(f"{name}:{arm}", strategy) for arm, (strategy, _) in arms.items()}
        self._drawing = [(_person(arm.name), arms[name][1], arm) for name, arm in self.arms.items() if arms[name][1]]

    def arm(self, unit: bytes) -> Arm:
        """The arm of this unit. A larger share for one arm moves only units into it, never between the others.

        Weighted rendezvous hashing: each arm has a time for each unit, at the rate of its share; the earliest gets it.
        """
        return min(self._drawing, key=lambda one: _time(one[0], unit) / one[1])[2]


def _time(person: bytes, unit: bytes) -> float:
    """Exponentially distributed: the same on every machine, and another one for each arm of each experiment."""
    digest = blake2b(unit, digest_size=8, person=person).digest()
    return -log((int.from_bytes(digest) + 1) / 2**64)


def _person(name: str) -> bytes:
    return blake2b(name.encode(errors="replace"), digest_size=16).digest()
