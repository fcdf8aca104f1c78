"""The numbers that training writes (the file as a whole is tested with what reads it)."""

import numpy as np

from smarterrouter.jobs.training.writing import as_row, quantised
from smarterrouter.routing.learned.artefact import COLUMNS, LAYOUT, OFFSET, STEPS


def test_numbers_are_kept_in_eight_bits() -> None:
    numbers = np.random.default_rng(1).normal(0, 2, (50, COLUMNS)).astype(np.float32)
    grams, scale = quantised(numbers)
    steps = np.array([LAYOUT.unpack(gram.to_bytes(LAYOUT.size, "little")) for gram in grams]) - OFFSET
    assert np.abs(steps).max() == STEPS
    assert (np.abs(steps * np.array(scale) - numbers) <= np.abs(numbers).max(0) / 250).all()


def test_no_words_are_no_trouble() -> None:
    grams, scale = quantised(np.zeros((0, COLUMNS), np.float32))
    assert grams == ()
    assert min(scale) > 0


def test_rows_are_plain_numbers() -> None:
    assert as_row(np.array([0.5, 1.25])) == (0.5, 1.25)
