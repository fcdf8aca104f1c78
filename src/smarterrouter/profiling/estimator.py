"""From checked answers to abilities with honest errors: an item-response model, worked out on a grid.

A model has a general ability t and, for each category c, a skill e_c = t + deviation. A task of difficulty b and slope
a is solved with probability

    P = guess + (1 - guess - slip) * sigma(a * (e_c - b))

t has a Gaussian prior (published scores or size, else wide); the deviations are independent Gaussians. Given t the
skills are independent of each other, so the exact posterior needs only sums over a one-dimensional grid: no sampling,
no approximation by a bell curve, the same numbers whatever the order of the answers. Sources: Lord (1980), Applications
of Item Response Theory; Barton and Lord (1981) for the upper asymptote; Gibbons and Hedeker (1992) for this reduction.
"""

import math
from collections.abc import Iterable
from functools import cache, lru_cache
from operator import mul, sub

from msgspec import Struct

from smarterrouter.domain.knowledge import Ability

GUESS = 0.02
"""Assumed share of unsolved tasks whose answer is right all the same; a task with choices has its own."""
SLIP = 0.03
"""Assumed share of solved tasks whose answer is wrong all the same: a typo, a fence too many, a cut-off line.

Without it one careless mistake would throw a strong model far back. The estimator does not know the true share.
"""
SLOPE = 1.25
"""Assumed steepness of a task with a free answer: three quarters of what such tasks have in published results where the
abilities of models span -2 to 2 (see `bench/profiling.py`). Rather too wide an error than too narrow a one.
"""
SLOPE_OF_CHOICE = 0.95
"""The same for choices among options and for calls of functions, which tell models apart less well."""
DEVIATION = 0.4
"""Standard deviation of a skill around the general ability, in logits; measured over public results: 0.37."""
WIDE = Ability(0.0, 1.5)
"""What is believed of a model of which nothing is known."""
NARROWEST = 0.2
"""No prior is taken to be surer than this, so that answers can always correct it (and the grid can hold it)."""
JUDGE_NOISE = 0.25
"""How often a judge is assumed to side with the wrong verdict; 0.5 would be a coin."""

_STEP = 0.2
_GRID = tuple(round(_STEP * index, 1) for index in range(-30, 31))
"""Abilities from -6 to 6: beyond it every task of ours is solved, or none. Sums over a grid as fine as the narrowest
bell are exact to eight digits."""
_SQUASH = math.pi / 8

Curve = tuple[float, ...]
"""One number for each point of the grid."""
_NOTHING: Curve = (0.0,) * len(_GRID)


class Item(Struct, frozen=True):
    """What the model of answers knows about one task."""

    id: str
    category: str
    difficulty: float
    """In logits: a model of this skill solves it half of the time, guesses and slips aside."""
    slope: float = SLOPE
    guess: float = GUESS
    slip: float = SLIP
    spread: float = 0.0
    """Standard deviation of what is believed about the difficulty."""


def chance(item: Item, skill: float) -> float:
    """Probability that a model of that skill answers `item` right. Rises with the skill."""
    return item.guess + (1 - item.guess - item.slip) * _sigma(_slope(item) * (skill - item.difficulty))


def information(item: Item, belief: Curve) -> float:
    """Expected Fisher information of one answer about the skill, over `belief` (which sums to 1)."""
    return float(sum(map(mul, belief, _fisher(item))))


class Posterior:
    """What is believed about one model after some answers. The caller that made it is its owner."""

    def __init__(self, prior: Ability = WIDE) -> None:
        """`prior` speaks of the general ability."""
        self._prior = _bell(prior)
        self._evidence: dict[str, Curve] = {}
        """By category: log likelihood of its answers at each skill."""
        self._messages: dict[str, Curve] = {}
        """By category: log likelihood of its answers at each general ability."""
        self._beliefs: dict[str, Curve] = {}
        self._total: Curve | None = None
        """Logarithm of what is believed of the general ability, not normalised."""

    def update(self, item: Item, passed: bool) -> None:
        """Learn from one checked answer."""
        self._learn(item, 1.0 if passed else 0.0)

    def judged(self, item: Item, score: float) -> None:
        """Learn from a judge's score of an open answer, 0 to 1. A score of 0.5 says nothing."""
        self._learn(item, JUDGE_NOISE + (1 - 2 * JUDGE_NOISE) * min(max(score, 0.0), 1.0))

    @property
    def overall(self) -> Ability:
        """The general ability."""
        return _summary(_normal(self._general()))

    def skill(self, category: str) -> Ability:
        """Absolute ability in one category, whether it was asked about or not."""
        return _summary(self.belief(category))

    def belief(self, category: str) -> Curve:
        """Probability of each skill in one category; sums to 1."""
        known = self._beliefs.get(category)
        if known is None:
            others = tuple(map(sub, self._general(), self._messages.get(category, _NOTHING)))
            expected = _spread(_normal(others), _taps(DEVIATION))
            known = _normal(_sum((_logs(expected), self._evidence.get(category, _NOTHING))))
            self._beliefs[category] = known
        return known

    def _general(self) -> Curve:
        if self._total is None:
            self._total = _sum((self._prior, *self._messages.values()))
        return self._total

    def _learn(self, item: Item, right: float) -> None:
        """`right`: how likely the verdict "passed" is true, as far as whoever gave it can be trusted."""
        curve = _curve(item)
        self._add(item.category, tuple(math.log(right * p + (1 - right) * (1 - p)) for p in curve))

    def _add(self, category: str, logs: Curve) -> None:
        evidence = self._evidence[category] = _sum((self._evidence.get(category, _NOTHING), logs))
        highest = max(evidence)
        likelihood = tuple(math.exp(value - highest) for value in evidence)
        self._messages[category] = _logs(_spread(likelihood, _taps(DEVIATION)))
        self._beliefs.clear()
        self._total = None


def fit(answers: Iterable[tuple[Item, bool]], prior: Ability = WIDE) -> Posterior:
    """The posterior after all `answers`."""
    posterior = Posterior(prior)
    for item, passed in answers:
        posterior.update(item, passed)
    return posterior


def pull(belief: Curve, item: Item, passed: bool) -> tuple[float, float]:
    """How one answer pulls at the item's difficulty: slope of its expected log likelihood, and expected information.

    `belief` is what is known of the skill of the model that answered.
    """
    slope = information_sum = 0.0
    for weight, probability, fisher in zip(belief, _curve(item), _fisher(item), strict=True):
        rise = math.sqrt(fisher * probability * (1 - probability))
        slope -= weight * (passed - probability) * rise / (probability * (1 - probability))
        information_sum += weight * fisher
    return slope, information_sum


def _sigma(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x >= 0 else 1 - 1 / (1 + math.exp(x))


def _slope(item: Item) -> float:
    """An unsure difficulty makes the curve flatter. Source: MacKay (1992), The evidence framework."""
    blur = item.slope * item.spread
    return item.slope / math.sqrt(1 + _SQUASH * blur * blur)


@lru_cache(maxsize=4096)
def _curve(item: Item) -> Curve:
    return tuple(chance(item, skill) for skill in _GRID)


@lru_cache(maxsize=4096)
def _fisher(item: Item) -> Curve:
    return tuple(_fisher_at(item, skill) for skill in _GRID)


def _fisher_at(item: Item, skill: float) -> float:
    slope = _slope(item)
    solved = _sigma(slope * (skill - item.difficulty))
    probability = chance(item, skill)
    rise = slope * (1 - item.guess - item.slip) * solved * (1 - solved)
    return rise * rise / (probability * (1 - probability))


def _bell(ability: Ability) -> Curve:
    """Logarithm of a Gaussian. Its mean is kept inside the grid, so that a foreign number empties nothing."""
    mean, sd = min(max(ability.mean, -5.0), 5.0), max(ability.sd, NARROWEST)
    return tuple(-0.5 * ((point - mean) / sd) ** 2 for point in _GRID)


def _logs(curve: Curve) -> Curve:
    return tuple(math.log(max(value, 1e-300)) for value in curve)


def _sum(curves: Iterable[Curve]) -> Curve:
    return tuple(map(sum, zip(*curves, strict=True)))


@cache
def _taps(sd: float) -> Curve:
    """Half of a Gaussian kernel, cut at four standard deviations."""
    reach = max(1, round(4 * sd / _STEP))
    return tuple(math.exp(-0.5 * (_STEP * index / sd) ** 2) for index in range(reach + 1))


def _spread(curve: Curve, kernel: Curve) -> Curve:
    """The curve convolved with the kernel; beyond the grid it goes on as it ends."""
    reach = len(kernel) - 1
    padded = (curve[0],) * reach + curve + (curve[-1],) * reach
    size = len(curve)
    total = [kernel[0] * value for value in curve]
    for offset in range(1, reach + 1):
        tap = kernel[offset]
        left, right = padded[reach - offset : reach - offset + size], padded[reach + offset : reach + offset + size]
        total = [so_far + tap * (a + b) for so_far, a, b in zip(total, left, right, strict=True)]
    return tuple(total)


def _normal(logs: Curve) -> Curve:
    """From logarithms of any height to probabilities that sum to 1."""
    highest = max(logs)
    values = [math.exp(value - highest) for value in logs]
    total = sum(values)
    return tuple(value / total for value in values)


def _summary(belief: Curve) -> Ability:
    mean = float(sum(map(mul, belief, _GRID)))
    variance = sum(weight * (point - mean) ** 2 for weight, point in zip(belief, _GRID, strict=True))
    return Ability(mean, math.sqrt(variance))
