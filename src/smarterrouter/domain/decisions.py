"""`Candidate`, `Decision`, `Moment`: what routing answered, why, and what was true just then."""

from collections.abc import Mapping

from msgspec import Struct, field

from smarterrouter.domain.intent import Intent
from smarterrouter.domain.models import Model


class Moment(Struct, frozen=True):
    """What is true just now and too short-lived for a snapshot."""

    loaded: frozenset[str] = frozenset()
    """Keys of models that are in memory."""
    recent: Mapping[str, float] = field(default_factory=dict)
    """Share of the last requests per model key, 0 to 1."""
    busy: frozenset[str] = frozenset()
    """Names of backends whose breaker is open."""


class Candidate(Struct, frozen=True, gc=False):
    """One line of a decision."""

    model: Model
    total: float
    signals: Mapping[str, float] = field(default_factory=dict)
    """Weighted contribution of each signal; they add up to `total`."""
    quality: float = 0.0
    """Expected share of good answers to prompts like this one, 0 to 1."""
    dollars: float = 0.0
    """Expected price of this request, US dollars."""
    seconds: float = 0.0
    """Expected waiting until the whole answer is there."""


class Decision(Struct, frozen=True, gc=False):
    """The ordered answer of the Router: best first, with what spoke for each and why others are out."""

    candidates: tuple[Candidate, ...]
    intent: Intent
    strategy: str
    snapshot: int
    """Number of the snapshot it was taken on."""
    excluded: Mapping[str, str] = field(default_factory=dict)
    """Model key to the reason why it cannot serve this."""
    reason: str = ""
    """What the strategy says about its choice beside the numbers; of those the explain report makes a sentence."""
    relaxed: tuple[str, ...] = ()
    """Soft needs that were given up because nobody meets them."""
    rules: tuple[str, ...] = ()
    """Names of the operator's rules that applied."""
    held: str = ""
    """Why the conversation's model goes first, although it ranks lower or may not be left; empty when it does not."""
