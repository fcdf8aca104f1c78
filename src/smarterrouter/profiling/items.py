"""Templates of tasks as items of the model of answers."""

from collections.abc import Iterable

from smarterrouter.profiling.base import Template
from smarterrouter.profiling.checks import Check, Choice, ToolCalls
from smarterrouter.profiling.estimator import GUESS, SLOPE, SLOPE_OF_CHOICE, Item

_OPTIONS = 4
"""Where a choice does not list its options."""


def items_of(templates: Iterable[Template]) -> list[Item]:
    """One item for each template, with the author's difficulty and what its kind of check lets expect."""
    return [_item(template, template.make(0).check) for template in templates]


def _item(template: Template, check: Check) -> Item:
    slope = SLOPE_OF_CHOICE if isinstance(check, Choice | ToolCalls) else SLOPE
    return Item(template.id, category_of(template), template.difficulty, slope, _guess(check))


def category_of(template: Template) -> str:
    """The user's own category where it has one."""
    return template.label or template.category.value


def _guess(check: Check) -> float:
    """A letter can be guessed; the options of any one task tell how easily."""
    return 1 / (len(check.options) or _OPTIONS) if isinstance(check, Choice) else GUESS
