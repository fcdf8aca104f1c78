"""Small artefacts with made-up numbers."""

import numpy as np

from smarterrouter.routing.learned import form
from smarterrouter.routing.learned.artefact import COLUMNS, POINTS, Artefact
from smarterrouter.routing.learned.features import BINS

WORDS = (b"a", b"of", b"sum", b"the", b"what", b"which")
PAIRS = ((1, 3), (5, 1))


def made_up(seed: int = 0) -> Artefact:
    """Random numbers for a few words; two benchmarks, an easy and a hard one."""
    rng = np.random.default_rng(seed)
    return Artefact(
        words=WORDS,
        pairs=np.array(PAIRS, np.uint16),
        grams=rng.integers(-127, 128, (len(WORDS) + len(PAIRS), COLUMNS)).astype(np.int8),
        scale=np.full(COLUMNS, 0.02, np.float32),
        forms=rng.normal(0, 0.05, (form.COUNT, BINS, COLUMNS)).astype(np.float32),
        bias=np.zeros(COLUMNS, np.float32),
        edges=np.sort(rng.random((form.COUNT, BINS - 1)).astype(np.float32) * 300, axis=1),
        slope=1.0,
        temper=4.0,
        usual=0.9,
        benchmarks={
            "mmlu": np.linspace(-3, 0, POINTS, dtype=np.float32),
            "math": np.linspace(0, 3, POINTS, dtype=np.float32),
        },
        notes={"seed": seed},
    )
