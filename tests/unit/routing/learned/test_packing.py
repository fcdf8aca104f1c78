"""Large integers add up to the same as plain arithmetic."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.routing.learned.artefacts import made_up, said

from smarterrouter.routing.learned import form
from smarterrouter.routing.learned.artefact import COLUMNS, DIFFICULTY
from smarterrouter.routing.learned.packing import SILENT, WEIGHTS, Packed
from smarterrouter.routing.learned.words import LONGEST

MADE = made_up()
PACKED = Packed(MADE)
NAMES = [*PACKED.words, *PACKED.pairs]
grams = st.lists(st.integers(0, len(NAMES) - 1), max_size=1000)
values = st.tuples(*[st.integers(0, form.MOST)] * form.COUNT)


def said_by(place: int) -> int:
    name = NAMES[place]
    return PACKED.words[name] if isinstance(name, bytes) else PACKED.pairs[name]


@given(grams, st.integers(0, LONGEST), values)
def test_scores_are_sums_of_what_was_learned(places: list[int], words: int, numbers: form.Numbers) -> None:
    found = PACKED.scores(sum(said_by(place) for place in places), len(places), words, numbers)
    expected = np.zeros(COLUMNS)
    for place in places:
        expected += said()[place] * np.array(MADE.scale)
    rounded = np.abs(expected) * MADE.temper * 0.51 / 1024
    expected *= (words + 4) ** -0.5
    for number, value in enumerate(numbers):
        step = sum(edge <= value for edge in MADE.edges[number])
        expected += MADE.forms[number][step]
    expected[:DIFFICULTY] *= MADE.temper
    assert (np.abs(np.array(found) - expected) <= rounded + 2e-3).all()


@given(st.integers(0, 1000), st.integers(0, LONGEST))
def test_a_word_that_says_nothing_changes_nothing(many: int, words: int) -> None:
    zeros = (0,) * form.COUNT
    assert PACKED.scores(SILENT * many, many, words, zeros) == PACKED.scores(0, 0, words, zeros)


def test_no_field_overflows() -> None:
    assert 255 * 1500 * max(WEIGHTS) + form.COUNT * 2**25 < 2**32
