"""Abilities as people read them: the share of tasks solved, with half of the 90 % interval."""

import math
from collections.abc import Mapping

from smarterrouter.domain.intent import Category
from smarterrouter.domain.knowledge import Ability

LEGEND = "In percent of tasks of which a good 8B model solves half, ± half of the 90 % interval"
SHORT: Mapping[str, str] = {
    Category.MATHEMATICS: "math",
    Category.INSTRUCTIONS: "instr.",
    Category.KNOWLEDGE: "know.",
}
"""Headings of columns of shares where there is little room."""
_NINETY = 1.645


def share(ability: Ability) -> str:
    """`73 ±12`: of such tasks it is expected to solve 73 %."""
    low, high = (_percent(ability.mean + sign * _NINETY * ability.sd) for sign in (-1, 1))
    return f"{_percent(ability.mean):.0f} ±{max((high - low) / 2, 1):.0f}"


def _percent(logit: float) -> float:
    """100 / (1 + e^-logit), without overflow."""
    return 50 * (1 + math.tanh(logit / 2))
