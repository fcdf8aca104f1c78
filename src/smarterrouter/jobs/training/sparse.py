"""Sparse matrices in numpy alone, and weighted ridge regression for many targets at once.

`solve` is conjugate gradients on the normal equations with a diagonal preconditioner (Hestenes and Stiefel, 1952), one
independent run for each target, all sharing their passes over the matrix.
"""

from collections.abc import Callable, Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

_CHUNK = 1 << 18
"""Entries of the matrix that are looked at together: what fits the cache."""


class Sparse(Struct, frozen=True):
    """A matrix by rows. Duplicates within a row count as their sum."""

    starts: Ints
    """(rows + 1,) where each row begins in `columns`."""
    columns: Ints
    values: Floats
    width: int

    def times(self, dense: Floats) -> Floats:
        """(rows, k): this matrix times `dense` (width, k)."""
        result = np.zeros((len(self.starts) - 1, dense.shape[1]), np.float32)
        filled = np.flatnonzero(np.diff(self.starts))
        for rows in _chunks(self.starts, filled):
            first, last = self.starts[rows[0]], self.starts[rows[-1] + 1]
            products = dense.take(self.columns[first:last], 0) * self.values[first:last, None]
            result[rows] = np.add.reduceat(products, self.starts[rows] - first, 0)
        return result

    def turned(self) -> "Sparse":
        """The transpose, by rows again."""
        order = np.argsort(self.columns, kind="stable")
        starts = np.zeros(self.width + 1, np.int64)
        np.cumsum(np.bincount(self.columns, minlength=self.width), out=starts[1:])
        rows = np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))
        return Sparse(starts, rows[order], self.values[order], len(self.starts) - 1)

    def scaled(self, scale: Floats) -> "Sparse":
        """Each column multiplied by its entry of `scale`; columns of scale 0 leave the matrix."""
        kept = scale[self.columns] > 0
        before = np.zeros(len(kept) + 1, np.int64)
        np.cumsum(kept, out=before[1:])
        columns = self.columns[kept]
        return Sparse(before[self.starts], columns, self.values[kept] * scale[columns], self.width)


def _chunks(starts: Ints, filled: Ints) -> Sequence[Ints]:
    if not len(filled):
        return []
    part = starts[filled] // _CHUNK
    return np.split(filled, np.flatnonzero(np.diff(part)) + 1)


def stack(rows: Sequence[NDArray[np.intp]], values: Sequence[Floats], width: int) -> Sparse:
    """The matrix whose row i has `values[i]` in the columns `rows[i]`; duplicates are summed."""
    starts, columns, entries = [0], [], []
    for row, value in zip(rows, values, strict=True):
        unique, place = np.unique(row, return_inverse=True)
        columns.append(unique)
        entries.append(np.bincount(place, value).astype(np.float32))
        starts.append(starts[-1] + len(unique))
    return Sparse(np.array(starts, np.int64), np.concatenate(columns), np.concatenate(entries), width)


def solve(
    matrix: Sparse,
    targets: Floats,
    weights: Floats,
    ridge: Floats,
    rounds: int,
    tell: Callable[[int], None] = lambda _: None,
) -> Floats:
    """(width, k): coefficients B that minimise sum(weights * (matrix B - targets)^2) + sum(ridge * B^2), by target.

    `targets` and `weights` are (rows, k), `ridge` is (width, k); a weight of 0 leaves a row out of a target. `tell`
    hears of every round.
    """
    turned = matrix.turned()
    squares = Sparse(turned.starts, turned.columns, turned.values**2, turned.width)
    precondition = np.reciprocal(squares.times(weights) + ridge)
    solution = np.zeros((matrix.width, targets.shape[1]), np.float32)
    residual = turned.times(weights * targets)
    direction: Floats = np.multiply(precondition, residual)
    height = (residual * direction).sum(0)
    for number in range(rounds):
        seen: Floats = np.multiply(weights, matrix.times(direction))
        image = turned.times(seen) + np.multiply(ridge, direction)
        step = height / np.maximum((direction * image).sum(0), 1e-12)
        solution += step * direction
        residual -= step * image
        ahead = precondition * residual
        higher = (residual * ahead).sum(0)
        direction = ahead + higher / np.maximum(height, 1e-12) * direction
        height = higher
        tell(number + 1)
    return solution
