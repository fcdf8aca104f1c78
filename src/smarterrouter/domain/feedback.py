"""`Label`: one noisy sign that an answer was good or bad, from a user or from what was noticed."""

from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct

from smarterrouter.domain.intent import Category


class Sign(StrEnum):
    """What a label was taken from."""

    VOTE = "vote"
    """A user said so."""
    REGENERATED = "regenerated"
    """The same caller asked for the same conversation again: the answer was probably not wanted."""
    ESCALATED = "escalated"
    """A cascade checked the answer and gave up on the model."""
    TOOL_FAILURE = "tool_failure"
    """The model called a tool with arguments that do not fit."""


FLIPS = {Sign.VOTE: 0.1, Sign.REGENERATED: 0.3, Sign.ESCALATED: 0.1, Sign.TOOL_FAILURE: 0.1}
"""How often a sign is assumed to say the opposite of the truth; 0.5 would be a coin.

A tenth for all but one is what the feedback was simulated with; people also ask again because they want another answer
of the same quality, so that says less.
"""


class Label(Struct, frozen=True):
    """One sign about one answer. No text of prompts or answers."""

    sign: Sign
    voter: str
    """Who it comes from, as a keyed hash; the gateway's own checks speak for the caller whose request it was."""
    request: str
    """Id of the request that was answered."""
    model: str
    """Key of the model that answered."""
    category: Category | None
    """None where nobody looked what kind of work it was, because the caller named the model."""
    difficulty: float
    """Of the request, in logits, on the scale of `Ability`."""
    verdict: float
    """-1 (bad) to 1 (good); 0 says nothing."""
    at: float = 0.0
    """Unix seconds."""


class Aged(Struct, frozen=True):
    """A label and how many came after it."""

    label: Label
    age: float = 0.0


def ages(labels: Sequence[Label]) -> list[Aged]:
    """`labels`, the newest first, with their ages."""
    return [Aged(label, float(place)) for place, label in enumerate(labels)]
