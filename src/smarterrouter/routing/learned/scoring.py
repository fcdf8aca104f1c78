"""How likely each model answers a prompt well.

    t_m = sum_c pi_c * skill_mc,    p_m = sigma(a * (t_m - b) / sqrt(1 + pi/8 * a^2 * var_m))

pi_c are the probabilities of the categories, b the difficulty of the prompt, a the slope, var_m the variance of t_m:
the item-response curve averaged over what is uncertain about the model. Source: Lord (1980), Applications of Item
Response Theory; MacKay (1992), The evidence framework, for the average.

In plain Python: for ten models that is as fast as NumPy, for two hundred fast enough, and the server needs no library
of sixteen megabytes for it.
"""

from collections.abc import Sequence
from math import exp, isfinite, pi, sqrt
from operator import mul

from smarterrouter.domain.intent import Category
from smarterrouter.domain.knowledge import Ability

_PROBIT = pi / 8
_COMMON = 0.0
"""Difficulty of a common prompt: a good model of 8 billion parameters does every other one well."""
_DOUBT = 0.25
_FAMILIAR = 0.8
"""From here on the pull would be less than a twentieth, and is not worth its time."""
_EVEN = (1 / len(Category),) * len(Category)
_LIMIT = 300.0
"""Beyond so many logits a chance is 0 or 1; `exp` bears 700."""

Skills = Sequence[Sequence[Ability]]
"""(M, 8) abilities of M models in the order of `Category`; logits, a good model of 8 billion parameters is at 0."""


class Chances:
    """What M models are expected to do. Made once for a pool; a request is some short sums."""

    def __init__(self, skills: Skills, slope: float) -> None:
        """`slope` is the artefact's: how fast chances rise with ability."""
        self._slope = slope
        self._rows = [
            (
                tuple([_bounded(slope * skill.mean) for skill in row]),
                tuple([_PROBIT * slope * slope * skill.sd * skill.sd for skill in row]),
            )
            for row in skills
        ]
        self._common = self._alike(_EVEN, _COMMON)

    def at(self, categories: Sequence[float], difficulty: float, familiarity: float) -> list[float]:
        """(M,) expected quality at a prompt, 0 to 1. Each depends on its own model alone and rises with its skills.

        `categories` are (8,) probabilities. Of an unfamiliar prompt up to a quarter is what the model does with common
        prompts: a pull to the best model overall.
        """
        found = self._alike(categories, difficulty)
        if familiarity > _FAMILIAR:
            return found
        doubt = _DOUBT * (1 - familiarity)
        return [(1 - doubt) * here + doubt * common for here, common in zip(found, self._common, strict=True)]

    def _alike(self, categories: Sequence[float], difficulty: float) -> list[float]:
        hard = _bounded(self._slope * difficulty)
        return [
            1 / (1 + exp((hard - sum(map(mul, means, categories))) / sqrt(1 + sum(map(mul, spreads, categories)))))
            for means, spreads in self._rows
        ]


def _bounded(value: float) -> float:
    """Within the limits; 0 for what is no number."""
    if isfinite(value):
        return min(max(value, -_LIMIT), _LIMIT)
    return 0.0 if value != value else _LIMIT if value > 0 else -_LIMIT  # noqa: PLR0124
