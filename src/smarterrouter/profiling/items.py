"""Templates of tasks as items of the model of answers."""

from collections.abc import Iterable

from smarterrouter.profiling.base import Template
from smarterrouter.profiling.checks import Choice
from smarterrouter.profiling.estimator import GUESS, Item

_OPTIONS = 4
"""Where a choice does not list its options."""


def items_of(templates: Iterable[Template]) -> list[Item]:
    """One item for each template, with the author's difficulty."""
    return [Item(each.id, category_of(each), each.difficulty, guess=_guess(each)) for each in templates]


def category_of(template: Template) -> str:
    """The user's own category where it has one."""
    return template.label or template.category.value


def _guess(template: Template) -> float:
    """A letter can be guessed; the options of any one task tell how easily."""
    check = template.make(0).check
    return 1 / (len(check.options) or _OPTIONS) if isinstance(check, Choice) else GUESS
