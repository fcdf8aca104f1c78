"""`Ability`, `Published`, `Profile`, `Knowledge`: what is known about a model, how sure that is, and from where."""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from smarterrouter.domain.intent import Category


class Ability(Struct, frozen=True):
    """How well a model does a kind of work, in logits: it solves half of the tasks of that difficulty.

    A good model of 8 billion parameters is at 0. Profiles give the odds of solving a task of difficulty b as
    e^(slope * (mean - b)), with a slope of about 1.
    """

    mean: float
    sd: float
    """Standard deviation of what we believe; a 90 % interval is mean +- 1.645 sd."""


class Unit(StrEnum):
    """What the number of a published score counts."""

    PERCENT = "percent"
    """Share of tasks solved, 0 to 100."""
    ELO = "elo"
    """Rating from pairwise votes, about 800 to 1600."""
    INDEX = "index"
    """A source's own composite, 0 to 100."""
    TOKENS_PER_SECOND = "tokens_per_second"
    SECONDS = "seconds"
    TOKENS = "tokens"
    DOLLARS_PER_MILLION = "dollars_per_million"


class Published(Struct, frozen=True):
    """One number that somebody published about one model."""

    model: str
    """As the source spells it."""
    column: str
    """A name of `domain/columns.py`."""
    value: float
    unit: Unit
    source: str
    """Name of the benchmark source."""
    url: str = ""
    """The page or file it was read from."""
    date: str = ""
    """Of the publication, ISO 8601, as exact as the source is."""
    reported_by: str = ""
    """Who measured: the model's maker, the benchmark's maker, or somebody else."""
    estimated: bool = False
    """Not measured by anybody, as far as the source tells."""


class Profile(Struct, frozen=True):
    """What we measured ourselves about one model on one machine."""

    model: str
    """Key of the model."""
    overall: Ability
    skills: Mapping[Category, Ability] = {}
    """Absolute ability for each category that was asked about, not the deviation."""
    own: Mapping[str, Ability] = {}
    """The same for the user's own categories, by their label."""
    answers: int = 0
    """Tasks answered."""
    tokens: int = 0
    """Tokens spent, prompts and answers."""
    tokens_per_second: float | None = None
    first_token_ms: Mapping[int, float] = {}
    """Median milliseconds until the first token, by prompt length in tokens."""
    json_validity: Ability | None = None
    tool_validity: Ability | None = None
    """Share of valid outputs as a mean with its standard error, 0 to 1."""
    effective_context: int | None = None
    """Longest prompt, in tokens, from which a fact was still found."""
    vram_gb: float | None = None
    load_seconds: float | None = None
    timeout_seconds: float | None = None
    """Limit for one answer that was found to suit this model."""
    digest: str | None = None
    """Of the model file that was measured; another digest makes the profile stale."""
    quantisation: str | None = None
    suite: str = ""
    """Version of the item bank and of its parameters."""
    measured_at: float = 0.0
    """Unix seconds."""
    judged: bool = False
    """Did a judge model take part?"""
    external: bool = False
    """Put in by an external profiler."""


class Knowledge(Struct, frozen=True):
    """Everything known about one model."""

    published: tuple[Published, ...] = ()
    profile: Profile | None = None


class Standing(Struct, frozen=True):
    """What routing believes about one model, ready for arithmetic: made by a job, carried by the snapshot."""

    skills: tuple[Ability, ...] = ()
    """Ability in each `Category`, in its order; empty while nobody has worked it out yet."""
    basis: str = ""
    """Where the skills come from: profile, published, size or nothing; with `+feedback` when users changed them."""
    tokens_per_second: float | None = None
    first_token_seconds: float | None = None
    load_seconds: float | None = None
    """Until it can begin when it is not in memory."""
