"""What the learned model knows of words, as large integers: a text is read by one `sum`.

The integers of `Artefact.grams` are added up by C code, to the same result in any order, and their common weight is one
multiplication. How much of the fields' offsets is in a sum follows from how many were added.
"""

from bisect import bisect_right
from collections.abc import Sequence
from operator import getitem

from smarterrouter.routing.learned import form
from smarterrouter.routing.learned.artefact import COLUMNS, DIFFICULTY, LAYOUT, OFFSET, Artefact, Row
from smarterrouter.routing.learned.features import NORM, Pair
from smarterrouter.routing.learned.words import LONGEST

BITS = 8 * LAYOUT.size
_UNIT = 1024
"""The common weight of n-grams is a whole number of parts of it."""
_FORM_OFFSET = 1 << 24
SILENT = int.from_bytes(LAYOUT.pack(*[OFFSET] * COLUMNS), "little")
"""A word that says nothing."""
WEIGHTS = tuple([round(_UNIT * (count + NORM) ** -0.5) for count in range(LONGEST + 1)])
"""By the number of different words: the common weight of the n-grams. 1,500 n-grams fit a field, a text has fewer."""


class Packed:
    """The artefact's numbers made ready to be looked up."""

    def __init__(self, artefact: Artefact) -> None:
        """Takes about 10 ms."""
        words, grams = artefact.words, artefact.grams
        self.words: dict[bytes, int] = dict(zip(words, grams, strict=False))  # the pairs' follow
        self.pairs: dict[Pair, int] = {
            (words[left], words[right]): gram
            for (left, right), gram in zip(artefact.pairs, grams[len(words) :], strict=True)
        }
        units = [scale / _UNIT for scale in artefact.scale]
        self._forms = [
            _by_value(edges, [_packed(row, units) for row in said])
            for edges, said in zip(artefact.edges, artefact.forms, strict=True)
        ]
        tempers = [1.0 if column == DIFFICULTY else artefact.temper for column in range(COLUMNS)]
        self._columns = [
            (unit * temper, bias * temper) for unit, bias, temper in zip(units, artefact.bias, tempers, strict=True)
        ]

    def scores(self, said: int, grams: int, words: int, numbers: form.Numbers) -> list[float]:
        """The logits of the categories, then the difficulty.

        `said` is the sum of what `grams` words and pairs say, `words` is how many different words the text has.
        """
        weight = WEIGHTS[words]
        total = said * weight + sum(map(getitem, self._forms, numbers))
        offset = OFFSET * grams * weight + form.COUNT * _FORM_OFFSET
        fields = LAYOUT.unpack(total.to_bytes(LAYOUT.size, "little"))
        return [(field - offset) * unit + bias for field, (unit, bias) in zip(fields, self._columns, strict=True)]


def _packed(row: Row, units: Sequence[float]) -> int:
    steps = [round(value / unit) for value, unit in zip(row, units, strict=True)]
    bounded = [min(max(step, 1 - _FORM_OFFSET), _FORM_OFFSET) + _FORM_OFFSET for step in steps]
    return int.from_bytes(LAYOUT.pack(*bounded), "little")


def _by_value(edges: Row, steps: Sequence[int]) -> tuple[int, ...]:
    """What each value of a number says, so that no search is needed."""
    return tuple([steps[bisect_right(edges, value)] for value in range(form.MOST + 1)])
