"""`Quality`: how likely each model of a field answers a prompt well, by the learned model."""

import numpy as np
from numpy.typing import NDArray

from smarterrouter.domain.intent import Category, Intent, Reading
from smarterrouter.routing.difficulty import difficulty_of
from smarterrouter.routing.field import Field
from smarterrouter.routing.learned.scoring import quality

Floats = NDArray[np.float64]

_CERTAIN = {category: tuple(float(category is other) for other in Category) for category in Category}


class Quality:
    """Has no state; safe to share."""

    def __init__(self, slope: float) -> None:
        """`slope` is the artefact's: how fast chances rise with ability."""
        self._slope = slope

    def expected(self, intent: Intent, field: Field) -> Floats:
        """(M,) expected share of good answers. Each number depends on its own model alone and rises with its skills."""
        reading = intent.reading or _supposed(intent)
        categories = np.array(reading.categories)
        return quality(categories, reading.difficulty, reading.familiarity, field.skills, self._slope)


def _supposed(intent: Intent) -> Reading:
    """Where there was no text to read, the category is taken as certain."""
    return Reading(_CERTAIN[intent.category], difficulty_of(intent.complexity))
