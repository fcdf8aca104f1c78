"""What the learned model knows of words, as large integers: a text is read by one `sum`.

What one n-gram says is one integer with a field of 32 bits for each column of the artefact. So the n-grams of a text
are added up by C code, to the same result in any order, and their common weight is one multiplication. Every field has
an offset, because no field may be negative; how much of it is in a sum follows from how many were added.
"""

from struct import Struct as Layout

import numpy as np
from numpy.typing import NDArray

from smarterrouter.routing.learned import form
from smarterrouter.routing.learned.artefact import COLUMNS, DIFFICULTY, Artefact
from smarterrouter.routing.learned.features import NORM, Pair
from smarterrouter.routing.learned.words import LONGEST

LAYOUT = Layout(f"<{COLUMNS}I")
BITS = 8 * LAYOUT.size
_OFFSET = 128
"""Of what a word or pair says."""
_UNIT = 1024
"""The common weight of n-grams is a whole number of parts of it."""
_FORM_OFFSET = 1 << 24
SILENT = sum(_OFFSET << 32 * column for column in range(COLUMNS))
"""A word that says nothing."""
WEIGHTS = tuple(round(_UNIT * (count + NORM) ** -0.5) for count in range(LONGEST + 1))
"""By the number of different words: the common weight of the n-grams. 1,500 n-grams fit a field, a text has fewer."""


class Packed:
    """The artefact's numbers made ready to be looked up."""

    def __init__(self, artefact: Artefact) -> None:
        """Takes about 30 ms."""
        packed = _packed(artefact.grams.astype(np.int64) + _OFFSET)
        self.words: dict[bytes, int] = dict(zip(artefact.words, packed, strict=False))
        self.pairs: dict[Pair, int] = {
            (artefact.words[left], artefact.words[right]): number
            for (left, right), number in zip(artefact.pairs.tolist(), packed[len(artefact.words) :], strict=True)
        }
        unit = artefact.scale.astype(np.float64) / _UNIT
        self._forms = [
            _by_value(
                edges,
                _packed(np.rint(said / unit).astype(np.int64).clip(1 - _FORM_OFFSET, _FORM_OFFSET) + _FORM_OFFSET),
            )
            for edges, said in zip(artefact.edges, artefact.forms, strict=True)
        ]
        tempered = np.where(np.arange(COLUMNS) == DIFFICULTY, 1.0, artefact.temper)
        self._columns = list(zip((unit * tempered).tolist(), (artefact.bias * tempered).tolist(), strict=True))

    def scores(self, said: int, grams: int, words: int, numbers: form.Numbers) -> list[float]:
        """The logits of the categories, then the difficulty.

        `said` is the sum of what `grams` words and pairs say, `words` is how many different words
        the text has.
        """
        weight = WEIGHTS[words]
        total = said * weight
        for table, value in zip(self._forms, numbers, strict=True):
            total += table[value]
        offset = _OFFSET * grams * weight + form.COUNT * _FORM_OFFSET
        fields = LAYOUT.unpack(total.to_bytes(LAYOUT.size, "little"))
        return [(field - offset) * unit + bias for field, (unit, bias) in zip(fields, self._columns, strict=True)]


def _packed(rows: NDArray[np.int64]) -> list[int]:
    """Each row of whole numbers, none negative, as one integer."""
    data, size = rows.astype("<u4").tobytes(), LAYOUT.size
    return [int.from_bytes(data[at : at + size], "little") for at in range(0, len(data), size)]


def _by_value(edges: NDArray[np.float32], steps: list[int]) -> tuple[int, ...]:
    """What each value of a number says, so that no search is needed."""
    places = np.searchsorted(edges, np.arange(form.MOST + 1), "right")
    return tuple([steps[place] for place in places.tolist()])
