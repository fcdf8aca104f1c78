"""From labels to abilities: what users and our own checks said of answers, learned by the item-response model.

A label of an answer to a request of difficulty b, given by a model of skill x, is right with probability 1 - flip:

    P(good) = flip + (1 - 2 flip) * sigma(x - b)

A model has one skill for each category: m_c + tau_c z + own part, with z shared by all of them. Given z the skills are
independent, so the posterior needs only sums over two small grids (Gibbons and Hedeker, 1992): exact where the online
Laplace approximation is not, and the same whatever the order of the labels.

One voter must not move a model however often they vote. So not the likelihood of all of a voter's labels counts but one
whose slope is held between `MOST` times the steepest of their bad labels and `MOST` times that of their good ones: a
thousand votes say as much as three. A further good label only ever raises this slope, hence never lowers the skill.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from smarterrouter.domain.feedback import FLIPS, Aged
from smarterrouter.domain.intent import Category
from smarterrouter.domain.knowledge import Ability

Floats = NDArray[np.float64]

HALF_LIFE = 2000.0
"""After so many further labels one counts half: models, prompts and tastes change."""
MOST = 3.0
"""So many labels of one voter count at most for one skill of one model."""
MOST_SHARED = 0.5
"""So many of them count for its other skills, or votes in eight categories would count eightfold for each."""
DEVIATION = 0.4
"""Standard deviation of a model's skills around its general ability, in logits; measured over public results: 0.37."""
_NARROWEST, _WIDEST = 0.05, 1.6
"""Standard deviations of priors that the grids can hold."""
_GRID = np.linspace(-6.0, 6.0, 61)
"""In standard deviations of the prior. Sums over a bell as coarse as this are exact to eight digits."""
_SIGN = {sign: place for place, sign in enumerate(FLIPS)}
_PLACE: Mapping[Category | None, int] = {**{category: place for place, category in enumerate(Category)}, None: -1}


def updated(prior: Sequence[Ability], labels: Iterable[Aged]) -> tuple[Ability, ...]:
    """The skills of one model after all its `labels`; `prior` holds one for each `Category`, in its order."""
    sorts = _sorted(labels)
    if not sorts:
        return tuple(prior)
    spoken = {place: _Skill(ability) for place, ability in enumerate(prior)}
    spoken[-1] = _Skill(_middle(prior))  # of labels whose category nobody knows
    for place, ones in sorts.items():
        spoken[place].hear(ones)
    general = -0.5 * _GRID**2 + sum(skill.message for skill in spoken.values())
    return tuple(spoken[place].believed(general) for place in range(len(prior)))


def _sorted(labels: Iterable[Aged]) -> dict[int, list[Aged]]:
    """By place of their category, those of one voter side by side, always in the same order."""
    found: dict[int, list[Aged]] = {}
    for one in sorted(labels, key=_order):
        if one.label.verdict:
            found.setdefault(_PLACE[one.label.category], []).append(one)
    return found


def _order(one: Aged) -> tuple[str, str, int, float, float, float]:
    label = one.label
    return label.voter, label.request, _SIGN[label.sign], label.difficulty, label.verdict, one.age


def _middle(prior: Sequence[Ability]) -> Ability:
    count = len(prior)
    return Ability(sum(ability.mean for ability in prior) / count, sum(ability.sd for ability in prior) / count)


class _Skill:
    """One skill of one model while it is worked out; lives for one call."""

    def __init__(self, prior: Ability) -> None:
        self._mean = prior.mean
        self._sd = min(max(prior.sd, _NARROWEST), _WIDEST)
        own = min(DEVIATION**2, self._sd**2 / 2)
        self._expected = _bells(sqrt(1 - own / self._sd**2), sqrt(own) / self._sd)
        self._said = np.zeros_like(_GRID)
        self.message = np.zeros_like(_GRID)
        """Log likelihood of the labels at each general ability."""

    def hear(self, labels: Sequence[Aged]) -> None:
        """Take in all labels of this skill, those of one voter side by side."""
        slopes = _slopes(labels, self._mean + self._sd * _GRID)
        starts = _starts(labels)
        self._said = _rising(_bounded(slopes, starts, MOST)) * self._sd
        shared = _rising(_bounded(slopes, starts, MOST_SHARED)) * self._sd
        self.message = np.log(self._expected @ np.exp(shared - shared.max()))

    def believed(self, general: Floats) -> Ability:
        """The skill after its own labels, and what the `general` ability says without them."""
        others = general - self.message
        weights = (np.exp(others - others.max()) @ self._expected) * np.exp(self._said - self._said.max())
        weights /= weights.sum()
        place = float(weights @ _GRID)
        spread = sqrt(max(float(weights @ (_GRID - place) ** 2), 0.0))
        return Ability(self._mean + self._sd * place, self._sd * spread)


def _bells(shared: float, own: float) -> Floats:
    """(general, skill) probability of each skill at each general ability, all in standard deviations."""
    bells: Floats = np.exp(-0.5 * ((_GRID[None, :] - shared * _GRID[:, None]) / own) ** 2)
    bells /= bells.sum(axis=1, keepdims=True)
    return bells


def _slopes(labels: Sequence[Aged], skills: Floats) -> Floats:
    """(labels, skills) slope of each label's log likelihood, faded with its age. One sign each: that of its verdict."""
    flips = np.array([FLIPS[one.label.sign] for one in labels])
    verdicts = np.clip([one.label.verdict for one in labels], -1.0, 1.0)
    right = (flips + (1 - 2 * flips) * (1 + verdicts) / 2)[:, None]
    fade = 0.5 ** (np.array([one.age for one in labels]) / HALF_LIFE)[:, None]
    good = 1 / (1 + np.exp(np.clip([one.label.difficulty for one in labels], -8.0, 8.0)[:, None] - skills[None, :]))
    chance = right * good + (1 - right) * (1 - good)
    slopes: Floats = fade * (2 * right - 1) * good * (1 - good) / chance
    return slopes


def _starts(labels: Sequence[Aged]) -> list[int]:
    """Where each voter's labels begin."""
    voters = [one.label.voter for one in labels]
    return [place for place, voter in enumerate(voters) if place == 0 or voter != voters[place - 1]]


def _bounded(slopes: Floats, starts: list[int], most: float) -> Floats:
    """(skills,) sum over voters, each held to `most` times the steepest of their labels on either side."""
    sums = np.add.reduceat(slopes, starts, axis=0)
    highest = np.maximum(np.maximum.reduceat(slopes, starts, axis=0), 0.0) * most
    lowest = np.minimum(np.minimum.reduceat(slopes, starts, axis=0), 0.0) * most
    total: Floats = np.clip(sums, lowest, highest).sum(axis=0)
    return total


def _rising(slopes: Floats) -> Floats:
    """The curve with these slopes, over the grid."""
    steps = np.diff(_GRID) * (slopes[1:] + slopes[:-1]) / 2
    return np.concatenate(([0.0], np.cumsum(steps)))
