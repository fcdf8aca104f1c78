"""`read`: one bounded look at a request gives its `Intent`. No I/O, no clock, no state.

The learned model reads the ask, hand-written tables hear its words and see its form, and both together say what kind
of work it is and how hard (`routing/combining.py`). What a request needs (images, tools, JSON) is read from its form,
and is never a category that a word could win.
"""

from collections.abc import Sequence
from math import ceil
from operator import add

from smarterrouter.domain.intent import Category, Intent, Needs
from smarterrouter.routing import complexity, glimpse
from smarterrouter.routing.combining import certain, combined
from smarterrouter.routing.hearing import Ear, Heard, shipped_ear
from smarterrouter.routing.language import language_of
from smarterrouter.routing.shape import PLAIN, Shape, joined
from smarterrouter.routing.vocabulary import CATEGORIES
from smarterrouter.wire import content, tokens
from smarterrouter.wire.calls import ChatCall

MARGIN = 0.1
"""Added to the estimate of tokens: a prompt that may not fit is not sent on a guess."""

_PLACE = {category: place for place, category in enumerate(CATEGORIES)}
_CODE, _TOOLS, _MATHS = _PLACE[Category.CODE], _PLACE[Category.TOOLS], _PLACE[Category.MATHEMATICS]
_INSTRUCTIONS = _PLACE[Category.INSTRUCTIONS]

_FENCE_POINTS, _CODE_POINTS, _TRACE_POINTS = 2.0, 1.6, 1.0
_FORMULA_POINTS = 1.2
_TOOLS_POINTS, _JSON_POINTS = 1.2, 1.0
"""Offered tools decide where the text says nothing clear; a clear matter wins over them."""
_LIST_POINTS = 1.0


_SHORT, _SHORT_RATIO = 2048, 3
"""Bytes of a request so short that no context is in question; its tokens are then told by its length."""


def read(
    call: ChatCall,
    preference: float,
    margin: float = MARGIN,
    ear: Ear | None = None,
    sensed: Sequence[float] | None = None,
) -> Intent:
    """The intent of a chat call.

    `preference` is 0 (speed) to 1 (quality), in thousandths; without an `ear` the shipped one hears. `margin` is a
    share that is added to the token estimate of all but short requests; a caller who has counted exactly replaces
    `needs.prompt_tokens`. `sensed` is what an embedding of the focus says. Reads at most about 3,000 characters of the
    text, however long it is; tokens are estimated for the whole.
    """
    request = call.request
    vision = content.image_count(request.messages) > 0
    size = len(call.body.original)
    needs = Needs(
        vision=vision,
        tools=request.wants_tools or content.has_tool_history(request.messages),
        json=request.wants_json,
        prompt_tokens=size // _SHORT_RATIO
        if size < _SHORT and not vision
        else ceil(tokens.estimate(call) * (1 + margin)),
        answer_tokens=request.answer_tokens,
    )
    return _intent(glimpse.of_messages(request.messages), needs, preference, ear, sensed)


def read_text(
    text: str,
    preference: float,
    margin: float = MARGIN,
    answer_tokens: int = 0,
    ear: Ear | None = None,
    sensed: Sequence[float] | None = None,
) -> Intent:
    """The intent of a bare text: a text completion, or a prompt typed at the command line."""
    needs = Needs(prompt_tokens=ceil(tokens.text_tokens(text) * (1 + margin)), answer_tokens=answer_tokens)
    return _intent(glimpse.of_text(text), needs, preference, ear, sensed)


def _intent(
    seen: glimpse.Glimpse, needs: Needs, preference: float, ear: Ear | None, sensed: Sequence[float] | None
) -> Intent:
    ear = ear or shipped_ear()
    heard = ear.hear(seen.focus, seen.ask_characters)
    around = ear.hear_beside(seen.around) if seen.around else None
    shape = heard.shape if around is None or around.shape is PLAIN else joined(heard.shape, around.shape)
    points = _points(heard, around, shape)
    offered = _TOOLS_POINTS * needs.tools + _JSON_POINTS * needs.json
    category = _strongest(points, offered)
    hard_around = around.said.hard if around is not None else 0.0
    measured = complexity.measure(complexity.Facts(seen, heard.said, hard_around, shape, needs, category))
    reading = None
    if heard.words or _has_letters(seen.focus):
        logits = heard.logits if around is None else [*map(add, heard.logits, around.logits)]
        reading = combined(heard, logits, points, certain(offered, sensed), seen.ask_characters, measured.value)
        category = CATEGORIES[reading.categories.index(max(reading.categories))]
    return Intent(
        category=category,
        complexity=measured.value,
        needs=needs,
        preference=preference,
        evidence=measured.evidence if seen.focus.isascii() else (*measured.evidence, *language_of(seen.focus)),
        reading=reading,
    )


def _has_letters(text: str) -> bool:
    """Of a script that is not known by words; ASCII and most of Latin have been looked for."""
    return not text.isascii() and any(map(str.isalpha, text))


def _strongest(points: list[float], offered: float) -> Category:
    """By the tables alone."""
    if offered:
        points = [*points]
        points[_TOOLS] += offered
    most = max(points)
    return CATEGORIES[points.index(most)] if most else Category.CHAT


def _points(heard: Heard, around: Heard | None, shape: Shape) -> list[float]:
    points = [*(heard.said.points if around is None else map(add, heard.said.points, around.said.points))]
    if shape.code:
        points[_CODE] += _FENCE_POINTS if shape.fence else _CODE_POINTS
    if shape.trace:
        points[_CODE] += _TRACE_POINTS
    if shape.formula:
        points[_MATHS] += _FORMULA_POINTS
    if shape.items > 1:
        points[_INSTRUCTIONS] += _LIST_POINTS
    return points
