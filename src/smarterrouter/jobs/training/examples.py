"""The texts that training looks at, as one sparse matrix, with what each of them teaches."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from smarterrouter.domain.intent import Category
from smarterrouter.jobs.training import sparse
from smarterrouter.jobs.training.questions import Questions
from smarterrouter.routing.learned import form, grams
from smarterrouter.routing.learned.artefact import CATEGORIES, DIFFICULTY, KINDS
from smarterrouter.routing.learned.features import BINS, ROWS, Features, features_of, ladder_of
from smarterrouter.routing.learned.window import FOLD, look

Floats = NDArray[np.float32]
Labelled = Sequence[tuple[str, Category]]


class Examples(Struct, frozen=True):
    """One row for each text: the questions first, then the prompts that only teach a category."""

    matrix: sparse.Sparse
    """(texts, ROWS)"""
    targets: Floats
    """(texts, KINDS + 1): for each category, and of the difficulty, what the text teaches."""
    weights: Floats
    """(texts, KINDS + 1): how strongly; 0 where it teaches nothing."""
    edges: Floats
    masses: Floats
    """(texts,) sum of the weights of the n-grams."""


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
    edges = edges_of(texts[: len(questions.rows) + len(own)])
    ladder = ladder_of(edges)
    seen = [features_of(text, ladder) for text in texts]
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
    return Examples(matrix_of(seen), targets, weights, edges, np.array([one.mass for one in seen], np.float32))


def matrix_of(seen: Sequence[Features]) -> sparse.Sparse:
    """One row for each text."""
    return sparse.stack([one.rows for one in seen], [one.weights for one in seen], ROWS)


def edges_of(texts: Sequence[str]) -> Floats:
    """Where the steps of each number of the form begin, so that each step holds as many of the texts."""
    numbers = np.array([_numbers(text) for text in texts])
    edges: Floats = np.quantile(numbers, np.linspace(0, 1, BINS + 1)[1:-1], axis=0).T.astype(np.float32)
    return edges


def _numbers(text: str) -> Floats:
    data = look(text)
    folded = data.translate(FOLD)
    return form.measure(data, folded, grams.rows(folded)[1], len(text))[0]


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
