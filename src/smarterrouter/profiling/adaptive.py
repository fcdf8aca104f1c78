"""Which task to ask next, and when enough is known."""

import random
from collections import Counter
from collections.abc import Iterable, Sequence

from msgspec import Struct

from smarterrouter.profiling.estimator import Item, Posterior, information

NEAR = 0.9
"""Tasks with at least this share of the best information are as good as the best: one of them is drawn."""


class Plan(Struct, frozen=True):
    """How long to go on asking one model."""

    most: int = 40
    """Never more answers than this."""
    enough: float = 0.35
    """Stop when the general ability is known with a standard deviation below this, in logits, and ..."""
    enough_skill: float = 0.45
    """... each skill below this."""


QUICK = Plan(15)
DEFAULT = Plan(40)
THOROUGH = Plan(50)


def next_item(items: Sequence[Item], posterior: Posterior, asked: Sequence[Item], seed: int) -> Item | None:
    """The task to ask now, or None when all were asked. The same arguments give the same task.

    The first of each category is as hard as the model is believed able; later ones are the most informative of the
    category that is known least.
    """
    done = {item.id for item in asked}
    left = [item for item in items if item.id not in done]
    if not left:
        return None
    category = _category(left, posterior, asked)
    belief = posterior.belief(category)
    worth = [(information(item, belief), item) for item in left if item.category == category]
    best = max(value for value, _ in worth)
    near = [item for value, item in worth if value >= NEAR * best]
    return random.Random(f"{seed}/{len(asked)}").choice(sorted(near, key=lambda item: item.id))  # noqa: S311


def enough(posterior: Posterior, categories: Iterable[str], answers: int, plan: Plan = DEFAULT) -> bool:
    """Is the model known well enough, or has it answered enough?"""
    if answers >= plan.most:
        return True
    if posterior.overall.sd >= plan.enough:
        return False
    return all(posterior.skill(category).sd < plan.enough_skill for category in categories)


def _category(left: Sequence[Item], posterior: Posterior, asked: Sequence[Item]) -> str:
    """Every category once, then the one with the widest belief; where two are alike, the one asked less."""
    times = Counter(item.category for item in asked)
    return min(
        sorted({item.category for item in left}),
        key=lambda name: (times[name] > 0, -round(posterior.skill(name).sd, 2), times[name]),
    )
