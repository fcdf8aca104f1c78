"""How much a request asks of a model, from 0 (a greeting) to 1 (a research task), and why.

Every part is bounded, so no single habit of writing makes a request hard; the sum is capped at 1. The numbers were set
by hand on the prompts of the golden test. What quality to expect is told by the learned difficulty beside it.
"""

from math import log2

from msgspec import Struct

from smarterrouter.domain.intent import Category, Needs
from smarterrouter.routing import language
from smarterrouter.routing.glimpse import Glimpse
from smarterrouter.routing.shape import PLAIN, Shape
from smarterrouter.routing.vocabulary import Said

EVIDENCE = (
    "long ask",
    "difficult words",
    "several requirements",
    "list of requirements",
    "program text",
    "error trace",
    "formula",
    "several questions",
    "tools",
    "JSON",
    "image",
    "long conversation",
    "simple words",
    "long context",
    *language.EVIDENCE,
)
"""Every word of evidence; their order is part of the feature vector, so new ones are added at the end."""

_LENGTH_AT_MOST, _LENGTH_UNIT, _LENGTH_FULL = 0.2, 100.0, 4000.0
_LENGTH_BITS = log2(1 + _LENGTH_FULL / _LENGTH_UNIT)
_WIDE_CHARACTER = 2.5
"""A sign of Chinese or Japanese says about as much as this many Latin letters."""
_HARD_POINT, _HARD_AT_MOST, _HARD_AROUND = 0.1, 0.5, 0.03
_DEMAND, _DEMANDS_AT_MOST = 0.04, 0.16
_ITEM, _ITEMS_AT_MOST = 0.04, 0.16
_BASE = {
    Category.CODE: 0.08,
    Category.MATHEMATICS: 0.12,
    Category.LOGIC: 0.12,
    Category.STEM: 0.06,
    Category.TOOLS: 0.06,
    Category.INSTRUCTIONS: 0.02,
    Category.KNOWLEDGE: 0.02,
    Category.CHAT: 0.0,
}
"""What the kind of work asks for by itself."""
_PROGRAM, _TRACE, _FORMULA, _QUESTIONS, _TOOLS, _JSON = 0.08, 0.06, 0.1, 0.06, 0.06, 0.04
_LONG_CONTEXT, _LONG_CONTEXT_TOKENS = 0.1, 8000
_EASY, _EASY_AT_MOST = 0.08, 0.16


class Facts(Struct, frozen=True, gc=False):
    """Everything that complexity is judged by."""

    seen: Glimpse
    said: Said
    hard_around: float
    shape: Shape
    needs: Needs
    category: Category


class Measured(Struct, frozen=True, gc=False):
    """The judgement, with its reasons as entries of `EVIDENCE`."""

    value: float
    evidence: tuple[str, ...]


def measure(facts: Facts) -> Measured:
    """Add up what the facts say; the value is rounded to hundredths, which lie on the steps of `learned/steps.py`."""
    parts: dict[str, float] = {}
    _by_words(facts, parts)
    if facts.shape is not PLAIN:
        _by_shape(facts.shape, parts)
    _by_needs(facts.needs, parts)
    if facts.said.easy and len(parts) < 3:
        parts["simple words"] = -min(_EASY * facts.said.easy, _EASY_AT_MOST)
    length = _by_length(facts)
    if length > _LENGTH_AT_MOST / 2:
        parts["long ask"] = 0.0
    if facts.seen.turns > 10:
        parts["long conversation"] = 0.03
    value = _BASE[facts.category] + length + sum(parts.values())
    return Measured(round(min(max(value, 0.0), 1.0), 2), tuple(parts))


def _by_length(facts: Facts) -> float:
    characters = facts.seen.ask_characters * (_WIDE_CHARACTER if facts.said.wide else 1.0)
    return _LENGTH_AT_MOST * min(1.0, log2(1 + characters / _LENGTH_UNIT) / _LENGTH_BITS)


def _by_words(facts: Facts, parts: dict[str, float]) -> None:
    hard = _HARD_POINT * facts.said.hard + _HARD_AROUND * facts.hard_around
    if hard:
        parts["difficult words"] = min(hard, _HARD_AT_MOST)
    if facts.said.demands > 1:
        parts["several requirements"] = min(_DEMAND * facts.said.demands, _DEMANDS_AT_MOST)


def _by_shape(shape: Shape, parts: dict[str, float]) -> None:
    if shape.code:
        parts["program text"] = _PROGRAM
    if shape.trace:
        parts["error trace"] = _TRACE
    if shape.formula:
        parts["formula"] = _FORMULA
    if shape.questions > 2:
        parts["several questions"] = _QUESTIONS
    if shape.items > 1:
        parts["list of requirements"] = min(_ITEM * shape.items, _ITEMS_AT_MOST)


def _by_needs(needs: Needs, parts: dict[str, float]) -> None:
    if needs.tools:
        parts["tools"] = _TOOLS
    if needs.json:
        parts["JSON"] = _JSON
    if needs.prompt_tokens > _LONG_CONTEXT_TOKENS:
        parts["long context"] = _LONG_CONTEXT
    if needs.vision:
        parts["image"] = 0.0
