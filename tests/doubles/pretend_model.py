"""Models that exist only as numbers, and tasks for them, for tests of the profiler.

    suite = PretendSuite(per_category=10)               # sums, one template for each category and difficulty
    model = PretendModel(ability=1.0, seed=3)           # `await model.ask(question)` like any other model
    model.asked, model.fails = […], {5: BackendBusy("…")}   # what it was asked; errors by number of the call
    Recorder()                                          # an `emit` that keeps the events; `.of(Answered)` filters

The answers go through the real checks; only whether the model is right is drawn by chance from its ability.
"""

import math
import random
from typing import Any

import msgspec

from smarterrouter.domain.intent import Category
from smarterrouter.domain.models import Capabilities, Model, Price, Size
from smarterrouter.errors import GatewayError
from smarterrouter.profiling.base import Answer, Task, Verdict
from smarterrouter.profiling.checks import Exact
from smarterrouter.profiling.events import Event
from smarterrouter.profiling.questions import Heard, Question
from smarterrouter.profiling.verifiers import verify

LOCAL = Model("box/m", "box", "m", size=Size(7.0), digest="sha256:1", loaded=False)
HOSTED = Model("cloud/m", "cloud", "m", local=False, price=Price(1.0, 4.0))


class SumTemplate:
    """Sums whose difficulty is only a number."""

    flags: frozenset[str] = frozenset()
    label = ""

    def __init__(self, identity: str, category: Category, difficulty: float) -> None:
        self.id = identity
        self.category = category
        self.difficulty = difficulty

    def make(self, seed: int) -> Task:
        chance = random.Random(seed)
        first, second = chance.randrange(1000), chance.randrange(1000)
        content = f"What is {first} + {second}? (difficulty {self.difficulty})"
        check = Exact((str(first + second),))
        messages = ({"role": "user", "content": content},)
        return Task(f"{self.id}#{seed}", self.category, self.difficulty, messages, check, max_tokens=50)

    def reference(self, task: Task) -> Answer:
        assert isinstance(task.check, Exact)
        return Answer(task.check.accept[0])


class PretendSuite:
    """Templates spread over all categories and over difficulties from -2.5 to 2.5."""

    def __init__(self, per_category: int = 8, version: str = "test-1") -> None:
        self.version = version
        self.templates = [
            SumTemplate(f"{category}-{number}", category, -2.5 + 5 * number / max(per_category - 1, 1))
            for category in Category
            for number in range(per_category)
        ]


class PretendModel:
    """Answers sums right as often as its ability says."""

    def __init__(self, ability: float = 0.0, seed: int = 0, **heard: Any) -> None:
        self.ability = ability
        self.chance = random.Random(seed)
        self.heard = {"prompt_tokens": 30, "completion_tokens": 10, "first_token_ms": 100.0, "total_ms": 600.0} | heard
        self.asked: list[Question] = []
        self.fails: dict[int, GatewayError] = {}

    async def ask(self, question: Question) -> Heard:
        self.asked.append(question)
        if error := self.fails.get(len(self.asked)):
            raise error
        return Heard(Answer(self._text(question)), **self.heard)

    def _text(self, question: Question) -> str:
        content = question.messages[-1]["content"]
        if not content.startswith("What is "):
            return "done"
        first, _, rest = content.removeprefix("What is ").partition(" + ")
        second, _, tail = rest.partition("? (difficulty ")
        right = 1 / (1 + math.exp(float(tail.rstrip(")")) - self.ability))
        return str(int(first) + int(second) + (self.chance.random() >= right))

    @property
    def sums(self) -> list[str]:
        """The tasks among what it was asked."""
        contents = [question.messages[-1]["content"] for question in self.asked]
        return [content for content in contents if content.startswith("What is ")]


class Recorder:
    """Keeps every event, as the store would."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    async def __call__(self, event: Event) -> None:
        self.events.append(event)

    def of(self, kind: type) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]


async def check(task: Task, answer: Answer) -> Verdict:
    """The real checks, without the sandbox that no sum needs."""
    return verify(task.check, answer)


async def no_sleep(_: float) -> None:
    """Waits for nothing."""


def chatting(model: Model, **can: Any) -> Model:
    """The model with other capabilities."""
    return msgspec.structs.replace(model, can=Capabilities(**can))
