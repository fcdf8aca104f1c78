"""What quality, money, waiting and small opinions are worth, each with its reason. Nothing here is learned.

A signal (-1 to 1) times its weight is added to the utility, which is counted in shares of a good answer: a weight of
0.04 is worth four points of quality in a hundred.
"""

import msgspec
from msgspec import Struct

from smarterrouter.domain.intent import Category, Difficulty

MINIMUM_B: dict[Category, dict[Difficulty, float]] = {
    category: {Difficulty.SIMPLE: 0.0, Difficulty.MEDIUM: medium, Difficulty.HARD: hard}
    for category, (medium, hard) in {
        Category.CODE: (4.0, 8.0),
        Category.MATHEMATICS: (4.0, 8.0),
        Category.LOGIC: (4.0, 8.0),
        Category.STEM: (4.0, 8.0),
        Category.TOOLS: (4.0, 8.0),
        Category.INSTRUCTIONS: (1.0, 4.0),
        Category.KNOWLEDGE: (1.0, 4.0),
        Category.CHAT: (1.0, 4.0),
    }.items()
}
"""Billions of effective parameters below which a model is not trusted with this work."""

LARGEST_MINIMUM_B = 8.0
"""The deficit that counts as -1 in the signal `minimum`."""


EXPLORATION = 0.02
"""Share of prompts that may go to a model of which little is known, where feedback is there to learn from."""


class RoutingWeights(Struct, frozen=True):
    """Weights of the signals and the points where they turn."""

    minimum: float = 10.0 * LARGEST_MINIMUM_B
    """-10 for each billion below the minimum: no sum of the others makes up for one missing billion."""
    suitability: float = 120.0
    """A request with tools goes to a model that is known to call them, if there is one, even below the minimum size."""
    affinity: float = 0.04
    """Names are hearsay: enough to choose among models of about one size, and only while nothing is measured."""
    smaller: float = 0.5
    """Keeps large models free while the prompt is simple, at a preference of 0.5 for up to 25 points in a hundred; 0
    with ROUTER_PREFER_SMALLER_MODELS=false."""
    freshness: float = 0.004
    """A tie-breaker; 0 with ROUTER_PREFER_NEWER_MODELS=false."""
    variety: float = 0.01
    """Spreads load among equals; at most half of a signal, so it never changes a clear choice."""
    availability: float = 1000.0
    """A backend that refuses connections comes last, after everything else that can serve."""
    exploration: float = 0.0
    """Share of prompts that may go to a model of which little is known."""

    good_answer_dollars: float = 0.20
    """What a surely good answer instead of a surely bad one is worth at a preference of 0.5: a point of quality in a
    hundred is bought for 0.2 cents, ..."""
    good_answer_seconds: float = 500.0
    """... or for five seconds of waiting."""
    preference_range: float = 10.0
    """A preference of 1 makes both worth so many times as much, one of 0 so many times less."""

    unknown_input_price: float = 2.0
    unknown_output_price: float = 8.0
    """US dollars a million tokens of a hosted model whose price nobody has told: about the middle of what is asked."""

    unknown_local_b: float = 7.0
    """A model of unknown size on own hardware is taken for the most common size there."""
    unknown_remote_b: float = 30.0
    """A hosted model of unknown size is rarely small; `mini`, `nano`, `lite` and the like make it smaller."""


def weights_for(*, prefer_smaller: bool = True, prefer_newer: bool = True, exploration: float = 0.0) -> RoutingWeights:
    """The default weights with the switches applied."""
    plain = RoutingWeights()
    return msgspec.structs.replace(
        plain,
        smaller=plain.smaller if prefer_smaller else 0.0,
        freshness=plain.freshness if prefer_newer else 0.0,
        exploration=exploration,
    )


def quality_weight(preference: float) -> float:
    """What an opinion about who answers better is multiplied by: 0.5 (speed) to 1.5 (quality)."""
    return preference + 0.5


def speed_weight(preference: float) -> float:
    """What an opinion about who is lighter is multiplied by: 1 (speed) to 0 (quality)."""
    return 1.0 - preference
