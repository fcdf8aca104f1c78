"""Which task to ask next, and when enough is known."""

import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import msgspec
from msgspec import Struct

from smarterrouter.profiling.estimator import Item, Posterior, information

NEAR = 0.95
"""Tasks worth at least this share of the best are as good as the best: one of them is drawn."""


class Plan(Struct, frozen=True):
    """How long to go on asking one model."""

    most: int = 40
    """Never more answers than this."""
    enough: float = 0.35
    """Stop when the general ability is known with a standard deviation below this, in logits, and ..."""
    enough_skill: float = 0.45
    """... each skill below this, and ..."""
    least: int = 1
    """... every category was asked about so often, as far as it has tasks and `most` allows."""


QUICK = Plan(15)
DEFAULT = Plan(40)
THOROUGH = Plan(50)
PLANS: Mapping[str, Plan] = {"quick": QUICK, "normal": DEFAULT, "thorough": THOROUGH}
"""By the effort that people choose."""


def plan(effort: str, least: int) -> Plan:
    """The plan of an effort in `PLANS`, with at least so many questions for each category."""
    return msgspec.structs.replace(PLANS[effort], least=least)


def next_item(
    items: Sequence[Item], posterior: Posterior, asked: Sequence[Item], seed: int, least: int = 1
) -> Item | None:
    """The task to ask now, or None when all were asked. The same arguments give the same task.

    Categories that were asked about less than `least` times come first, each task as hard as the model is believed
    able. Later ones are those that will probably lower the variance of a skill most: informative ones, in categories
    that are known little.
    """
    done = {item.id for item in asked}
    left = [item for item in items if item.id not in done]
    if not left:
        return None
    times = Counter(item.category for item in asked)
    behind = min(sorted({item.category for item in left}), key=lambda name: times[name])
    if times[behind] < least:
        left = [item for item in left if item.category == behind]
    worth = _worth(left, posterior)
    best = max(value for value, _ in worth)
    near = [item for value, item in worth if value >= NEAR * best]
    return random.Random(f"{seed}/{len(asked)}").choice(sorted(near, key=lambda item: item.id))  # noqa: S311


def _worth(items: Sequence[Item], posterior: Posterior) -> list[tuple[float, Item]]:
    """How much each task will probably lower the variance of its skill: v - 1 / (1 / v + information)."""
    values: list[tuple[float, Item]] = []
    for category in sorted({item.category for item in items}):
        variance, belief = posterior.skill(category).sd ** 2, posterior.belief(category)
        for item in items:
            if item.category == category:
                told = information(item, belief)
                values.append((variance * variance * told / (1 + variance * told), item))
    return values


def enough(
    posterior: Posterior, categories: Iterable[str], answers: int, plan: Plan = DEFAULT, *, neglected: bool = False
) -> bool:
    """Is the model known well enough, or has it answered enough? `neglected`: see there."""
    if answers >= plan.most:
        return True
    if neglected or posterior.overall.sd >= plan.enough:
        return False
    return all(posterior.skill(category).sd < plan.enough_skill for category in categories)


def neglected(items: Sequence[Item], asked: Sequence[Item], least: int) -> bool:
    """Is there a category with tasks left that was asked about less than `least` times?"""
    done = {item.id for item in asked}
    times = Counter(item.category for item in asked)
    return any(times[item.category] < least for item in items if item.id not in done)
