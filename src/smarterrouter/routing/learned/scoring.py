"""How likely each model answers a prompt well.

    t_m = sum_c pi_c * skill_mc
    p_m = sigma(a * (t_m - b + (e^(-(b + 1)/4) - 1) * t_m) / sqrt(1 + pi/8 * a^2 * var_m))

pi_c are the probabilities of the categories, b the difficulty of the prompt, a the slope, var_m the variance of t_m:
the item-response curve averaged over what is uncertain about the model. Source: Lord (1980), Applications of Item
Response Theory; MacKay (1992), The evidence framework, for the average.

The third term is ours: hard prompts tell models apart less than easy ones do, because there luck and faulty questions
decide more. It closes half a point more of the area (docs/decisions/0032-learned-router.md); it is bounded, so that a
harder prompt is never more likely to be answered well.

In plain Python: for ten models that is as fast as NumPy, for two hundred fast enough, and the server needs no library
of sixteen megabytes for it.
"""

from collections.abc import Sequence
from math import copysign, exp, isfinite, pi, sqrt
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
_FADING = 0.25
"""Share of what ability counts that is lost with each logit of difficulty."""
_FADES_FROM, _FADES_TO = -1.5, 3.5
"""Logits of difficulty between which it is lost. Of easier prompts the data have few, and there little is at stake."""
_FULL = -1.0
"""Where a logit of ability counts as one: easy school questions."""
_LEAN = 1.5
"""Logits of ability to either side that it is applied to."""
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
        hard, counts, most = _bounded(self._slope * difficulty), counting(difficulty) - 1, self._slope * _LEAN
        found = []
        for means, spreads in self._rows:
            able = sum(map(mul, means, categories))
            lean = able if -most < able < most else copysign(most, able)
            doubt = sqrt(1 + sum(map(mul, spreads, categories)))
            found.append(1 / (1 + exp((hard - able - counts * lean) / doubt)))
        return found


def counting(difficulty: float) -> float:
    """How much a logit of ability counts at a prompt of this difficulty."""
    return exp(_FADING * (_FULL - min(max(difficulty, _FADES_FROM), _FADES_TO)))


def leaning(ability: float) -> float:
    """The part of an ability, in logits, that `counting` is applied to."""
    return min(max(ability, -_LEAN), _LEAN)


def _bounded(value: float) -> float:
    """Within the limits; 0 for what is no number."""
    if isfinite(value):
        return min(max(value, -_LIMIT), _LIMIT)
    return 0.0 if value != value else _LIMIT if value > 0 else -_LIMIT  # noqa: PLR0124
