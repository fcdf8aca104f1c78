"""The texts that training looks at, as one sparse matrix, with what each of them teaches."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import TypeVar

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from smarterrouter.domain.intent import Category
from smarterrouter.jobs.training import sparse
from smarterrouter.jobs.training.questions import Questions
from smarterrouter.routing.learned import form
from smarterrouter.routing.learned.artefact import CATEGORIES, DIFFICULTY, KINDS
from smarterrouter.routing.learned.features import BINS, Features, Pair, features_of

Floats = NDArray[np.float32]
Labelled = Sequence[tuple[str, Category]]

FEWEST, FEWEST_PAIRS = 3, 5
"""Texts that a word, and a pair of words, must be in; rarer ones tell one question from another."""


class Columns(Struct, frozen=True):
    """What the columns of the matrix stand for: words, then pairs, then the steps of each number of the form."""

    words: dict[bytes, int]
    pairs: dict[Pair, int]
    edges: Floats
    """(form.COUNT, BINS - 1): where the steps of each number of the form begin."""

    @property
    def grams(self) -> int:
        """How many words and pairs there are."""
        return len(self.words) + len(self.pairs)

    @property
    def width(self) -> int:
        """Columns in all."""
        return self.grams + form.COUNT * BINS


class Examples(Struct, frozen=True):
    """One row for each text: the questions first, then the prompts that only teach a category."""

    matrix: sparse.Sparse
    """(texts, columns)"""
    targets: Floats
    """(texts, KINDS + 1): for each category, and of the difficulty, what the text teaches."""
    weights: Floats
    """(texts, KINDS + 1): how strongly; 0 where it teaches nothing."""
    columns: Columns
    known: Floats
    """(texts,) share of the words that have a column."""


class Strengths(Struct, frozen=True):
    """How much the kinds of teaching count."""

    category: float = 2.0
    own: float = 4.0
    """Own prompts, against the questions of the data sets."""
    words: float = 0.3
    """Lists of words, against the questions."""


def build(questions: Questions, own: Labelled, words: Labelled, strengths: Strengths) -> Examples:
    """Look at every text, and lay out what it teaches."""
    texts = [row.prompt for row in questions.rows] + [text for text, _ in own] + [text for text, _ in words]
    seen = [features_of(text) for text in texts]
    columns = columns_of(seen, len(questions.rows) + len(own))
    kinds = [*questions.categories, *(kind for _, kind in own), *(kind for _, kind in words)]
    targets = np.zeros((len(texts), KINDS + 1), np.float32)
    weights = np.zeros((len(texts), KINDS + 1), np.float32)
    for column, category in enumerate(CATEGORIES):
        targets[:, column] = [kind is category for kind in kinds]
    parts = (len(questions.rows), len(own), len(words))
    shares = (strengths.category, strengths.category * strengths.own, strengths.category * strengths.words)
    weights[:, :KINDS] = _balanced(kinds, parts, shares)[:, None]
    count = len(questions.rows)
    targets[:count, DIFFICULTY], weights[:count, DIFFICULTY] = questions.difficulty, questions.weight
    known = [len(one.words & columns.words.keys()) / max(len(one.words), 1) for one in seen]
    return Examples(matrix_of(seen, columns), targets, weights, columns, np.array(known, np.float32))


def columns_of(seen: Sequence[Features], prompts: int) -> Columns:
    """Columns for what is in enough texts. Steps of the form hold as many each of the first `prompts` texts."""
    words = _frequent(FEWEST, chain.from_iterable(one.words for one in seen))
    pairs = _frequent(FEWEST_PAIRS, chain.from_iterable(one.pairs for one in seen))
    numbers = np.array([one.numbers for one in seen[:prompts]], np.float32)
    edges: Floats = np.quantile(numbers, np.linspace(0, 1, BINS + 1)[1:-1], axis=0).T.astype(np.float32)
    return Columns(
        words={word: place for place, word in enumerate(words)},
        pairs={pair: len(words) + place for place, pair in enumerate(pairs)},
        edges=edges,
    )


_Gram = TypeVar("_Gram", bytes, Pair)


def _frequent(fewest: int, grams: Iterable[_Gram]) -> list[_Gram]:
    """The commonest first: what is looked up often then lies close together in memory."""
    counted = sorted(Counter(grams).items(), key=lambda found: (-found[1], found[0]))
    return [gram for gram, texts in counted if texts >= fewest]


def matrix_of(seen: Sequence[Features], columns: Columns) -> sparse.Sparse:
    """One row for each text."""
    rows, values = [], []
    for one in seen:
        grams = sorted(
            [columns.words[word] for word in one.words & columns.words.keys()]
            + [columns.pairs[pair] for pair in one.pairs & columns.pairs.keys()]
        )
        rows.append(np.array(grams + _steps(one.numbers, columns), np.int64))
        values.append(np.array([one.weight] * len(grams) + [1.0] * form.COUNT, np.float32))
    return sparse.stack(rows, values, columns.width)


def _steps(numbers: form.Numbers, columns: Columns) -> list[int]:
    return [
        columns.grams + number * BINS + int(np.searchsorted(columns.edges[number], value, "right"))
        for number, value in enumerate(numbers)
    ]


def _balanced(kinds: Sequence[Category], parts: Sequence[int], shares: Sequence[float]) -> Floats:
    """Weights by which every category counts alike within each part (square roots, so that rare ones do not shout)."""
    weights, start = [], 0
    for size, share in zip(parts, shares, strict=True):
        part = kinds[start : start + size]
        counts = Counter(part)
        usual = size / max(len(counts), 1)
        weights += [share * (usual / counts[kind]) ** 0.5 for kind in part]
        start += size
    return np.array(weights, np.float32)
