"""`Intent`, `Category`, `Needs`: what a request wants, as routing sees it.

Values that a request makes are not tracked by the garbage collector (`gc=False`): they cannot be part of a cycle.
"""

from enum import StrEnum

from msgspec import Struct


class Category(StrEnum):
    """What kind of work a prompt is. The one vocabulary of routing, profiling and benchmark columns."""

    MATHEMATICS = "mathematics"
    CODE = "code"
    TOOLS = "tools"
    """Calling functions, filling schemas, producing JSON."""
    INSTRUCTIONS = "instructions"
    """Following constraints on form: rewrite, extract, format, translate."""
    LOGIC = "logic"
    STEM = "stem"
    KNOWLEDGE = "knowledge"
    CHAT = "chat"
    """Conversation and creative writing."""


class Difficulty(StrEnum):
    """The three steps of row B8."""

    SIMPLE = "simple"
    MEDIUM = "medium"
    HARD = "hard"


class Needs(Struct, frozen=True, gc=False):
    """What a model must be able to do to serve a request at all."""

    vision: bool = False
    tools: bool = False
    json: bool = False
    prompt_tokens: int = 0
    """Estimated, of the whole conversation with its tools."""
    answer_tokens: int = 0
    """What the caller asks for at most; 0 when not said."""


class Reading(Struct, frozen=True, gc=False):
    """What the learned model read in a prompt. All numbers lie on the steps of `routing/learned/steps.py`.

    Abilities and difficulties share one scale of logits, where a good model of 8 billion parameters is at 0.
    """

    categories: tuple[float, ...]
    """Probability of each `Category`, in its order; together 1."""
    difficulty: float
    """In logits, on the scale of abilities: at 0 a model of ability 0 answers well half of the time."""
    familiarity: float = 1.0
    """0 (unlike anything that was learned from) to 1."""


class Intent(Struct, frozen=True, gc=False):
    """What a request wants."""

    category: Category
    complexity: float
    """0 (a greeting) to 1 (a research task)."""
    needs: Needs
    preference: float = 0.5
    """0 speed … 1 quality (B4)."""
    evidence: tuple[str, ...] = ()
    """Why: short words for people, such as `code fence` or `several requirements`."""
    reading: Reading | None = None
    """What the learned model says; None where there is no text to read."""

    @property
    def weights(self) -> tuple[tuple[Category, float], ...]:
        """Probabilities of the categories from one in a hundred, likeliest first; empty without a reading."""
        if self.reading is None:
            return ()
        said = [(kind, share) for kind, share in zip(Category, self.reading.categories, strict=False) if share >= 0.01]
        return tuple(sorted(said, key=lambda pair: pair[1], reverse=True))  # stable, also in reverse

    @property
    def difficulty(self) -> Difficulty:
        """The bucket of `complexity`: simple below 0.2, medium below 0.5, otherwise hard (B8)."""
        if self.complexity < 0.2:
            return Difficulty.SIMPLE
        return Difficulty.MEDIUM if self.complexity < 0.5 else Difficulty.HARD
