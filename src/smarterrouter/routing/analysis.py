"""`read`: one bounded look at a request gives its `Intent`. No I/O, no clock, no state.

The learned model reads the ask, hand-written tables hear its words and see its form, and both together say what kind
of work it is and how hard (`routing/combining.py`). What a request needs (images, tools, JSON) is read from its form,
and is never a category that a word could win.
"""

from functools import lru_cache
from math import ceil
from operator import itemgetter

from smarterrouter.domain.intent import Category, Intent, Needs
from smarterrouter.routing import complexity, glimpse
from smarterrouter.routing.combining import combined
from smarterrouter.routing.learned import steps
from smarterrouter.routing.learned.reader import Reader
from smarterrouter.routing.learned.shipped import reader as shipped_reader
from smarterrouter.routing.shape import Shape, shape_of
from smarterrouter.routing.vocabulary import CATEGORIES, Heard, listen
from smarterrouter.wire import content, tokens
from smarterrouter.wire.calls import ChatCall

MARGIN = 0.1
"""Added to the estimate of tokens: a prompt that may not fit is not sent on a guess."""

_AROUND = 0.25
"""What a word beside the ask is worth."""
_LEAST = 0.01
"""Probability from which a category is named."""
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


def read(call: ChatCall, preference: float, margin: float = MARGIN, reader: Reader | None = None) -> Intent:
    """The intent of a chat call. `preference` is 0 (speed) to 1 (quality); without a `reader` the shipped one reads.

    `margin` is a share that is added to the token estimate of all but short requests; a caller who has counted exactly
    replaces `needs.prompt_tokens`. Reads at most about 3,000 characters of the text, however long it is; tokens are
    estimated for the whole.
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
    return _intent(glimpse.of_messages(request.messages), needs, preference, reader)


def read_text(
    text: str, preference: float, margin: float = MARGIN, answer_tokens: int = 0, reader: Reader | None = None
) -> Intent:
    """The intent of a bare text: a text completion, or a prompt typed at the command line."""
    needs = Needs(prompt_tokens=ceil(tokens.text_tokens(text) * (1 + margin)), answer_tokens=answer_tokens)
    return _intent(glimpse.of_text(text), needs, preference, reader)


def _intent(seen: glimpse.Glimpse, needs: Needs, preference: float, reader: Reader | None) -> Intent:
    focus = seen.focus.lower()
    beside = seen.around.lower()
    heard = listen(focus)
    around = _listen_again(beside) if beside else None
    shape = shape_of(f"{focus}\n{beside}" if beside else focus)
    points = _points(heard, around, shape)
    offered = _TOOLS_POINTS * needs.tools + _JSON_POINTS * needs.json
    category = _strongest(points, offered)
    measured = complexity.measure(complexity.Facts(seen, heard, around.hard if around else 0.0, shape, needs, category))
    learned = (reader or shipped_reader()).read(seen.ask, seen.around)
    reading = combined(learned, points, offered, measured.value) if learned.script != "none" else None
    if reading is not None:
        category = CATEGORIES[reading.categories.index(max(reading.categories))]
    return Intent(
        category=category,
        complexity=steps.share(measured.value),
        needs=needs,
        preference=steps.share(preference),
        evidence=measured.evidence,
        weights=_weights(reading.categories) if reading is not None else (),
        reading=reading,
    )


_listen_again = lru_cache(maxsize=256)(listen)
"""What stands around an ask is mostly the same system prompt again."""


def _strongest(points: list[float], offered: float) -> Category:
    """By the tables alone."""
    said = [point + offered * (place == _TOOLS) for place, point in enumerate(points)]
    return CATEGORIES[said.index(max(said))] if any(said) else Category.CHAT


def _points(heard: Heard, around: Heard | None, shape: Shape) -> list[float]:
    points = heard.points
    if around is not None:
        points = [mine + _AROUND * other for mine, other in zip(points, around.points, strict=True)]
    if shape.code:
        points[_CODE] += _FENCE_POINTS if shape.fence else _CODE_POINTS
    if shape.trace:
        points[_CODE] += _TRACE_POINTS
    if shape.formula:
        points[_MATHS] += _FORMULA_POINTS
    if shape.items > 1:
        points[_INSTRUCTIONS] += _LIST_POINTS
    return points


def _weights(shares: tuple[float, ...]) -> tuple[tuple[Category, float], ...]:
    """Probabilities, likeliest first, without those that round to nothing; equal ones in the order of `Category`."""
    said = [
        (category, steps.share(share)) for category, share in zip(CATEGORIES, shares, strict=True) if share >= _LEAST
    ]
    said.sort(key=_strength, reverse=True)  # stable, also in reverse
    return tuple(said)


_strength = itemgetter(1)
