"""Two models, one weak and one strong: how good is the choice of prompts that the strong one gets?

APGR is the area under the share of the gap in quality that is won back, over the share of prompts that go to the strong
model: 0.5 is a coin. Source: RouteLLM, arXiv 2406.18665.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

import msgspec
import numpy as np
from bench.routing_metrics import Floats

from smarterrouter.jobs.training.rows import Row

_LEAST_QUESTIONS, _RESAMPLES = 100, 200
Rank = Callable[[Row], float]
"""The higher, the rather the strong model."""


class Pair(msgspec.Struct, frozen=True):
    """Questions of one kind that both models answered."""

    name: str
    weak: str
    strong: str
    rows: tuple[Row, ...]


class Area(msgspec.Struct, frozen=True):
    """The APGR with its 95 % interval."""

    value: float
    low: float
    high: float


def pairs(rows: Sequence[Row]) -> list[Pair]:
    """The pairs of those data sets that know two models, by data set and first part of the task."""
    known = defaultdict(set)
    for row in rows:
        known[row.dataset] |= row.scores.keys()
    found = defaultdict(list)
    for row in rows:
        if len(known[row.dataset]) == 2 and len(row.scores) == 2:
            found[row.dataset, row.task.split("/")[0]].append(row)
    return [
        _pair(f"{dataset} {kind}", own)
        for (dataset, kind), own in sorted(found.items())
        if len(own) >= _LEAST_QUESTIONS and _gap(own)
    ]


def area(pair: Pair, rank: Rank) -> Area:
    """How well `rank` tells which prompts the strong model should get."""
    ranks = np.array([rank(row) for row in pair.rows])
    won = np.array([row.scores[pair.strong] - row.scores[pair.weak] for row in pair.rows])
    rng = np.random.default_rng(0)
    draws = [rng.integers(0, len(won), len(won)) for _ in range(_RESAMPLES)]
    low, high = np.nanquantile([apgr(ranks[drawn], won[drawn]) for drawn in draws], (0.025, 0.975))
    return Area(apgr(ranks, won), float(low), float(high))


def apgr(ranks: Floats, won: Floats) -> float:
    """`won`: what the strong model does better at each question. NaN where it is no better in the mean.

    Questions of the same rank are sent in any order, so each counts as their mean.
    """
    gap = won.mean()
    if gap <= 0:
        return float("nan")
    _, place, sizes = np.unique(-ranks, return_inverse=True, return_counts=True)
    alike = np.bincount(place, won) / sizes
    recovered = np.concatenate([[0.0], np.cumsum(np.repeat(alike, sizes)) / len(won) / gap])
    return float(np.trapezoid(recovered, dx=1 / len(won)))


def written(found: Mapping[str, Mapping[str, Mapping[str, Area]]]) -> str:
    """By what was held out, pair and method, as Markdown; empty where there is no pair."""
    rows = [(how, name, by_method) for how, by_pair in found.items() for name, by_method in by_pair.items()]
    if not rows:
        return ""
    methods = list(rows[0][2])
    lines = [
        "## Pairs of a weak and a strong model",
        "",
        "Area under what is won back of the gap between them, over the share that the strong one gets (0.5: a coin).",
        "",
        f"| held out | pair | {' | '.join(methods)} |",
        "|---" * (len(methods) + 2) + "|",
    ]
    for how, name, by_method in rows:
        cells = " | ".join(f"{one.value:.3f} ({one.low:.3f} to {one.high:.3f})" for one in by_method.values())
        lines.append(f"| {how} | {name} | {cells} |")
    return "\n".join([*lines, ""])


def _pair(name: str, rows: Sequence[Row]) -> Pair:
    weak, strong = sorted(rows[0].scores, key=lambda model: sum(row.scores[model] for row in rows))
    return Pair(name, weak, strong, tuple(rows))


def _gap(rows: Sequence[Row]) -> bool:
    first, second = (sum(row.scores[model] for row in rows) for model in sorted(rows[0].scores))
    return first != second
