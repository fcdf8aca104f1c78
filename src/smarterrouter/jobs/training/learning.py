"""`learn`: examples in, artefact out."""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from math import pi, sqrt
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from smarterrouter.jobs.training import sparse
from smarterrouter.jobs.training.difficulty import SLOPE
from smarterrouter.jobs.training.examples import Examples
from smarterrouter.routing.learned import grams
from smarterrouter.routing.learned.artefact import COLUMNS, DIFFICULTY, KINDS, POINTS, SEEN, Artefact
from smarterrouter.routing.learned.features import FORM_ROWS, ROWS

Floats = NDArray[np.float32]

_ROUNDS = 30


class Penalties(Struct, frozen=True):
    """How freely each kind of feature may speak: the square root of its prior variance. 0 leaves it out."""

    words: float = 1.0
    """All n-grams."""
    form: float = 0.2
    form_of_categories: float = 0.02
    """The form in the choice of a category: it tells data sets apart rather than kinds of work."""
    rarity: float = 1.0
    """Power of the inverse document frequency that n-grams are multiplied by."""
    unpredictable: float = 1.0
    """Variance of difficulties that no text tells, in squared logits: it flattens the curve of success."""
    fewest: int = 3
    """Texts an n-gram must be in."""


def learn(
    examples: Examples,
    benchmarks: Mapping[str, Sequence[int]],
    penalties: Penalties,
    notes: dict[str, Any],
    tell: Callable[[int, int], None],
) -> Artefact:
    """Fit all columns at once. `benchmarks`: by name, the texts (places in `examples`) of its questions.

    `tell` hears the rounds that are done, and how many there are.
    """
    scale = _scale(examples.matrix, penalties)
    scaled = examples.matrix.scaled(scale)
    means = _means(examples.targets, examples.weights)
    solution = sparse.solve(
        scaled,
        examples.targets - means,
        examples.weights,
        _ridge(examples.targets.shape[1], penalties),
        _ROUNDS,
        lambda done: tell(done, _ROUNDS),
    )
    fitted = scaled.times(solution) + means
    table = np.zeros((examples.matrix.width, COLUMNS), np.float32)
    table[:, :SEEN] = solution * scale[:, None]
    table[: grams.TOTAL, SEEN] = _texts_with(examples.matrix)[: grams.TOTAL] > 1
    bias = np.append(means, np.float32(0))
    return Artefact(
        table=table,
        bias=bias,
        edges=examples.edges,
        slope=SLOPE / sqrt(1 + pi / 8 * SLOPE**2 * penalties.unpredictable),
        temper=_temper(fitted[:, :KINDS], examples),
        usual=_usual(examples, table[:, SEEN]),
        benchmarks={name: _points(fitted[list(places)]) for name, places in benchmarks.items()},
        notes=notes,
    )


def _means(targets: Floats, weights: Floats) -> Floats:
    means: Floats = (targets * weights).sum(0) / np.maximum(weights.sum(0), 1e-9)
    return means


def _texts_with(matrix: sparse.Sparse) -> NDArray[np.intp]:
    return np.bincount(matrix.columns, minlength=matrix.width)


def _scale(matrix: sparse.Sparse, penalties: Penalties) -> Floats:
    scale = np.full(matrix.width, penalties.form, np.float32)
    scale[: grams.TOTAL] = penalties.words
    texts = _texts_with(matrix)
    rarity = np.log(len(matrix.starts) / np.maximum(texts, 1)) / 5
    scale[: grams.TOTAL] *= (np.maximum(rarity, 0.02) ** penalties.rarity)[: grams.TOTAL]
    scale[: grams.TOTAL][texts[: grams.TOTAL] < penalties.fewest] = 0
    return scale


def _temper(scores: Floats, examples: Examples) -> float:
    """The factor under which the softmax of the scores makes the labels likeliest, of a fixed ladder."""
    labels = examples.targets[:, :KINDS]
    weights = examples.weights[:, 0]

    def loss(factor: float) -> float:
        logits = scores * factor
        logits = logits - logits.max(1, keepdims=True)
        logs = logits - np.log(np.exp(logits).sum(1, keepdims=True))
        return -float((weights * (logs * labels).sum(1)).sum())

    return min((4.0, 6.0, 8.0, 10.0, 12.0, 15.0, 18.0), key=loss)


def _ridge(targets: int, penalties: Penalties) -> Floats:
    ridge = np.ones((ROWS, targets), np.float32)
    if penalties.form:
        ridge[FORM_ROWS:, :KINDS] = (penalties.form / penalties.form_of_categories) ** 2
    return ridge


def _usual(examples: Examples, seen: Floats) -> tuple[float, float]:
    """Shares of known n-grams: the lower one is what a text of chance letters has, the upper one is common."""
    known = examples.matrix.times(seen[:, None])[:, 0] / np.maximum(examples.masses, 1e-6)
    occupied = float((seen[: grams.TOTAL] > 0).mean())
    return occupied, max(float(np.quantile(known, 0.2)), occupied + 0.1)


def _points(fitted: Floats) -> Floats:
    """The questions from easy to hard in groups of the same size, each as its mean."""
    order = np.sort(fitted[:, DIFFICULTY])
    cuts = np.linspace(0, len(order), POINTS + 1).astype(int)
    points = [order[min(low, len(order) - 1) : max(high, low + 1)].mean() for low, high in pairwise(cuts)]
    return np.array(points, np.float32)
