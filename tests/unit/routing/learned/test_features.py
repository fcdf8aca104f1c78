"""Rows and weights of a text."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from smarterrouter.routing.learned import form, grams
from smarterrouter.routing.learned.features import BINS, FORM_ROWS, ROWS, features_of, ladder_of

EDGES = np.tile(np.linspace(0, 1, BINS - 1, dtype=np.float32), (form.COUNT, 1))
LADDER = ladder_of(EDGES)


@given(st.text(max_size=2000))
def test_every_number_of_the_form_has_one_row(text: str) -> None:
    seen = features_of(text, LADDER)
    rows = seen.rows[seen.rows >= FORM_ROWS]
    assert ((rows - FORM_ROWS) // BINS).tolist() == list(range(form.COUNT))
    assert seen.rows.max() < ROWS
    assert len(seen.rows) == len(seen.weights)


@given(st.text(max_size=500))
def test_steps_are_those_of_a_plain_count(text: str) -> None:
    seen = features_of(text, LADDER)
    data = text.encode("utf-8", "replace")
    lower = np.float32(sum(97 <= byte < 123 for byte in data)) / np.float32(len(data) + 1) if data else 0
    place = int((lower >= EDGES[0]).sum()) if data and len(data) < 1024 else int(seen.rows[-form.COUNT] - FORM_ROWS)
    assert abs(int(seen.rows[-form.COUNT]) - FORM_ROWS - place) <= 1


def test_the_mass_is_the_sum_of_the_weights_of_n_grams() -> None:
    seen = features_of("some words are here, and some are not", LADDER)
    assert np.isclose(seen.mass, seen.weights[seen.rows < grams.TOTAL].sum())
