"""What a prompt's embedding says of its category: a small linear classifier, learned from prompts of known category.

Ridge regression on vectors of length 1, each category weighing the same, solved in the space of the examples because
there are fewer of them than dimensions:

    a = (X X' + r W)^-1 Y,    directions = X' a,    said of example i without it = y_i - a_i / ((X X' + r W)^-1)_ii

X are the centred vectors, Y the categories, W their noise, r the penalty. How sure the classifier may be is fitted on
the last, leave one out in closed form: Cook and Weisberg (1982), Residuals and Influence in Regression. A model whose
vectors mean nothing is therefore given no say.
"""

from collections import Counter
from collections.abc import Sequence
from math import hypot, inf, log
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
    import numpy as np  # 16 MB that a server needs for this alone

    rows = _rows(vectors)
    if len(rows) != len(categories) or len(set(categories)) < 2:
        raise Meaningless("there are too few examples")
    x = np.array(rows)
    centre = x.mean(0)
    x -= centre
    kinds = np.array([_KINDS.index(category) for category in categories])
    y = np.eye(len(_KINDS))[kinds] - 1 / len(_KINDS)
    inverse = np.linalg.inv(x @ x.T + _RIDGE * np.diag(_noise(categories)))
    shares = inverse @ y
    said = y - shares / inverse.diagonal()[:, None]

    def surprise(factor: float) -> float:
        """Minus the logarithms of the probabilities of what was right, added up."""
        above = factor * (said - said.max(1, keepdims=True))
        return float((np.log(np.exp(above).sum(1)) - above[np.arange(len(kinds)), kinds]).sum())

    directions = min(_SURE, key=surprise) * (shares.T @ x)
    right = float((said.argmax(1) == kinds).mean())
    return Meaning(tuple(directions.tolist()), (directions @ centre).tolist(), right)


def _dot(one: Sequence[float], other: Sequence[float]) -> float:
    found: float = sum(map(mul, one, other))
    return found


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
