"""`learn`: examples in, artefact out."""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from math import ceil, pi, sqrt
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from smarterrouter.jobs.training import sparse
from smarterrouter.jobs.training.difficulty import SLOPE
from smarterrouter.jobs.training.examples import Columns, Examples
from smarterrouter.jobs.training.writing import as_row, quantised
from smarterrouter.routing.learned import form
from smarterrouter.routing.learned.artefact import COLUMNS, DIFFICULTY, KINDS, POINTS, Artefact
from smarterrouter.routing.learned.features import BINS

Floats = NDArray[np.float32]

_ROUNDS = 30
PAIRS_KEPT = 0.55
"""Share of the pairs that is given away: on practice splits they choose as well as all of them."""


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
    columns = examples.columns
    scale = _scale(examples, penalties)
    scaled = examples.matrix.scaled(scale)
    means = _means(examples.targets, examples.weights)
    solution = sparse.solve(
        scaled,
        examples.targets - means,
        examples.weights,
        _ridge(columns, penalties),
        _ROUNDS,
        lambda done: tell(done, _ROUNDS),
    )
    fitted = scaled.times(solution) + means
    table = solution * scale[:, None]
    kept = _telling(table, examples)
    pairs = list(columns.pairs)
    grams, steps = quantised(table[[*range(len(columns.words)), *(len(columns.words) + place for place in kept)]])
    forms = table[columns.grams :].reshape(form.COUNT, BINS, COLUMNS)
    return Artefact(
        words=tuple(columns.words),
        pairs=tuple([(columns.words[left], columns.words[right]) for left, right in (pairs[place] for place in kept)]),
        grams=grams,
        scale=steps,
        forms=tuple([tuple([as_row(step) for step in number]) for number in forms]),
        edges=tuple([as_row(number) for number in columns.edges]),
        bias=as_row(means),
        slope=SLOPE / sqrt(1 + pi / 8 * SLOPE**2 * penalties.unpredictable),
        temper=_temper(fitted[:, :KINDS], examples),
        usual=max(float(np.quantile(examples.known, 0.2)), 0.1),
        benchmarks={name: _points(fitted[list(places)]) for name, places in benchmarks.items()},
        notes=notes,
    )


def _telling(table: Floats, examples: Examples) -> list[int]:
    """Places, in order, of the pairs that say most in all texts together: a small dictionary is looked up faster."""
    first, last = len(examples.columns.words), examples.columns.grams
    texts = np.bincount(examples.matrix.columns, minlength=examples.matrix.width)[first:last]
    loudness = (table[first:last] ** 2).mean(0)
    said = (table[first:last] ** 2 / np.maximum(loudness, 1e-12)).sum(1) * texts
    kept: list[int] = np.sort(np.argsort(-said, kind="stable")[: ceil(PAIRS_KEPT * (last - first))]).tolist()
    return kept


def _means(targets: Floats, weights: Floats) -> Floats:
    means: Floats = (targets * weights).sum(0) / np.maximum(weights.sum(0), 1e-9)
    return means


def _scale(examples: Examples, penalties: Penalties) -> Floats:
    matrix, grams = examples.matrix, examples.columns.grams
    scale = np.full(matrix.width, penalties.form, np.float32)
    texts = np.bincount(matrix.columns, minlength=matrix.width)[:grams]
    rarity = np.log(len(matrix.starts) / np.maximum(texts, 1)) / 5
    scale[:grams] = penalties.words * np.maximum(rarity, 0.02) ** penalties.rarity
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


def _ridge(columns: Columns, penalties: Penalties) -> Floats:
    ridge = np.ones((columns.width, COLUMNS), np.float32)
    if penalties.form:
        ridge[columns.grams :, :KINDS] = (penalties.form / penalties.form_of_categories) ** 2
    return ridge


def _points(fitted: Floats) -> tuple[float, ...]:
    """The questions from easy to hard in groups of the same size, each as its mean."""
    order = np.sort(fitted[:, DIFFICULTY])
    cuts = np.linspace(0, len(order), POINTS + 1).astype(int)
    points = [order[min(low, len(order) - 1) : max(high, low + 1)].mean() for low, high in pairwise(cuts)]
    return as_row(np.array(points))
