"""`written`: an artefact as the bytes of its file. The same numbers give the same bytes."""

import io
import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

from smarterrouter.routing.learned.artefact import COLUMNS, FORMAT, LAYOUT, OFFSET, POINTS, STEPS, Artefact, packed

Floats = NDArray[np.float32]


def written(artefact: Artefact) -> bytes:
    """NumPy's zip of plain arrays, without pickled objects (`numpy.load` reads it, and `learned/artefact.py`)."""
    names = sorted(artefact.benchmarks)
    meta = {
        "format": FORMAT,
        "slope": artefact.slope,
        "temper": artefact.temper,
        "usual": artefact.usual,
        "benchmarks": names,
        "notes": artefact.notes,
    }
    grams = b"".join([gram.to_bytes(LAYOUT.size, "little") for gram in artefact.grams])
    arrays: dict[str, NDArray[Any]] = {
        "words": np.frombuffer(b"\n".join(artefact.words), np.uint8),
        "pairs": np.array(artefact.pairs, "<u2").reshape(-1, 2),
        "grams": np.frombuffer(grams, "<u4").reshape(-1, COLUMNS),
        "scale": np.array(artefact.scale, "<f4"),
        "forms": np.array(artefact.forms, "<f4"),
        "bias": np.array(artefact.bias, "<f4"),
        "edges": np.array(artefact.edges, "<f4"),
        "points": np.array([artefact.benchmarks[name] for name in names], "<f4").reshape(-1, POINTS),
        "meta": np.frombuffer(json.dumps(meta, sort_keys=True).encode(), np.uint8),
    }
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def quantised(grams: Floats) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """What n-grams say, (n, COLUMNS), as `Artefact.grams`; and the size of a step in each column."""
    scale = (np.maximum(np.abs(grams).max(0, initial=0), 1e-9) / STEPS).astype(np.float32)
    steps = np.rint(grams / scale).clip(-STEPS, STEPS).astype(np.int64) + OFFSET
    return tuple(packed(steps.astype("<u4").tobytes())), as_row(scale)


def as_row(values: Floats) -> tuple[float, ...]:
    """Numbers of four bytes as plain ones."""
    return tuple(values.astype(np.float32).tolist())
