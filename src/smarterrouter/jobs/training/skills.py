"""What is believed about how well a model does each category, from estimates of single skills.

For the checks of training and the bench; the gateway believes what `catalog/abilities.py` works out.
"""

from collections.abc import Iterable, Mapping, Sequence

from smarterrouter.domain.intent import Category
from smarterrouter.domain.knowledge import Ability
from smarterrouter.routing.learned.artefact import CATEGORIES

DEVIATION = 0.4
"""Sd of a model's skill in one category around its general ability, in logits; measured over public results: 0.37."""
WIDE = Ability(0.0, 1.5)
_LIMIT = 6.0
"""Abilities beyond it mean nothing: every task is solved then, or none."""


def stack(beliefs: Sequence[Mapping[Category, Ability]]) -> list[tuple[Ability, ...]]:
    """(models, 8) abilities for `Chances`. A category that is missing or not a number is believed to be `WIDE`."""
    return [tuple([_sound(belief.get(category, WIDE)) for category in CATEGORIES]) for belief in beliefs]


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
