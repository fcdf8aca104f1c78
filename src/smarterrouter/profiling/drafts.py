"""How templates are written: a generator gives a `Draft`, a `Family` makes one template of it for each difficulty."""

import random
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from msgspec import Struct

from smarterrouter.domain.intent import Category
from smarterrouter.profiling.base import Answer, Sample, Task
from smarterrouter.profiling.checks import Check, Choice, Constraints, Exact, Items, Number, Rule

HOW = "End with one last line of the form `Answer: ...`"
SHORT = "Reply with only one line of the form `Answer: ...`"

Rng = random.Random


class Draft(Struct, frozen=True):
    """What a generator makes of random numbers: the question, its check, a right answer and wrong ones."""

    prompt: str
    check: Check
    answer: Answer
    wrong: tuple[Answer, ...]
    max_tokens: int = 120
    system: str = ""
    before: tuple[dict[str, Any], ...] = ()
    """Messages before the prompt."""
    after: tuple[dict[str, Any], ...] = ()
    """Messages behind the prompt."""
    tools: tuple[dict[str, Any], ...] = ()
    response_format: dict[str, Any] | None = None

    @property
    def messages(self) -> tuple[dict[str, Any], ...]:
        """In OpenAI's shape."""
        system = ({"role": "system", "content": self.system},) if self.system else ()
        return (*system, *self.before, {"role": "user", "content": self.prompt}, *self.after)


Generator = Callable[[Rng, int], Draft]
"""The second value is the level, from 0."""


class Family(Struct, frozen=True):
    """One generator and the difficulties of its levels."""

    name: str
    make: Generator
    difficulties: tuple[float, ...]
    flags: frozenset[str] = frozenset()


class Generated:
    """A template of ours: one level of a family. Does what `base.Template` says."""

    def __init__(self, category: Category, family: Family, level: int) -> None:
        """`level` counts from 0."""
        self.id = f"{category}/{family.name}-{level + 1}"
        self.category = category
        self.difficulty = family.difficulties[level]
        self.flags = family.flags
        self.label = ""
        self._make = family.make
        self._level = level

    def make(self, seed: int) -> Task:
        """The task with this seed."""
        return self._task(seed, self._draft(seed))

    def reference(self, task: Task) -> Answer:
        """A right answer."""
        return self._draft(seed_of(task)).answer

    def sample(self, seed: int) -> Sample:
        """The task with right and wrong answers."""
        draft = self._draft(seed)
        return Sample(self._task(seed, draft), draft.answer, draft.wrong)

    def _draft(self, seed: int) -> Draft:
        return self._make(random.Random(f"{self.id}#{seed}"), self._level)  # noqa: S311 - nothing secret is drawn

    def _task(self, seed: int, draft: Draft) -> Task:
        return Task(
            id=f"{self.id}#{seed}",
            category=self.category,
            difficulty=self.difficulty,
            messages=draft.messages,
            check=draft.check,
            max_tokens=draft.max_tokens,
            tools=draft.tools,
            response_format=draft.response_format,
            flags=self.flags,
        )


def seed_of(task: Task) -> int:
    """The seed that a task was made with."""
    return int(task.id.rpartition("#")[2])


def templates(category: Category, families: Iterable[Family]) -> tuple[Generated, ...]:
    """One template for each level of each family."""
    return tuple(Generated(category, family, level) for family in families for level in range(len(family.difficulties)))


def said(value: object) -> Answer:
    """`value` behind `Answer:`."""
    return Answer(text=f"Answer: {value}")


def written(value: float) -> str:
    """A number with as many digits as it needs, at most six significant ones behind the point."""
    return str(int(value)) if float(value).is_integer() else f"{value:.6g}"


def number(prompt: str, value: float, *, wrong: Sequence[float] = (), max_tokens: int = 300) -> Draft:
    """A question with a whole number or an exact decimal as its answer."""
    others = [other for other in (*wrong, value + 1, value * 10 + 3) if other != value]
    return Draft(
        prompt=f"{prompt}\n{HOW} with just the number.",
        check=Number(value),
        answer=said(written(value)),
        wrong=tuple(said(written(other)) for other in others),
        max_tokens=max_tokens,
    )


def measured(prompt: str, value: float, unit: str, *, wrong: Sequence[float] = (), max_tokens: int = 300) -> Draft:
    """A question with a measured value as its answer: one percent of tolerance, four digits asked for."""
    others = [other for other in (*wrong, value * 1.1, value * 1000) if abs(other - value) > 0.02 * abs(value)]
    unit_said = f" in {unit}" if unit else ""
    return Draft(
        prompt=f"{prompt}\nGive the result{unit_said} to four significant digits. {HOW}.",
        check=Number(value, 0.01, unit),
        answer=said(f"{value:.4g} {unit}".strip()),
        wrong=tuple(said(f"{other:.4g} {unit}".strip()) for other in others),
        max_tokens=max_tokens,
    )


def choice(rng: Rng, prompt: str, right: str, wrong: Sequence[str], *, max_tokens: int = 40) -> Draft:
    """A question with options; the right one stands at a random place. A small budget: answer, do not explain."""
    options = [right, *wrong]
    rng.shuffle(options)
    letters = [chr(ord("A") + place) for place in range(len(options))]
    listed = "\n".join(f"{letter}) {option}" for letter, option in zip(letters, options, strict=True))
    letter = letters[options.index(right)]
    how = SHORT if max_tokens <= 60 else HOW
    return Draft(
        prompt=f"{prompt}\n{listed}\n{how} with the letter of the right option.",
        check=Choice(letter, tuple(options)),
        answer=said(letter),
        wrong=tuple(said(other) for other in letters if other != letter)[:3],
        max_tokens=max_tokens,
    )


def exact(prompt: str, right: str, wrong: Sequence[str], *, accept: Sequence[str] = (), max_tokens: int = 60) -> Draft:
    """A question with a word or two as its answer; case and punctuation do not matter."""
    how = SHORT if max_tokens <= 60 else HOW
    return Draft(
        prompt=f"{prompt}\n{how}.",
        check=Exact((right, *accept)),
        answer=said(right),
        wrong=tuple(said(other) for other in wrong),
        max_tokens=max_tokens,
    )


def literal(prompt: str, right: str, wrong: Sequence[str], *, max_tokens: int = 120) -> Draft:
    """A question whose answer is one line that must be exactly right, capital letters and commas included."""
    return Draft(
        prompt=f"{prompt}\n{SHORT}.",
        check=Exact((right,), case=True),
        answer=said(right),
        wrong=tuple(said(other) for other in wrong),
        max_tokens=max_tokens,
    )


def whole(prompt: str, right: str, wrong: Sequence[str], *, max_tokens: int = 200) -> Draft:
    """A question whose whole answer, line by line, must be exactly this."""
    return Draft(
        prompt=f"{prompt}\nReply with the result only: no explanation, no code fence.",
        check=Exact((right,), case=True, whole=True),
        answer=Answer(text=right),
        wrong=tuple(Answer(text=other) for other in wrong),
        max_tokens=max_tokens,
    )


def listing(prompt: str, right: Sequence[str], *, ordered: bool = True, max_tokens: int = 200) -> Draft:
    """A question whose answer is a list on one line. Needs two items at least."""
    values = [str(item) for item in right]
    turned = [*values[1:], values[0]] if ordered else [*values[1:], f"{values[0]}x"]
    return Draft(
        prompt=f"{prompt}\n{HOW} with the items on that line, separated by commas.",
        check=Items(tuple(values), ordered),
        answer=said(", ".join(values)),
        wrong=tuple(said(", ".join(one)) for one in (values[:-1], turned, [*values, "none"]) if one != values),
        max_tokens=max_tokens,
    )


def writing(
    prompt: str, rules: Sequence[Rule], right: str, wrong: Sequence[str], *, max_tokens: int = 200, system: str = ""
) -> Draft:
    """A text under constraints."""
    return Draft(
        prompt=f"{prompt}\nReply with the text only.",
        check=Constraints(tuple(rules)),
        answer=Answer(text=right),
        wrong=tuple(Answer(text=text) for text in wrong),
        max_tokens=max_tokens,
        system=system,
    )
