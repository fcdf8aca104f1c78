"""The model card."""

import numpy as np
from tests.unit.jobs.training.made_up import rows
from tests.unit.routing.learned.artefacts import made_up

from smarterrouter.jobs.training.card import write
from smarterrouter.jobs.training.evaluation import Held


def test_it_tells_data_figures_and_limits() -> None:
    places = np.arange(40)
    held = Held(np.linspace(0.02, 0.98, 40), (places > 20).astype(float), places, np.zeros(40, int), named=0.9)
    card = write(rows(10), 7, {"questions": held, "tasks": None}, made_up(), "router.svg")
    for words in (
        "| mine | mit | 10 |",
        "7 rows of the folder were not used",
        "| questions | 40 | 90.0% |",
        "2024",
        "](router.svg)",
        "English",
    ):
        assert words in card
    assert "| tasks |" not in card
