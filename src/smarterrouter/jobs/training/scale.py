"""Puts fitted abilities on the scale that profiles use: good models of 8 billion parameters at 0, in every group."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from smarterrouter.jobs.training.difficulty import SLOPE, sigma

YARDSTICKS = ("llama-3.1-8b", "gemma-2-9b", "qwen2.5-7b")
"""Models that are at ability 0 by definition."""
FALLBACK = -0.1
"""Where they are on the fitted scale when a group says nothing of them: the mean over groups that do."""

Floats = NDArray[np.float64]


def zero_of(difficulties: Floats, shares: Mapping[str, float]) -> float | None:
    """Mean ability, on the fitted scale, of those yardsticks whose share of solved questions is known."""
    found = [ability_for(difficulties, shares[name]) for name in YARDSTICKS if name in shares]
    return sum(found) / len(found) if found else None


def ability_for(difficulties: Floats, share: float) -> float:
    """The ability that solves `share` of questions of these difficulties, by bisection."""
    low, high = -8.0, 8.0
    for _ in range(40):
        middle = (low + high) / 2
        if float(sigma(SLOPE * (middle - difficulties)).mean()) < share:
            low = middle
        else:
            high = middle
    return (low + high) / 2
