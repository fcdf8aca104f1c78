"""Now and then a model of which little is known goes first, so that something becomes known of it.

With good priors exploring costs more than it gives (see docs/decisions), so it is rare, only among models that are
nearly as good, and only where somebody learns from it. Chance comes from the prompt itself: the same prompt on the same
snapshot is decided alike, always.
"""

from collections.abc import Sequence
from math import sqrt

from smarterrouter.domain.intent import Intent
from smarterrouter.domain.knowledge import Ability
from smarterrouter.routing.field import Field
from smarterrouter.routing.weights import RoutingWeights

WIDE = 0.5
"""Standard deviation of a skill, in logits, from which a model counts as little known."""
NEAR = 0.05
"""How much less its utility may be than the best one's."""
_FINE = 1 << 20
_AHEAD = 1e-6


def exploration(
    intent: Intent, field: Field, utilities: Sequence[float], weights: RoutingWeights
) -> list[float] | None:
    """(M,) what is added to the utilities: it puts one little known model ahead. None for most prompts."""
    if intent.reading is None or not _drawn(intent, weights.exploration):
        return None
    shares, best = intent.reading.categories, max(utilities)
    curious = [
        (_sd(skills, shares), -place)
        for place, (skills, utility) in enumerate(zip(field.skills, utilities, strict=True))
        if utility >= best - NEAR
    ]
    sd, place = max(curious)
    if sd <= WIDE:
        return None
    added = [0.0] * len(utilities)
    added[-place] = best - utilities[-place] + _AHEAD
    return added


def _sd(skills: Sequence[Ability], shares: Sequence[float]) -> float:
    """How much is unknown of the ability that such prompts call for, in logits."""
    return sqrt(sum([share * skill.sd * skill.sd for skill, share in zip(skills, shares, strict=True)]))


def _drawn(intent: Intent, share: float) -> bool:
    """Tuples of numbers hash alike in every process, and readings lie on fixed steps."""
    reading = intent.reading
    assert reading is not None  # noqa: S101 - whoever asks has looked
    return (hash((reading.categories, reading.difficulty, reading.familiarity)) >> 4) % _FINE < share * _FINE
