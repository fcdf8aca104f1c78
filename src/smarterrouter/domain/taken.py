"""`Taken`: what is remembered of a decision until its record is written."""

from msgspec import Struct

from smarterrouter.domain.decisions import Moment
from smarterrouter.domain.intent import Intent


class Taken(Struct, frozen=True, gc=False):
    """A decision without what its record can do without: thousands of them may wait while the database is away."""

    intent: Intent
    moment: Moment
    snapshot: int
    """Number of the snapshot."""
    candidates: int
    """How many there were."""
    first: tuple[tuple[str, float], ...]
    """Keys and totals of the first ones, best first."""
    held: str = ""
    rules: tuple[str, ...] = ()
