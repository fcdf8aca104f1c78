"""What happens while a model is profiled: shapes for progress bars, event streams and the store."""

import hashlib
from collections.abc import Awaitable, Callable

from msgspec import Struct

from smarterrouter.domain.knowledge import Ability, Profile


class Asked(Struct, frozen=True, tag="asked"):
    """A question is on its way."""

    model: str
    item: str
    category: str
    number: int
    """1 for the first."""


class Answered(Struct, frozen=True, tag="answered"):
    """One checked answer. Store it by `id`: a profile that is taken up again is given these and asks none twice."""

    id: str
    model: str
    digest: str
    suite: str
    item: str
    """Id of the task's template."""
    category: str
    seed: int
    passed: bool
    detail: str = ""
    judged: float | None = None
    """What a judge thought of it, 0 to 1."""
    valid: bool | None = None
    """Was it well-formed JSON, or a well-formed tool call? None where neither was asked for."""
    tool: bool = False
    """Were tools offered?"""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    first_token_ms: float | None = None
    total_ms: float = 0.0


class Skipped(Struct, frozen=True, tag="skipped"):
    """A question that counts neither way: no answer came, or nobody can judge it here."""

    model: str
    item: str
    reason: str


class Progress(Struct, frozen=True, tag="progress"):
    """How far it is."""

    model: str
    phase: str
    """loading, asking or measuring."""
    category: str
    """Of the last question."""
    answers: int
    most: int
    fraction: float
    """0 to 1."""
    eta_seconds: float | None
    """At most this long; None until something was measured."""
    overall: Ability


class Done(Struct, frozen=True, tag="done"):
    """It is over."""

    model: str
    reason: str
    """One of: known, enough, exhausted, budget, silent, embeddings."""
    profile: Profile | None
    """None when nothing could be learned."""
    detail: str = ""
    dollars: float = 0.0
    """Money spent, stored answers included."""


Event = Asked | Answered | Skipped | Progress | Done
Emit = Callable[[Event], Awaitable[None]]
"""Told of every event; the next question is asked only after it has returned, so what it stored is never lost."""


def answer_id(model: str, digest: str, suite: str, item: str, seed: int) -> str:
    """The same for the same question to the same file of a model, always; 32 hexadecimal digits."""
    text = "\n".join((model, digest, suite, item, str(seed)))
    return hashlib.sha256(text.encode()).hexdigest()[:32]
