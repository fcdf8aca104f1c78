"""From rows to the fitted difficulty of every question, on the scale that profiles use."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from smarterrouter.domain.intent import Category
from smarterrouter.jobs.training import difficulty, scale
from smarterrouter.jobs.training.labels import category_of
from smarterrouter.jobs.training.rows import Row

PUBLIC_FILE = "public_scores.json"
_CODES = {"math": Category.MATHEMATICS, "know": Category.KNOWLEDGE, "stem": Category.STEM, "code": Category.CODE}

Floats = NDArray[np.float64]
Public = Mapping[str, Mapping[str, Mapping[str, Mapping[str, float]]]]


class Questions(Struct, frozen=True):
    """What is known of each question; arrays run over the rows that were given."""

    rows: Sequence[Row]
    categories: tuple[Category, ...]
    fit: difficulty.Fit
    difficulty: Floats
    """(rows,) what its answers alone say, logits on the scale of profiles."""
    weight: Floats
    """(rows,) how much `difficulty` is worth."""


def fitted(rows: Sequence[Row], public: Public, unpredictable: float) -> Questions:
    """Fit everything. `unpredictable`: variance of difficulties that no text could tell, in squared logits."""
    categories = tuple(kind_of(row) for row in rows)
    names = sorted({model for row in rows for model in row.scores})
    groups = _places([(row.dataset, category) for row, category in zip(rows, categories, strict=True)])
    answers = _answers(rows, names, groups[1])
    found = difficulty.fit(answers)
    zeros = _zeros(groups[0], groups[1], found.difficulty, public)
    moved = zeros[groups[1]]
    return Questions(
        rows=rows,
        categories=categories,
        fit=found,
        difficulty=found.raw - moved,
        weight=1 / (1 / np.maximum(found.information, 1e-3) + unpredictable),
    )


def read_public(folder: Path) -> Public:
    """What leaderboards say, by data set, model and category; empty without the file."""
    path = folder / PUBLIC_FILE
    found: Public = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    return found


def kind_of(row: Row) -> Category:
    """The category that a row teaches: its own, else that of its task, else knowledge."""
    if row.category:
        return Category(row.category)
    return category_of(row.task) or Category.KNOWLEDGE


def _places(keys: Sequence[tuple[str, str]]) -> tuple[list[tuple[str, str]], NDArray[np.intp]]:
    distinct = sorted(set(keys))
    place = {key: number for number, key in enumerate(distinct)}
    return distinct, np.array([place[key] for key in keys])


def _answers(rows: Sequence[Row], names: Sequence[str], group: NDArray[np.intp]) -> difficulty.Answers:
    place = {name: number for number, name in enumerate(names)}
    flat = [(item, place[name], score) for item, row in enumerate(rows) for name, score in sorted(row.scores.items())]
    items, models, scores = (np.array(column) for column in zip(*flat, strict=True))
    tasks = _places([(row.dataset, row.task) for row in rows])[1]
    return difficulty.Answers(items, models, scores.astype(float), group, tasks, len(names))


def _zeros(groups: Sequence[tuple[str, str]], group: NDArray[np.intp], b: Floats, public: Public) -> Floats:
    """Where good models of 8 billion parameters are in each group, on the fitted scale."""
    known = [scale.zero_of(b[group == place], _shares(public, *key)) for place, key in enumerate(groups)]
    sure = [zero for zero in known if zero is not None]
    usual = sum(sure) / len(sure) if sure else scale.FALLBACK
    return np.array([usual if zero is None else zero for zero in known])


def _shares(public: Public, dataset: str, category: str) -> dict[str, float]:
    """Published shares of models that answered all questions of the group."""
    cells = {
        model: cell
        for model, cells in public.get(dataset, {}).items()
        for code, cell in cells.items()
        if _CODES.get(code, code) == category
    }
    most = max((cell["n"] for cell in cells.values()), default=0)
    return {model: cell["mean"] for model, cell in cells.items() if cell["n"] == most}
