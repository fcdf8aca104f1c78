"""`Artefact`: the learned numbers, and the one file they are kept in.

The file is NumPy's zip of plain arrays, without pickled objects; the same numbers give the same bytes. The table of
n-grams is kept in eight bits with one scale for each of its columns.
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
from smarterrouter.routing.learned import form, grams
from smarterrouter.routing.learned.features import BINS, ROWS

FORMAT = 1
CATEGORIES = tuple(Category)
KINDS = len(CATEGORIES)
DIFFICULTY, SEEN = KINDS, KINDS + 1
"""Columns of the tables behind those of the categories: difficulty in logits, and 1 for n-grams that training met."""
COLUMNS = SEEN + 1
POINTS = 12
"""Groups of questions, from easy to hard, that stand for a benchmark."""

Floats = NDArray[np.float32]


class BadArtefact(ValueError):
    """The bytes are no artefact of this version."""


class Artefact(Struct, frozen=True):
    """What training learned. Arrays are not to be written to."""

    table: Floats
    """(features.ROWS, COLUMNS): what each n-gram says, then what each step of each number of the form says."""
    bias: Floats
    """(COLUMNS,)"""
    edges: Floats
    """(form.COUNT, BINS - 1): where the steps of each number of the form begin."""
    slope: float
    """Slope of the curve of success over ability less difficulty."""
    temper: float
    """What the scores of the categories are multiplied by before the softmax."""
    usual: tuple[float, float]
    """Shares of known n-grams at which a text counts as unlike training and as like it."""
    benchmarks: dict[str, Floats]
    """By name: (POINTS,) difficulties of its questions as their texts tell it, from easy to hard."""
    notes: dict[str, Any]
    """For people: when and on what it was trained."""

    def dump(self) -> bytes:
        """The file's bytes."""
        scale = np.maximum(np.abs(self.table[: grams.TOTAL]).max(0), 1e-9) / 127
        names = sorted(self.benchmarks)
        meta = {
            "format": FORMAT,
            "slope": self.slope,
            "temper": self.temper,
            "usual": self.usual,
            "benchmarks": names,
            "notes": self.notes,
        }
        arrays = {
            "grams": np.rint(self.table[: grams.TOTAL] / scale).astype(np.int8),
            "scale": scale.astype(np.float32),
            "forms": self.table[grams.TOTAL :].astype(np.float32),
            "bias": self.bias.astype(np.float32),
            "edges": self.edges.astype(np.float32),
            "points": np.array([self.benchmarks[name] for name in names], np.float32).reshape(-1, POINTS),
            "meta": np.frombuffer(json.dumps(meta, sort_keys=True).encode(), np.uint8),
        }
        buffer = io.BytesIO()
        np.savez_compressed(buffer, allow_pickle=False, **arrays)
        return buffer.getvalue()


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
    _expect(arrays["grams"], (grams.TOTAL, COLUMNS))
    _expect(arrays["forms"], (form.COUNT * BINS, COLUMNS))
    _expect(arrays["bias"], (COLUMNS,))
    _expect(arrays["edges"], (form.COUNT, BINS - 1))
    return Artefact(
        table=_table(arrays),
        bias=arrays["bias"],
        edges=arrays["edges"],
        slope=float(meta["slope"]),
        temper=float(meta["temper"]),
        usual=(float(meta["usual"][0]), float(meta["usual"][1])),
        benchmarks=dict(zip(meta["benchmarks"], arrays["points"], strict=True)),
        notes=meta["notes"],
    )


def _table(arrays: dict[str, NDArray[Any]]) -> Floats:
    table = np.empty((ROWS, COLUMNS), np.float32)
    np.multiply(arrays["grams"], arrays["scale"], out=table[: grams.TOTAL])
    table[grams.TOTAL :] = arrays["forms"]
    return table


def _expect(array: NDArray[Any], shape: tuple[int, ...]) -> None:
    if array.shape != shape:
        raise BadArtefact(f"a table of shape {array.shape}, not {shape}")
