"""`Task`, `Answer`, `Verdict`, `Template`: a question that a program can check, and what came of it."""

from typing import Any, Protocol

from msgspec import Struct

from smarterrouter.domain.intent import Category
from smarterrouter.profiling.checks import Check

LONG_CONTEXT = "long_context"
"""The prompt is long, and what is asked stands somewhere in it."""
TRANSLATION = "translation"
LANGUAGE = "language"
"""The answer is to be written in another language than English."""
FLAGS = frozenset({LONG_CONTEXT, TRANSLATION, LANGUAGE})


class ToolCall(Struct, frozen=True):
    """One call that a model asked for."""

    name: str
    arguments: str
    """JSON text, as it came."""


class Answer(Struct, frozen=True):
    """What a model answered. Reasoning that came in a member of its own is left out by whoever builds this."""

    text: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    finish_reason: str = "stop"


class Verdict(Struct, frozen=True):
    """Was the answer right?"""

    passed: bool
    detail: str = ""
    """Why, in a few words for people."""
    void: bool = False
    """The answer could not be judged for reasons that are not the model's: it counts neither way."""


class Task(Struct, frozen=True):
    """One question, ready to be asked."""

    id: str
    """`template#seed`: the same id is the same question, always."""
    category: Category
    difficulty: float
    """Logits by design: a good model of 8 billion parameters solves half of the tasks at 0."""
    messages: tuple[dict[str, Any], ...]
    """In OpenAI's shape."""
    check: Check
    max_tokens: int = 120
    """Room for the answer, without reasoning."""
    tools: tuple[dict[str, Any], ...] = ()
    """In OpenAI's shape; empty when the task has none."""
    response_format: dict[str, Any] | None = None
    flags: frozenset[str] = frozenset()
    """Some of `FLAGS`."""
    label: str = ""
    """The name of a user's own category; empty for ours."""

    @property
    def template(self) -> str:
        """Id of the template that made this."""
        return self.id.rpartition("#")[0]


class Sample(Struct, frozen=True):
    """A task together with a right answer and plausible wrong ones."""

    task: Task
    answer: Answer
    wrong: tuple[Answer, ...]


class Template(Protocol):
    """Makes tasks of one kind and one difficulty. The same seed gives the same task, on every machine."""

    @property
    def id(self) -> str: ...

    @property
    def category(self) -> Category: ...

    @property
    def difficulty(self) -> float: ...

    @property
    def flags(self) -> frozenset[str]: ...

    @property
    def label(self) -> str: ...

    def make(self, seed: int) -> Task:
        """The task with this seed; `seed` is any whole number."""
        ...

    def reference(self, task: Task) -> Answer:
        """A right answer to a task that this template has made."""
        ...
