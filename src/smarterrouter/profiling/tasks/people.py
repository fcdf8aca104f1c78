"""Made-up people for records and letters."""

from smarterrouter.profiling.drafts import Rng
from smarterrouter.profiling.tasks.words import CITIES, NAMES


def people(rng: Rng, count: int) -> list[tuple[str, int, str]]:
    """Name, age and city of each; no two have the same name."""
    names = rng.sample(NAMES, count)
    return [(name, rng.randint(19, 80), rng.choice(CITIES)) for name in names]
