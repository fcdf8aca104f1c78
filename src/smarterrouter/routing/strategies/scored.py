"""The default strategy: a weighted sum of signals, remembered per snapshot and kind of intent."""

from operator import attrgetter

import msgspec

from smarterrouter.domain.decisions import Candidate, Moment
from smarterrouter.domain.intent import Intent
from smarterrouter.domain.models import Model
from smarterrouter.routing.signals.registry import Weighed, default_signals
from smarterrouter.routing.weights import RoutingWeights

_KINDS_AT_MOST = 2048
"""Rankings that are remembered; more kinds than this occur only when many callers set their own preference."""
_STEP = 20
"""Complexity is judged in steps of 1/20, so that a ranking can be remembered; `Difficulty` turns on such steps."""
_LIVE_FIRST = 8
"""Live signals are asked about the first few candidates only; nobody gets past eight failures."""

_EPSILON = 1e-9
"""Keeps a complexity that lies on a step from falling below it by rounding."""

Kind = tuple[str, int, bool, float]


class _Ranking:
    """One remembered order, and what it became at the last moment it was asked for."""

    __slots__ = ("alive", "candidates", "models", "moment")

    def __init__(self, models: tuple[Model, ...], candidates: tuple[Candidate, ...]) -> None:
        self.models = models
        self.candidates = candidates
        self.moment: Moment | None = None
        self.alive = candidates


class Scored:
    """Ranks by the sum of weighed signals; equal totals keep the order of the snapshot."""

    name = "scored"

    def __init__(self, weights: RoutingWeights) -> None:
        self.weights = weights
        signals = default_signals(weights)
        self._still = tuple(weighed for weighed in signals if not weighed.signal.live)
        self._live = tuple(weighed for weighed in signals if weighed.signal.live)
        self._snapshot = -1
        self._ranked: dict[tuple[int, Kind], _Ranking] = {}

    def rank(self, intent: Intent, models: tuple[Model, ...], moment: Moment, snapshot: int) -> tuple[Candidate, ...]:
        """The remembered order, changed by what is true just now. The same moment gives the same tuple again."""
        known = self._remembered(intent, models, snapshot)
        if known.moment is not moment:
            known.alive = self._enlivened_order(known.candidates, intent, moment)
            known.moment = moment
        return known.alive

    def _enlivened_order(self, ranked: tuple[Candidate, ...], intent: Intent, moment: Moment) -> tuple[Candidate, ...]:
        first = ranked if moment.busy else ranked[:_LIVE_FIRST]
        alive = [self._enlivened(candidate, intent, moment) for candidate in first]
        if all(new is old for new, old in zip(alive, first, strict=True)):
            return ranked
        alive.sort(key=_total, reverse=True)
        return (*alive, *ranked[len(first) :])

    def _remembered(self, intent: Intent, models: tuple[Model, ...], snapshot: int) -> "_Ranking":
        if snapshot != self._snapshot or len(self._ranked) >= _KINDS_AT_MOST:
            self._ranked.clear()
            self._snapshot = snapshot
        step = int(intent.complexity * _STEP + _EPSILON)
        key = (id(models), (intent.category, step, intent.needs.tools, intent.preference))
        known = self._ranked.get(key)
        if known is None or known.models is not models:
            typical = msgspec.structs.replace(intent, complexity=step / _STEP)
            candidates = [self._scored(typical, model) for model in models]
            candidates.sort(key=_total, reverse=True)
            known = self._ranked[key] = _Ranking(models, tuple(candidates))
        return known

    def _scored(self, intent: Intent, model: Model) -> Candidate:
        signals = _opinions(self._still, intent, model, Moment())
        return Candidate(model, sum(signals.values()), signals)

    def _enlivened(self, candidate: Candidate, intent: Intent, moment: Moment) -> Candidate:
        """The same candidate where nothing live speaks, otherwise a new one."""
        signals = _opinions(self._live, intent, candidate.model, moment)
        if not signals:
            return candidate
        return Candidate(candidate.model, candidate.total + sum(signals.values()), {**candidate.signals, **signals})


_total = attrgetter("total")


def _opinions(signals: tuple[Weighed, ...], intent: Intent, model: Model, moment: Moment) -> dict[str, float]:
    """Weighed opinions by name, without those that say nothing."""
    said = {}
    for weighed in signals:
        opinion = weighed.signal.score(intent, model, moment)
        if opinion:
            said[weighed.signal.name] = opinion * weighed.factor(intent.preference)
    return said
