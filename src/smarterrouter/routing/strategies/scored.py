"""The default strategy: expected quality, less money, less waiting, and a few small opinions beside them.

    utility = quality - dollars * rate - seconds * rate + signals

Quality comes from the learned model, the rates from the caller's preference (`routing/preference.py`). What depends
only on the kind of a request is remembered for each snapshot; the rest is some sums over all models. They are made in
plain Python: for ten models that is faster than NumPy, and for two hundred fast enough.
"""

from collections.abc import Iterator, Mapping, Sequence

from smarterrouter.domain.decisions import Candidate, Moment
from smarterrouter.domain.intent import Category, Difficulty, Intent
from smarterrouter.domain.models import Model
from smarterrouter.routing.exploring import exploration
from smarterrouter.routing.field import Field, field_of
from smarterrouter.routing.learned.scoring import Chances
from smarterrouter.routing.preference import rates
from smarterrouter.routing.quality import Quality, expected
from smarterrouter.routing.signals.registry import Weighed, default_signals
from smarterrouter.routing.weights import RoutingWeights

Floats = list[float]
Kind = tuple[Category, Difficulty, bool, float]
Named = dict[str, Floats]
"""Opinions by the name of their signal, (M,) each."""

_POOLS_AT_MOST = 256
_KINDS_AT_MOST = 256


class Terms(Mapping[str, float]):
    """What the total of one candidate is made of, without what is 0; looked up only when somebody asks."""

    __slots__ = ("_place", "_terms")

    def __init__(self, terms: Sequence[Named], place: int) -> None:
        self._terms = terms
        self._place = place

    def __getitem__(self, name: str) -> float:
        for named in self._terms:
            if name in named and (value := named[name][self._place]):
                return value
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return (name for named in self._terms for name, values in named.items() if values[self._place])

    def __len__(self) -> int:
        return sum(1 for _ in self)


class _Prepared:
    """One pool of a snapshot, and what is remembered about it."""

    __slots__ = ("chances", "field", "kinds", "live", "load", "moment")

    def __init__(self, field: Field, chances: Chances) -> None:
        self.field = field
        self.chances = chances
        self.kinds: dict[Kind, tuple[Floats, Named]] = {}
        self.moment: Moment | None = None
        self.live: tuple[Floats, Named] = ([0.0] * len(field.models), {})
        self.load: Floats = []
        """Seconds until each model is in memory, as things are at the moment."""


class Scored:
    """Ranks by utility; equal ones keep the order of the snapshot."""

    name = "scored"

    def __init__(self, weights: RoutingWeights, quality: Quality) -> None:
        self.weights = weights
        self._quality = quality
        signals = default_signals(weights)
        self._still = tuple(weighed for weighed in signals if not weighed.signal.live)
        self._live = tuple(weighed for weighed in signals if weighed.signal.live)
        self._snapshot = -1
        self._pools: dict[int, _Prepared] = {}

    def rank(self, intent: Intent, models: tuple[Model, ...], moment: Moment, snapshot: int) -> tuple[Candidate, ...]:
        """All models, best first. The same arguments give the same order, whatever was asked before."""
        pool = self._prepared(models, snapshot)
        if pool.moment is not moment:
            self._enliven(pool, intent, moment)
        field, price = pool.field, rates(intent.preference, self.weights)
        quality = expected(intent, pool.chances)
        dollars, seconds = field.costs(intent, pool.load)
        money, waiting = [each * -price.dollar for each in dollars], [each * -price.second for each in seconds]
        still, opinions = self._opinions(pool, intent)
        live, now = pool.live
        total = [
            good + spent + waited + opinion + said
            for good, spent, waited, opinion, said in zip(quality, money, waiting, still, live, strict=True)
        ]
        terms: list[Named] = [{"quality": quality, "money": money, "waiting": waiting}, opinions, now]
        if self.weights.exploration and (curious := exploration(intent, field, total, self.weights)) is not None:
            total = [sum(each) for each in zip(total, curious, strict=True)]
            terms.append({"exploration": curious})
        return _ordered(models, total, quality, dollars, seconds, terms)

    def _prepared(self, models: tuple[Model, ...], snapshot: int) -> _Prepared:
        if snapshot != self._snapshot or len(self._pools) >= _POOLS_AT_MOST:
            self._pools.clear()
            self._snapshot = snapshot
        pool = self._pools.get(id(models))
        if pool is None or pool.field.models is not models:
            field = field_of(models, self.weights)
            pool = self._pools[id(models)] = _Prepared(field, self._quality.of(field))
        return pool

    def _opinions(self, pool: _Prepared, intent: Intent) -> tuple[Floats, Named]:
        """What the signals say of requests of this kind: they read nothing else of an intent."""
        kind = (intent.category, intent.difficulty, intent.needs.tools, intent.preference)
        known = pool.kinds.get(kind)
        if known is None:
            if len(pool.kinds) >= _KINDS_AT_MOST:
                pool.kinds.clear()
            known = pool.kinds[kind] = _heard(self._still, intent, pool.field, Moment())
        return known

    def _enliven(self, pool: _Prepared, intent: Intent, moment: Moment) -> None:
        """What is true just now, worked out once for each moment; it is the same for every request."""
        pool.live = _heard(self._live, intent, pool.field, moment)
        timed = zip(pool.field.models, pool.field.paces, strict=True)
        pool.load = [0.0 if model.key in moment.loaded else pace.load for model, pace in timed]
        pool.moment = moment


def _heard(signals: tuple[Weighed, ...], intent: Intent, field: Field, moment: Moment) -> tuple[Floats, Named]:
    """The sum of the weighed opinions, and each by its name; those that say nothing of any model are left out."""
    said: Named = {}
    total = [0.0] * len(field.models)
    for weighed in signals:
        factor = weighed.factor(intent.preference)
        opinions = [factor * weighed.signal.score(intent, model, moment) for model in field.models]
        if any(opinions):
            said[weighed.signal.name] = opinions
            total = [before + more for before, more in zip(total, opinions, strict=True)]
    return total, said


def _ordered(
    models: tuple[Model, ...], total: Floats, quality: Floats, dollars: Floats, seconds: Floats, terms: Sequence[Named]
) -> tuple[Candidate, ...]:
    order = sorted(range(len(total)), key=total.__getitem__, reverse=True)  # stable, also in reverse
    return tuple(
        [
            Candidate(models[place], total[place], Terms(terms, place), quality[place], dollars[place], seconds[place])
            for place in order
        ]
    )
