"""`Artefact`: the learned numbers, as a server reads them from the file that training wrote.

What a word or a pair says is one integer with a field of 32 bits for each column: a number of steps from -127 to 127,
with an offset because no field may be negative. `jobs/training/writing.py` writes the file, a zip of plain arrays.
"""

import json
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from struct import Struct as Layout
from typing import Any

from msgspec import Struct

from smarterrouter.domain.intent import Category
from smarterrouter.routing.learned import form
from smarterrouter.routing.learned.arrays import Plain, arrays_in
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
"""Steps of what a word says, to either side."""
OFFSET = 128
LAYOUT = Layout(f"<{COLUMNS}I")
"""What one word says, as bytes."""

Row = tuple[float, ...]


class BadArtefact(ValueError):
    """The bytes are no artefact of this version."""


class Artefact(Struct, frozen=True):
    """What training learned."""

    words: tuple[bytes, ...]
    """As `learned/words.py` gives them; W of them, the commonest first."""
    pairs: tuple[tuple[int, int], ...]
    """P pairs of places in `words`."""
    grams: tuple[int, ...]
    """(W + P,) what each word, then each pair says, in steps of `scale`."""
    scale: Row
    """(COLUMNS,)"""
    forms: tuple[tuple[Row, ...], ...]
    """(form.COUNT, BINS, COLUMNS): what each step of each number of the form says."""
    edges: tuple[Row, ...]
    """(form.COUNT, BINS - 1): where the steps of each number of the form begin."""
    bias: Row
    """(COLUMNS,)"""
    slope: float
    """Slope of the curve of success over ability less difficulty."""
    temper: float
    """What the scores of the categories are multiplied by before the softmax."""
    usual: float
    """Share of known words from which on a text counts as like training."""
    benchmarks: dict[str, Row]
    """By name: (POINTS,) difficulties of its questions as their texts tell it, from easy to hard."""
    notes: dict[str, Any]
    """For people: when and on what it was trained."""


def load(data: bytes) -> Artefact:
    """The artefact in `data`. Raises `BadArtefact` when it is none, or one of another version."""
    try:
        return _read(arrays_in(data))
    except (ValueError, KeyError, TypeError, SyntaxError, OSError, EOFError, RuntimeError) as error:
        raise BadArtefact(f"The router's artefact cannot be read: {error}") from error
    except (zipfile.BadZipFile, zlib.error) as error:
        raise BadArtefact(f"The router's artefact is damaged: {error}") from error


def _read(arrays: dict[str, Plain]) -> Artefact:
    meta = json.loads(arrays["meta"].data)
    if meta["format"] != FORMAT:
        raise BadArtefact(f"format {meta['format']}, not {FORMAT}")
    words = tuple(arrays["words"].data.split(b"\n"))
    pairs = _pairs(arrays["pairs"], len(words))
    forms = _rows(arrays["forms"], (form.COUNT, BINS, COLUMNS))
    return Artefact(
        words=words,
        pairs=pairs,
        grams=_grams(arrays["grams"], len(words) + len(pairs)),
        scale=_rows(arrays["scale"], (COLUMNS,))[0],
        forms=tuple([tuple(forms[at : at + BINS]) for at in range(0, len(forms), BINS)]),
        edges=tuple(_rows(arrays["edges"], (form.COUNT, BINS - 1))),
        bias=_rows(arrays["bias"], (COLUMNS,))[0],
        slope=float(meta["slope"]),
        temper=float(meta["temper"]),
        usual=float(meta["usual"]),
        benchmarks=dict(
            zip(meta["benchmarks"], _rows(arrays["points"], (len(meta["benchmarks"]), POINTS)), strict=True)
        ),
        notes=meta["notes"],
    )


def _pairs(found: Plain, words: int) -> tuple[tuple[int, int], ...]:
    _expect(found, "<u2", (found.shape[0], 2))
    places = [int(place) for place in found.numbers()]
    if places and max(places) >= words:
        raise BadArtefact("a pair of words that are not there")
    return tuple(zip(places[::2], places[1::2], strict=True))


def _grams(found: Plain, count: int) -> tuple[int, ...]:
    _expect(found, "<u4", (count, COLUMNS))
    return tuple(packed(found.data))


def packed(data: bytes) -> Iterator[int]:
    """Rows of unsigned numbers of four bytes, the lowest first, as one integer each."""
    return (int.from_bytes(data[at : at + LAYOUT.size], "little") for at in range(0, len(data), LAYOUT.size))


def _rows(found: Plain, shape: Sequence[int]) -> list[Row]:
    """All rows of the last axis."""
    _expect(found, "<f4", shape)
    numbers, width = found.numbers(), shape[-1]
    return [tuple(numbers[at : at + width]) for at in range(0, len(numbers), width)]


def _expect(found: Plain, kind: str, shape: Sequence[int]) -> None:
    if found.kind != kind or found.shape != tuple(shape):
        raise BadArtefact(f"a table of shape {found.shape} and {found.kind}, not {tuple(shape)} and {kind}")
