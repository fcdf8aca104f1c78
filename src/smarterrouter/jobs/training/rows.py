"""`read_folder`: the documented rows of training data, and which of them may shape weights that are given away.

One line of a file is one query: `{"id", "dataset", "task", "prompt", "scores": {model: 0..1}}`, plain or gzipped JSONL.
A row may carry `"licence"` (an SPDX name); it then decides. Otherwise the dataset decides.
"""

import gzip
import math
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from smarterrouter.domain.intent import Category

OPEN = frozenset({"apache-2.0", "mit", "bsd-2-clause", "bsd-3-clause", "cc0-1.0", "cc-by-4.0", "own"})
"""Licences under which weights may be trained and given away."""
DATASETS = {
    "zeroeval": "apache-2.0",
    "mmlupro": "apache-2.0",
    "routellm": "apache-2.0",
    "ulab": "mit",
    "routerbench": "mit",
}
"""Data sets whose rows are known to be free; every other one is used only if its rows carry a licence."""


_CATEGORIES = frozenset(Category)


class UnreadableData(ValueError):
    """The folder holds no training data, or a line of it means nothing."""


class Row(Struct):
    """One query and how models did on it."""

    id: str
    dataset: str
    task: str
    prompt: str
    scores: dict[str, float] = {}
    licence: str = ""
    category: str = ""
    """A name of `Category`; empty: known from the task."""

    @property
    def free(self) -> bool:
        """May weights that are given away be trained on it?"""
        return (self.licence or DATASETS.get(self.dataset, "")).lower() in OPEN


def read_folder(folder: Path) -> list[Row]:
    """All rows of the `.jsonl` and `.jsonl.gz` files of `folder`, in the order of names and lines.

    Scores that are no number from 0 to 1 are left out. Raises `UnreadableData` when there is no file, or a line
    cannot be read.
    """
    files = sorted(path for path in folder.iterdir() if path.name.endswith((".jsonl", ".jsonl.gz")))
    if not files:
        raise UnreadableData(f"There is no .jsonl or .jsonl.gz file in {folder}.")
    return [row for path in files for row in read_file(path)]


def read_file(path: Path) -> Iterator[Row]:
    """The rows of one file. Raises `UnreadableData` with the line that cannot be read."""
    for number, line in enumerate(_content(path).splitlines(), 1):
        if line.strip():
            try:
                row = msgspec.json.decode(line, type=Row)
            except msgspec.MsgspecError as error:
                raise UnreadableData(f"{path.name}, line {number}: {error}") from error
            if row.category and row.category not in _CATEGORIES:
                raise UnreadableData(f"{path.name}, line {number}: {row.category[:40]!r} is no category.")
            row.scores = {model: score for model, score in row.scores.items() if _valid(score)}
            yield row


def _content(path: Path) -> bytes:
    data = path.read_bytes()
    if not path.name.endswith(".gz"):
        return data
    try:
        return gzip.decompress(data)
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableData(f"{path.name}: {error}") from error


def _valid(score: Any) -> bool:
    return math.isfinite(score) and 0 <= score <= 1
