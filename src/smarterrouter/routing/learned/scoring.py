"""How likely each model answers a prompt well.

    t_m = sum_c pi_c * skill_mc,    p_m = sigma(a * (t_m - b) / sqrt(1 + pi/8 * a^2 * var_m))

pi_c are the probabilities of the categories, b the difficulty of the prompt, a the slope, var_m the variance of t_m:
the item-response curve averaged over what is uncertain about the model. Source: Lord (1980), Applications of Item
Response Theory; MacKay (1992), The evidence framework, for the average.
"""

from math import pi
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
_EVEN = np.full(KINDS, 1 / KINDS, np.float32)


def quality(categories: NDArray[Any], difficulty: float, familiarity: float, skills: Skills, slope: float) -> Floats:
    """(models,) expected quality at a prompt, 0 to 1. Each depends on its own model alone.

    `categories` are (8,) probabilities. Of an unfamiliar prompt a quarter is what the model does with common prompts: a
    pull to the best model overall.
    """
    at_prompt = chance(*ability(categories, skills), difficulty, slope)
    if familiarity > _FAMILIAR:
        return at_prompt
    at_common = chance(*ability(_EVEN, skills), _COMMON, slope)
    trust = 1 - _DOUBT * (1 - familiarity)
    blended: Floats = trust * at_prompt + (1 - trust) * at_common
    return blended


def ability(categories: NDArray[Any], skills: Skills) -> tuple[Floats, Floats]:
    """(models,) mean and variance of the ability that prompts of such categories call for."""
    return skills.means @ categories, skills.variances @ categories


def chance(means: Floats, variances: Floats, difficulty: float, slope: float) -> Floats:
    """(models,) probability of success of models of uncertain ability. Rises with the ability."""
    flat = np.sqrt(1 + (_PROBIT * slope * slope) * variances)
    result: Floats = 1 / (1 + np.exp(slope * (difficulty - means) / flat))
    return result
