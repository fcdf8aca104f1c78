"""Small artefacts with made-up numbers."""

import numpy as np

from smarterrouter.jobs.training.writing import as_row, quantised
from smarterrouter.routing.learned import form
from smarterrouter.routing.learned.artefact import COLUMNS, POINTS, STEPS, Artefact
from smarterrouter.routing.learned.features import BINS

WORDS = (b"a", b"of", b"sum", b"the", b"what", b"which")
PAIRS = ((1, 3), (5, 1))


def said(seed: int = 0) -> np.ndarray:
    """What each word and pair says, in steps: every column has one of the largest size."""
    steps = np.random.default_rng(seed).integers(-STEPS, STEPS + 1, (len(WORDS) + len(PAIRS), COLUMNS))
    steps[0] = STEPS
    return steps


def made_up(seed: int = 0) -> Artefact:
    """Random numbers for a few words; two benchmarks, an easy and a hard one."""
    rng = np.random.default_rng(seed)
    grams, scale = quantised((said(seed) * 0.02).astype(np.float32))
    return Artefact(
        words=WORDS,
        pairs=PAIRS,
        grams=grams,
        scale=scale,
        forms=tuple(
            tuple(as_row(step) for step in number) for number in rng.normal(0, 0.05, (form.COUNT, BINS, COLUMNS))
        ),
        edges=tuple(as_row(number) for number in np.sort(rng.random((form.COUNT, BINS - 1)) * 300, axis=1)),
        bias=(0.0,) * COLUMNS,
        slope=1.0,
        temper=4.0,
        usual=0.9,
        benchmarks={"mmlu": as_row(np.linspace(-3, 0, POINTS)), "math": as_row(np.linspace(0, 3, POINTS))},
        notes={"seed": seed},
    )
