"""Small artefacts with made-up numbers."""

import numpy as np

from smarterrouter.routing.learned import form, grams
from smarterrouter.routing.learned.artefact import COLUMNS, POINTS, Artefact
from smarterrouter.routing.learned.features import BINS


def made_up(seed: int = 0) -> Artefact:
    """Random weights of the usual size; two benchmarks, an easy and a hard one."""
    rng = np.random.default_rng(seed)
    return Artefact(
        table=np.concatenate(
            (
                rng.normal(0, 0.3, (grams.TOTAL, COLUMNS)).astype(np.float32),
                rng.normal(0, 0.05, (form.COUNT * BINS, COLUMNS)).astype(np.float32),
            )
        ),
        bias=np.zeros(COLUMNS, np.float32),
        edges=np.sort(rng.random((form.COUNT, BINS - 1)).astype(np.float32), axis=1),
        slope=1.0,
        temper=4.0,
        usual=(0.2, 0.9),
        benchmarks={
            "mmlu": np.linspace(-3, 0, POINTS, dtype=np.float32),
            "math": np.linspace(0, 3, POINTS, dtype=np.float32),
        },
        notes={"seed": seed},
    )
