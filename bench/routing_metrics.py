"""What a routing is worth: quality over cost against mixes of single models. Source: RouterBench, arXiv 2403.12031."""

import msgspec
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Point = tuple[float, float]
"""Mean cost and mean quality."""

_WEIGHTS = np.concatenate([[0.0], np.geomspace(1e-4, 30, 60)])
"""How much cost counts, in units of quality for the median price."""
_GRID = 200


class Worth(msgspec.Struct, frozen=True):
    """One way to route one pool."""

    closed: float
    """Percent of the area between the hull of single models (0) and the oracle (100)."""
    saved: float
    """Percent of the best single model's cost that is saved at its quality; NaN when that is not reached."""
    gain: float
    """Points of quality against the best single model where cost is ignored."""


def worth(predicted: Floats, scores: Floats, costs: Floats) -> Worth:
    """Judge predictions (questions, models) against `scores` and `costs` of the same shape."""
    prices = costs.mean(0)
    median = float(np.median(prices)) or 1.0
    routed = [_point(np.argmax(predicted - weight / median * prices, 1), scores, costs) for weight in _WEIGHTS]
    ideal = [_point(np.argmax(scores - weight / median * costs, 1), scores, costs) for weight in _WEIGHTS]
    single = [(float(costs[:, place].mean()), float(scores[:, place].mean())) for place in range(scores.shape[1])]
    best = max(single, key=lambda point: point[1])
    zero, mine = hull(single), hull([*routed, min(single)])
    grid = np.linspace(zero[0][0], max(best[0], zero[0][0] * 1.0001), _GRID)
    area_zero, area_mine, area_ideal = (float(_at(points, grid).mean()) for points in (zero, mine, hull(ideal)))
    reached = [point for point in mine if point[1] >= best[1]]
    cost = float(np.interp(best[1], [q for _, q in mine], [c for c, _ in mine])) if reached else np.nan
    return Worth(
        closed=100 * (area_mine - area_zero) / max(area_ideal - area_zero, 1e-9),
        saved=100 * (1 - cost / best[0]) if best[0] else 0.0,
        gain=100 * (routed[0][1] - best[1]),
    )


def hull(points: list[Point]) -> list[Point]:
    """The upper, never falling, concave hull from the cheapest point on."""
    found: list[Point] = []
    for point in sorted(set(points)):
        if found and point[1] <= found[-1][1]:
            continue
        if found and found[-1][0] == point[0]:
            found.pop()
        while len(found) > 1 and _rise(found[-2], found[-1]) <= _rise(found[-2], point):
            found.pop()
        found.append(point)
    return found


def _rise(one: Point, other: Point) -> float:
    return (other[1] - one[1]) / max(other[0] - one[0], 1e-12)


def _at(points: list[Point], grid: Floats) -> Floats:
    return np.interp(grid, [cost for cost, _ in points], [quality for _, quality in points])


def _point(choice: NDArray[np.intp], scores: Floats, costs: Floats) -> Point:
    rows = np.arange(len(choice))
    return float(costs[rows, choice].mean()), float(scores[rows, choice].mean())
