"""Every number that scoring uses, in one place, each with its reason. Nothing here is learned.

Totals add up as: signal (-1 to 1) x weight x what the caller prefers. So weights compare directly: a signal of weight
3 can outvote one of weight 1 three times.
"""

from hashlib import blake2b

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


class RoutingWeights(Struct, frozen=True):
    """Weights of the signals and the points where they turn."""

    minimum: float = 10.0 * LARGEST_MINIMUM_B
    """-10 for each billion below the minimum: no sum of the others makes up for one missing billion."""
    suitability: float = 120.0
    """A request with tools goes to a model that is known to call them, if there is one, even below the minimum size."""
    size: float = 3.0
    """The strongest opinion about quality while nothing is measured: larger models answer hard prompts better."""
    speed: float = 2.0
    """At a preference of 0.5 a third of `size`: a hard prompt takes the large model, a medium one a middle one."""
    affinity: float = 0.6
    """Names are hearsay: enough to choose among models of about one size, never to replace size."""
    smaller: float = 0.8
    """Keeps large models free while the prompt is simple; 0 with ROUTER_PREFER_SMALLER_MODELS=false."""
    freshness: float = 0.1
    """A tie-breaker; 0 with ROUTER_PREFER_NEWER_MODELS=false."""
    cost: float = 0.4
    """Among equals the cheaper; a hard prompt may still cost money."""
    residency: float = 0.3
    """A loaded model answers at once; not worth a worse answer."""
    variety: float = 0.05
    """Spreads load among equals; at most half of a signal, so it never changes a clear choice."""
    availability: float = 1000.0
    """A backend that refuses connections comes last, after everything else that can serve."""

    size_threshold: float = 0.3
    """Complexity from which size is worth something at a preference of 0.5."""
    trivial_threshold: float = 0.15
    """Below this a small model does as well: at most 7 B gets a bonus, 14 B and more a penalty."""
    unknown_local_b: float = 7.0
    """A model of unknown size on own hardware is taken for the most common size there."""
    unknown_remote_b: float = 30.0
    """A hosted model of unknown size is rarely small; `mini`, `nano`, `lite` and the like make it smaller."""

    def policy(self) -> str:
        """A short hash of these weights, for records."""
        return blake2b(msgspec.json.encode(self), digest_size=6).hexdigest()


def weights_for(*, prefer_smaller: bool = True, prefer_newer: bool = True) -> RoutingWeights:
    """The default weights with the two switches applied."""
    plain = RoutingWeights()
    return msgspec.structs.replace(
        plain,
        smaller=plain.smaller if prefer_smaller else 0.0,
        freshness=plain.freshness if prefer_newer else 0.0,
    )


def quality_weight(preference: float) -> float:
    """What opinions about quality are worth: 0.5 (speed) to 1.5 (quality)."""
    return preference + 0.5


def speed_weight(preference: float) -> float:
    """What opinions about speed, thrift and price are worth: 1 (speed) to 0 (quality)."""
    return 1.0 - preference
