"""`Skills`: what is believed about how well each of many models does each category, as two matrices.

The gateway fills `Skills` itself (`routing/field.py`); the functions here serve the checks of training and the bench.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from smarterrouter.domain.intent import Category
from smarterrouter.domain.knowledge import Ability
from smarterrouter.routing.learned.artefact import CATEGORIES

DEVIATION = 0.4
"""Sd of a model's skill in one category around its general ability, in logits; measured over public results: 0.37."""
WIDE = Ability(0.0, 1.5)
_LIMIT = 6.0
"""Abilities beyond it mean nothing: every task is solved then, or none."""


class Skills(Struct, frozen=True):
    """Absolute ability by model and category, in logits: a good model of 8 billion parameters is at 0."""

    means: NDArray[np.float64]
    """(models, 8), categories in the order of `Category`."""
    variances: NDArray[np.float64]
    """(models, 8)"""


def stack(beliefs: Sequence[Mapping[Category, Ability]]) -> Skills:
    """One matrix of many models' beliefs. A category that is missing or not a number is believed to be `WIDE`."""
    means = np.empty((len(beliefs), len(CATEGORIES)))
    variances = np.empty_like(means)
    for row, belief in enumerate(beliefs):
        for column, category in enumerate(CATEGORIES):
            ability = _sound(belief.get(category, WIDE))
            means[row, column], variances[row, column] = ability.mean, ability.sd * ability.sd
    return Skills(means, variances)


def combine(prior: Ability, evidence: Iterable[tuple[Category, Ability]]) -> dict[Category, Ability]:
    """Beliefs about all categories from a prior of the general ability and independent estimates of single skills.

    Exact for Gaussians: skill = general ability + deviation; several estimates of one skill are averaged by precision.
    """
    sums = {category: [0.0, 0.0] for category in CATEGORIES}
    for category, estimate in evidence:
        sound = _sound(estimate)
        sums[category][0] += 1 / sound.sd**2
        sums[category][1] += sound.mean / sound.sd**2
    prior = _sound(prior)
    tight = DEVIATION**2
    return {category: _skill(category, sums, prior, tight) for category in CATEGORIES}


def _skill(category: Category, sums: Mapping[Category, list[float]], prior: Ability, tight: float) -> Ability:
    """What the prior and the other categories say of the general ability, a deviation, then the category's own."""
    precision, total = 1 / prior.sd**2, prior.mean / prior.sd**2
    for other, (mass, pull) in sums.items():
        if other is not category and mass:
            weight = 1 / (1 / mass + tight)
            precision += weight
            total += weight * pull / mass
    expected = 1 / (1 / precision + tight)
    mass, pull = sums[category]
    return Ability((total / precision * expected + pull) / (expected + mass), (expected + mass) ** -0.5)


def _sound(ability: Ability) -> Ability:
    """NaN and infinities become `WIDE`."""
    if not -_LIMIT <= ability.mean <= _LIMIT:
        return WIDE if ability.mean != ability.mean else Ability(_LIMIT if ability.mean > 0 else -_LIMIT, WIDE.sd)
    return ability if 0.01 <= ability.sd <= _LIMIT else Ability(ability.mean, WIDE.sd)
