"""A default strategy that says what a test tells it."""

from collections.abc import Sequence
from typing import Any

from smarterrouter.domain.decisions import Candidate, Moment
from smarterrouter.domain.intent import Category, Intent, Needs
from smarterrouter.domain.models import Model
from smarterrouter.routing.strategies.base import Strategy

WANT = Intent(Category.KNOWLEDGE, 0.0, Needs())


def line(key: str, quality: float, dollars: float = 0.0, seconds: float = 1.0, **more: Any) -> Candidate:
    """A candidate; `minimum` is what that signal says of it, other members belong to the model."""
    backend, _, name = key.partition("/")
    signals = {"minimum": more.pop("minimum")} if "minimum" in more else {}
    return Candidate(Model(key, backend, name, **more), quality, signals, quality, dollars, seconds)


class Told:
    """Orders by what it was told, as it was told."""

    name = "scored"

    def __init__(self, *candidates: Candidate) -> None:
        self.candidates = candidates

    def rank(self, intent: Intent, models: tuple[Model, ...], moment: Moment, snapshot: int) -> tuple[Candidate, ...]:
        return tuple(one for one in self.candidates if one.model in models)

    @property
    def models(self) -> tuple[Model, ...]:
        return tuple(one.model for one in self.candidates)


def keys(candidates: Sequence[Candidate]) -> list[str]:
    return [candidate.model.key for candidate in candidates]


def order(strategy: Strategy, told: Told, *busy: str) -> list[str]:
    """The keys as the strategy orders them while these backends are left alone."""
    return keys(strategy.rank(WANT, told.models, Moment(busy=frozenset(busy)), 1))
