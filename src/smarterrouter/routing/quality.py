"""`Quality`: how likely each model of a field answers a prompt well, by the learned model."""

from smarterrouter.domain.intent import Category, Intent, Reading
from smarterrouter.routing.difficulty import difficulty_of
from smarterrouter.routing.field import Field
from smarterrouter.routing.learned.scoring import Chances

_CERTAIN = {category: tuple(float(category is other) for other in Category) for category in Category}


class Quality:
    """Has no state; safe to share."""

    def __init__(self, slope: float) -> None:
        """`slope` is the artefact's: how fast chances rise with ability."""
        self._slope = slope

    def of(self, field: Field) -> Chances:
        """What the models of `field` are expected to do."""
        return Chances(field.skills, self._slope)


def expected(intent: Intent, chances: Chances) -> list[float]:
    """(M,) expected share of good answers."""
    reading = intent.reading or _supposed(intent)
    return chances.at(reading.categories, reading.difficulty, reading.familiarity)


def _supposed(intent: Intent) -> Reading:
    """Where there was no text to read, the category is taken as certain."""
    return Reading(_CERTAIN[intent.category], difficulty_of(intent.complexity))
