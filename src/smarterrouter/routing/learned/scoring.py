"""How likely each model answers a prompt well.

    t_m = sum_c pi_c * skill_mc,    p_m = sigma(a * (t_m - b) / sqrt(1 + pi/8 * a^2 * var_m))

pi_c are the probabilities of the categories, b the difficulty of the prompt, a the slope, var_m the variance of t_m:
the item-response curve averaged over what is uncertain about the model. Source: Lord (1980), Applications of Item
Response Theory; MacKay (1992), The evidence framework, for the average.
"""

from collections.abc import Sequence
from math import exp, pi, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from smarterrouter.routing.learned.artefact import KINDS
from smarterrouter.routing.learned.skills import Skills

Floats = NDArray[np.float64]

_PROBIT = pi / 8
_COMMON = 0.0
"""Difficulty of a common prompt: a good model of 8 billion parameters does every other one well."""
_DOUBT = 0.25
_FAMILIAR = 0.8
"""From here on the pull would be less than a twentieth, and is not worth its time."""
_EVEN = (1 / KINDS,) * KINDS
_LIMIT = 300.0
"""Beyond so many logits a chance is 0 or 1; `exp` bears 700."""


class Chances:
    """What M models are expected to do. Made once for a pool; a request is one product and a short loop."""

    def __init__(self, skills: Skills, slope: float) -> None:
        """`slope` is the artefact's: how fast chances rise with ability."""
        means = np.clip(np.nan_to_num(slope * skills.means), -_LIMIT, _LIMIT)
        self._table = np.concatenate((means, _PROBIT * slope * slope * skills.variances))
        self._slope = slope
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
        both = (self._table @ np.array(categories)).tolist()
        hard = self._slope * min(max(difficulty, -_LIMIT), _LIMIT)
        spreads = both[len(both) // 2 :]
        return [
            1 / (1 + exp((hard - mean) / sqrt(1 + spread))) for mean, spread in zip(both, spreads, strict=False)
        ]  # the means are the first half, and `zip` stops there


def ability(categories: NDArray[Any], skills: Skills) -> tuple[Floats, Floats]:
    """(models,) mean and variance of the ability that prompts of such categories call for."""
    return skills.means @ categories, skills.variances @ categories


def chance(means: Floats, variances: Floats, difficulty: float, slope: float) -> Floats:
    """(models,) the same as `Chances`, for training and its checks. Rises with the ability."""
    flat = np.sqrt(1 + (_PROBIT * slope * slope) * variances)
    result: Floats = 1 / (1 + np.exp(slope * (difficulty - means) / flat))
    return result
