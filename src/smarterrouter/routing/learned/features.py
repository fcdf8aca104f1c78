"""`features_of`: a text as rows of one table and their weights. The learned functions are sums over those rows."""

from functools import cache, lru_cache
from math import sqrt

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from smarterrouter.routing.learned import form, grams
from smarterrouter.routing.learned.window import FOLD, look

BINS = 16
"""Steps of each number of the form."""
FORM_ROWS = grams.TOTAL
"""The first row of the form; number n in step s is row `FORM_ROWS + n * BINS + s`."""
ROWS = FORM_ROWS + form.COUNT * BINS

_STEM = 0.5
"""What a stem counts against a word."""
_APART = 4096.0 * np.arange(form.COUNT)
"""Every number of the form gets a range of its own, so that one search finds the steps of all."""
_FIRST = FORM_ROWS + np.arange(form.COUNT)


class Features(Struct, frozen=True):
    """What was seen of one text."""

    rows: NDArray[np.intp]
    """(n,) rows of the table: words, pairs, stems, form."""
    weights: NDArray[np.float32]
    """(n,) what each counts: n-grams of a kind together about 1 / sqrt(how many), each number of the form 1."""
    mass: float
    """Sum of the weights of the n-grams."""
    words: int
    scripts: NDArray[np.float32]
    """(10,) letters of each of `form.SCRIPTS`."""
    characters: int
    """Length of the whole text."""


def ladder_of(edges: NDArray[np.float32]) -> NDArray[np.float64]:
    """The ladder for `features_of`. `edges` (numbers of the form, BINS - 1): where the steps of each number begin."""
    return (edges + _APART[:, None]).ravel()


def features_of(text: str, ladder: NDArray[np.float64]) -> Features:
    """The features of `text`, by a ladder of `ladder_of`."""
    data = look(text)
    folded = data.translate(FOLD)
    hashed, words = grams.rows(folded)
    numbers, scripts = form.measure(data, folded, words, len(text))
    steps = _FIRST + ladder.searchsorted(numbers + _APART, "right")
    weights, mass = _weights(words, len(hashed))
    return Features(np.concatenate((hashed, steps)), weights, mass, words, scripts, len(text))


@cache
def _weight(count: int) -> float:
    return 1 / sqrt(count + 4)


@lru_cache(maxsize=512)
def _weights(words: int, hashed: int) -> tuple[NDArray[np.float32], float]:
    """Square roots, so that a long text says more than a short one, but not in proportion."""
    behind = words + max(words - 1, 0)
    a, b, c = _weight(words), _weight(behind - words), _STEM * _weight(hashed - behind)
    weights = np.ones(hashed + form.COUNT, np.float32)
    weights[:words], weights[words:behind], weights[behind:hashed] = a, b, c
    weights.flags.writeable = False
    return weights, a * words + b * (behind - words) + c * (hashed - behind)
