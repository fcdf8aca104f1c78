"""`Artefact`: the learned numbers, and the one file they are kept in.

The file is NumPy's zip of plain arrays, without pickled objects; the same numbers give the same bytes. What words and
pairs say is kept in eight bits with one scale for each column.
"""

import io
import json
import zipfile
import zlib
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from smarterrouter.domain.intent import Category
from smarterrouter.routing.learned import form
from smarterrouter.routing.learned.features import BINS

FORMAT = 2
CATEGORIES = tuple(Category)
KINDS = len(CATEGORIES)
DIFFICULTY = KINDS
"""Column of the tables behind those of the categories: difficulty in logits."""
COLUMNS = DIFFICULTY + 1
POINTS = 12
"""Groups of questions, from easy to hard, that stand for a benchmark."""
STEPS = 127
"""Steps of a number of a word, to either side."""

Floats = NDArray[np.float32]


class BadArtefact(ValueError):
    """The bytes are no artefact of this version."""


class Artefact(Struct, frozen=True):
    """What training learned. Arrays are not to be written to."""

    words: tuple[bytes, ...]
    """As `learned/words.py` gives them, in their order."""
    pairs: NDArray[np.uint16]
    """(P, 2) places in `words`."""
    grams: NDArray[np.int8]
    """(W + P, COLUMNS): what each word, then each pair says, in steps of `scale`."""
    scale: Floats
    """(COLUMNS,)"""
    forms: Floats
    """(form.COUNT, BINS, COLUMNS): what each step of each number of the form says."""
    edges: Floats
    """(form.COUNT, BINS - 1): where the steps of each number of the form begin."""
    bias: Floats
    """(COLUMNS,)"""
    slope: float
    """Slope of the curve of success over ability less difficulty."""
    temper: float
    """What the scores of the categories are multiplied by before the softmax."""
    usual: float
    """Share of known words from which on a text counts as like training."""
    benchmarks: dict[str, Floats]
    """By name: (POINTS,) difficulties of its questions as their texts tell it, from easy to hard."""
    notes: dict[str, Any]
    """For people: when and on what it was trained."""

    def dump(self) -> bytes:
        """The file's bytes."""
        names = sorted(self.benchmarks)
        meta = {
            "format": FORMAT,
            "slope": self.slope,
            "temper": self.temper,
            "usual": self.usual,
            "benchmarks": names,
            "notes": self.notes,
        }
        arrays: dict[str, NDArray[Any]] = {
            "words": np.frombuffer(b"\n".join(self.words), np.uint8),
            "pairs": self.pairs,
            "grams": self.grams,
            "scale": self.scale,
            "forms": self.forms,
            "bias": self.bias,
            "edges": self.edges,
            "points": np.array([self.benchmarks[name] for name in names], np.float32).reshape(-1, POINTS),
            "meta": np.frombuffer(json.dumps(meta, sort_keys=True).encode(), np.uint8),
        }
        buffer = io.BytesIO()
        np.savez_compressed(buffer, allow_pickle=False, **arrays)
        return buffer.getvalue()


def quantised(grams: Floats) -> tuple[NDArray[np.int8], Floats]:
    """What words say, in steps, and the size of a step in each column."""
    scale = (np.maximum(np.abs(grams).max(0, initial=0), 1e-9) / STEPS).astype(np.float32)
    return np.rint(grams / scale).astype(np.int8), scale


def load(data: bytes) -> Artefact:
    """The artefact in `data`. Raises `BadArtefact` when it is none, or one of another version."""
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            return _read({name: arrays[name] for name in arrays.files})
    except (ValueError, KeyError, OSError, EOFError, NotImplementedError, zipfile.BadZipFile, zlib.error) as error:
        raise BadArtefact(f"The router's artefact cannot be read: {error}") from error


def _read(arrays: dict[str, NDArray[Any]]) -> Artefact:
    meta = json.loads(arrays["meta"].tobytes())
    if meta["format"] != FORMAT:
        raise BadArtefact(f"format {meta['format']}, not {FORMAT}")
    words = tuple(arrays["words"].tobytes().split(b"\n"))
    pairs = arrays["pairs"]
    _expect(pairs, (len(pairs), 2))
    if len(pairs) and int(pairs.max()) >= len(words):
        raise BadArtefact("a pair of words that are not there")
    _expect(arrays["grams"], (len(words) + len(pairs), COLUMNS))
    _expect(arrays["scale"], (COLUMNS,))
    _expect(arrays["forms"], (form.COUNT, BINS, COLUMNS))
    _expect(arrays["bias"], (COLUMNS,))
    _expect(arrays["edges"], (form.COUNT, BINS - 1))
    return Artefact(
        words=words,
        pairs=pairs,
        grams=arrays["grams"],
        scale=arrays["scale"],
        forms=arrays["forms"],
        edges=arrays["edges"],
        bias=arrays["bias"],
        slope=float(meta["slope"]),
        temper=float(meta["temper"]),
        usual=float(meta["usual"]),
        benchmarks=dict(zip(meta["benchmarks"], arrays["points"], strict=True)),
        notes=meta["notes"],
    )


def _expect(array: NDArray[Any], shape: tuple[int, ...]) -> None:
    if array.shape != shape:
        raise BadArtefact(f"a table of shape {array.shape}, not {shape}")
