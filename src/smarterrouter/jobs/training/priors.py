"""From published numbers to abilities on one scale, each with an honest error.

A share of solved tasks is matched through the predictor: the artefact keeps, for every benchmark it knows, how hard its
questions look to the predictor, and the ability is the one at which their mean chance is the published share. Other
percentages are compared with what a good model of 8 billion parameters reaches there, which is ability 0 by definition.

Serves the checks of training (`jobs/training/evaluation.py`) and the bench; the gateway believes what
`catalog/abilities.py` works out.
"""

from collections.abc import Iterable, Sequence
from math import isfinite, log, log10, pi, sqrt

import numpy as np
from numpy.typing import NDArray

from smarterrouter.domain.columns import COLUMNS
from smarterrouter.domain.intent import Category
from smarterrouter.domain.knowledge import Ability, Published, Unit
from smarterrouter.jobs.training import skills
from smarterrouter.jobs.training.levels import ELO_AT_ZERO, ELO_PER_LOGIT, LEVELS, Level
from smarterrouter.routing.learned.artefact import Artefact
from smarterrouter.routing.learned.scoring import counting, leaning

MATCHED_SD, COMPARED_SD, ELO_SD = 0.06, 0.35, 0.3
"""How far an ability read from one published number is off, in logits: matched, compared, or from a rating."""
_ESTIMATED = 2.0
"""A number that nobody measured is that much less sure."""
SIZE_SD = 0.7
"""How far models of one size differ, in logits."""
_PER_DECADE = 1.2
"""Logits for ten times the parameters; good models of 2024 from 3 to 405 billion."""
_SMALLEST = 0.1
_UNKNOWN = Ability(0.3, 1.0)
"""Neither size nor numbers known: mostly hosted models, a little above 8 billion parameters."""
_GRID = np.linspace(-6, 6, 241)


class Priors:
    """Turns what is published into beliefs. Holds one curve for each benchmark that the artefact knows."""

    def __init__(self, artefact: Artefact) -> None:
        """Works the curves out: some milliseconds."""
        self._curves = {name: _curve(points, artefact) for name, points in artefact.benchmarks.items()}

    def matched(self, benchmark: str, share: float) -> Ability | None:
        """The ability whose mean chance at the benchmark's questions is `share` (0 to 1); None when it is not known."""
        curve = self._curves.get(benchmark)
        if curve is None or not isfinite(share):
            return None
        return Ability(float(np.interp(share, curve, _GRID)), MATCHED_SD)

    def expected(self, benchmark: str, ability: float) -> float:
        """The share of the benchmark's questions that a model of `ability` is expected to solve. Raises `KeyError`."""
        return float(np.interp(ability, _GRID, self._curves[benchmark]))

    def beliefs(self, published: Iterable[Published], billions: float | None = None) -> dict[Category, Ability]:
        """What to believe of a model by its published numbers and its size. Numbers that mean nothing are left out."""
        return skills.combine(by_size(billions), self.evidence(published))

    def evidence(self, published: Iterable[Published]) -> list[tuple[Category, Ability]]:
        """What each published number says of a category."""
        found = []
        for score in published:
            column = COLUMNS.get(score.column)
            ability = self._ability(score) if column and column.categories else None
            if column and ability:
                sd = ability.sd * (_ESTIMATED if score.estimated else 1.0)
                found += [(category, Ability(ability.mean, sd)) for category in column.categories]
        return found

    def _ability(self, score: Published) -> Ability | None:
        if not isfinite(score.value):
            return None
        if score.unit is Unit.ELO:
            return Ability((score.value - ELO_AT_ZERO) / ELO_PER_LOGIT, ELO_SD)
        if not 0 <= score.value <= 100:
            return None
        level = LEVELS.get(score.column)
        return self.matched(score.column, score.value / 100) or (compared(score.value, level) if level else None)


def by_size(billions: float | None) -> Ability:
    """The general ability that a model's size alone suggests."""
    if billions is None or not isfinite(billions) or billions <= 0:
        return _UNKNOWN
    return Ability(min(_PER_DECADE * log10(max(billions, _SMALLEST) / 8), 2.0), SIZE_SD)


def compared(value: float, level: Level) -> Ability:
    """The ability that `value` (0 to 100) means where a good model of 8 billion parameters reaches `level`.

    Tasks of different difficulty flatten the curve of the mean share: by sqrt(1 + pi/8 spread^2) (MacKay, 1992).
    """
    difference = _logit(value, level) - _logit(level.usual, level)
    return Ability(difference * sqrt(1 + pi / 8 * level.spread**2), COMPARED_SD)


def _logit(value: float, level: Level) -> float:
    share = (value - level.floor) / (level.ceiling - level.floor)
    share = min(max(share, 0.01), 0.99)
    return log(share / (1 - share))


def _curve(points: Sequence[float], artefact: Artefact) -> NDArray[np.float64]:
    """Mean chance at the points for every ability of the grid; strictly rising."""
    total, lean = np.zeros_like(_GRID), np.array([leaning(ability) for ability in _GRID.tolist()])
    for difficulty in points:
        able = _GRID + (counting(difficulty) - 1) * lean
        total += 1 / (1 + np.exp(artefact.slope * (difficulty - able)))
    return total / len(points)
