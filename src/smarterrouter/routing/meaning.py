"""What a prompt's embedding says of its category: a small linear classifier, learned from prompts of known category.

Ridge regression on vectors of length 1, each category weighing the same, solved in the space of the examples because
there are fewer of them than dimensions:

    a = (X X' + r W)^-1 Y,    directions = X' a,    said of example i without it = y_i - a_i / ((X X' + r W)^-1)_ii

X are the centred vectors, Y the categories, W their noise, r the penalty. How sure the classifier may be is fitted on
the last, leave one out in closed form: Cook and Weisberg (1982), Residuals and Influence in Regression. A model whose
vectors mean nothing is therefore given no say. Plain Python: a second for some hundreds of examples, once, which is no
reason to load NumPy into a server.
"""

from collections import Counter
from collections.abc import Sequence
from math import exp, hypot, inf, log, sqrt
from operator import mul

from msgspec import Struct

from smarterrouter.domain.intent import Category

Row = list[float]

MOST_DIMENSIONS = 16384
"""A longer vector is no embedding of a text."""
_KINDS = tuple(Category)
_RIDGE = 1.0
_SURE = (0.0, *(0.5 * 2 ** (step / 8) for step in range(57)))
"""What the scores may be multiplied by, up to 64; 0 is no say at all."""
_LEAST = log(1e-3)
"""No category is less probable than this, next to the likeliest: what is read from a vector has its limits."""


class Meaningless(ValueError):
    """The vectors cannot be learned from."""


class Meaning(Struct, frozen=True):
    """What was learned."""

    directions: tuple[Row, ...]
    """(categories, D): what each dimension says, in logits."""
    offsets: Row
    """(categories,): what is taken off, because vectors have a centre."""
    right: float
    """Share of the examples that it names right when it was learned without them."""

    @property
    def dimension(self) -> int:
        """D: numbers of a vector of this model."""
        return len(self.directions[0])

    def evidence(self, numbers: Sequence[float]) -> tuple[float, ...] | None:
        """Of each `Category`, in their order: the logarithm of its probability over that of the likeliest.

        None for what is no vector of this model: another dimension, zeros, numbers that are none. A tenth of a
        millisecond.
        """
        vector = unit(numbers)
        if vector is None or len(vector) != self.dimension:
            return None
        scores = [
            _dot(vector, direction) - offset for direction, offset in zip(self.directions, self.offsets, strict=True)
        ]
        highest = max(scores)
        return tuple([max(score - highest, _LEAST) for score in scores])


def unit(numbers: Sequence[float]) -> Row | None:
    """The vector with length 1; None for what has no direction."""
    if len(numbers) > MOST_DIMENSIONS:
        return None
    length = hypot(*numbers)
    return [number / length for number in numbers] if 0 < length < inf else None  # false for what is not a number


def learn(vectors: Sequence[Sequence[float]], categories: Sequence[Category]) -> Meaning:
    """Learn from the vectors of N texts and their categories.

    Raise `Meaningless` when a vector is none, when they have several dimensions, or when there are fewer than two
    categories.
    """
    rows = _rows(vectors)
    if len(rows) != len(categories) or len(set(categories)) < 2:
        raise Meaningless("there are too few examples")
    centre = [sum(column) / len(rows) for column in zip(*rows, strict=True)]
    centred = [[value - middle for value, middle in zip(row, centre, strict=True)] for row in rows]
    shares, said = _fitted(centred, categories)
    kinds = [_KINDS.index(category) for category in categories]
    sure = min(_SURE, key=lambda factor: _surprise(factor, said, kinds))
    columns = list(zip(*centred, strict=True))
    directions = tuple([sure * _dot(column, share) for column in columns] for share in shares)
    right = sum(scores.index(max(scores)) == kind for scores, kind in zip(said, kinds, strict=True)) / len(kinds)
    return Meaning(directions, [_dot(centre, direction) for direction in directions], right)


def _dot(one: Sequence[float], other: Sequence[float]) -> float:
    found: float = sum(map(mul, one, other))
    return found


def _fitted(centred: list[Row], categories: Sequence[Category]) -> tuple[list[Row], list[tuple[float, ...]]]:
    """The share of each example in each category's direction; and what is said of each example without it."""
    targets = [[(kind is category) - 1 / len(_KINDS) for category in categories] for kind in _KINDS]
    likeness = [[_dot(row, other) for other in centred[: place + 1]] for place, row in enumerate(centred)]
    for place, noise in enumerate(_noise(categories)):
        likeness[place][place] += _RIDGE * noise
    shares, own = _solved(likeness, targets)
    without = [
        [y - a / inverse for y, a, inverse in zip(target, share, own, strict=True)]
        for target, share in zip(targets, shares, strict=True)
    ]
    return shares, list(zip(*without, strict=True))


def _rows(vectors: Sequence[Sequence[float]]) -> list[Row]:
    """Of length 1."""
    found = [unit(vector) for vector in vectors]
    rows = [row for row in found if row is not None]
    if not rows or len(rows) < len(found):
        raise Meaningless("a vector is missing or no vector")
    if len({len(row) for row in rows}) > 1:
        raise Meaningless("its vectors have several dimensions")
    return rows


def _noise(categories: Sequence[Category]) -> Row:
    """Of each example: 1 where all categories have as many, more where one has many, so that all weigh the same."""
    counts = Counter(categories)
    return [counts[category] * len(counts) / len(categories) for category in categories]


def _solved(lower: list[Row], targets: list[Row]) -> tuple[list[Row], Row]:
    """For the matrix M with this lower triangle: M^-1 t for each target t, and the diagonal of M^-1. By Cholesky."""
    root: list[Row] = []
    for row in lower:
        made: Row = []
        for place, other in enumerate(root):
            made.append((row[place] - _dot(made, other)) / other[place])
        made.append(sqrt(row[-1] - _dot(made, made)))
        root.append(made)
    columns: list[Row] = []  # of the inverse of the root, each from its diagonal down
    for place, row in enumerate(root):
        for start, column in enumerate(columns):
            column.append(-_dot(row[start:place], column) / row[place])
        columns.append([1 / row[place]])
    found = []
    for target in targets:
        half: Row = []
        for row, value in zip(root, target, strict=True):
            half.append((value - _dot(half, row)) / row[-1])
        found.append([_dot(column, half[place:]) for place, column in enumerate(columns)])
    return found, [_dot(column, column) for column in columns]


def _surprise(factor: float, said: Sequence[Sequence[float]], kinds: Sequence[int]) -> float:
    """Minus the logarithms of the probabilities of what was right, added up."""
    total = 0.0
    for scores, kind in zip(said, kinds, strict=True):
        highest = max(scores)
        total += log(sum([exp(factor * (score - highest)) for score in scores])) - factor * (scores[kind] - highest)
    return total
