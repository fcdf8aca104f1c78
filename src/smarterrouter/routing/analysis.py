"""`read`: one bounded look at a request gives its `Intent`. No I/O, no clock, no state.

Category: the words of the ask and its form speak for categories; the strongest wins, and nothing else ever decides it
again. What a request needs (images, tools, JSON) is read from its form and is never a category that a word could win.
"""

from functools import lru_cache
from math import ceil
from operator import itemgetter
from struct import Struct as Layout

from smarterrouter.domain.intent import Category, Intent, Needs
from smarterrouter.routing import complexity, glimpse
from smarterrouter.routing.shape import Shape, shape_of
from smarterrouter.routing.vocabulary import CATEGORIES, Heard, listen
from smarterrouter.wire import content, tokens
from smarterrouter.wire.calls import ChatCall

MARGIN = 0.1
"""Added to the estimate of tokens: a prompt that may not fit is not sent on a guess."""

_AROUND = 0.25
"""What a word beside the ask is worth."""
_ENOUGH = 1.5
"""Points at which a category has said half of what it can say."""
FEATURES_VERSION = 1
_FEATURES = Layout("<BBBBHBII8s")
_MOST = 2**32 - 1
_PLACE = {category: place for place, category in enumerate(CATEGORIES)}
_EVIDENCE_BITS = {word: 1 << bit for bit, word in enumerate(complexity.EVIDENCE)}
_CODE, _TOOLS, _MATHS = _PLACE[Category.CODE], _PLACE[Category.TOOLS], _PLACE[Category.MATHEMATICS]
_INSTRUCTIONS = _PLACE[Category.INSTRUCTIONS]

_FENCE_POINTS, _CODE_POINTS, _TRACE_POINTS = 2.0, 1.6, 1.0
_FORMULA_POINTS = 1.2
_TOOLS_POINTS, _JSON_POINTS = 1.2, 1.0
"""Offered tools decide where the text says nothing clear; a clear matter wins over them."""
_LIST_POINTS = 0.4


_SHORT, _SHORT_RATIO = 2048, 3
"""Bytes of a request so short that no context is in question; its tokens are then told by its length."""


def read(call: ChatCall, preference: float, margin: float = MARGIN) -> Intent:
    """The intent of a chat call. `preference` is 0 (speed) to 1 (quality).

    `margin` is a share that is added to the token estimate; a caller who has counted exactly replaces
    `needs.prompt_tokens`. Reads at most about 3,000 characters of the text, however long it is; tokens are estimated
    for the whole.
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
    return _intent(glimpse.of_messages(request.messages), needs, preference)


def read_text(text: str, preference: float, margin: float = MARGIN, answer_tokens: int = 0) -> Intent:
    """The intent of a bare text: a text completion, or a prompt typed at the command line."""
    prompt_tokens = ceil(tokens.text_tokens(text) * (1 + margin))
    return _intent(glimpse.of_text(text), Needs(prompt_tokens=prompt_tokens, answer_tokens=answer_tokens), preference)


def _intent(seen: glimpse.Glimpse, needs: Needs, preference: float) -> Intent:
    focus = seen.focus.lower()
    beside = seen.around.lower()
    heard = listen(focus)
    around = _listen_again(beside) if beside else None
    shape = shape_of(f"{focus}\n{beside}" if beside else focus)
    points = _points(heard, around, shape, needs)
    weights = _weights(points)
    category = weights[0][0] if weights else Category.CHAT
    measured = complexity.measure(complexity.Facts(seen, heard, around.hard if around else 0.0, shape, needs, category))
    return Intent(
        category=category,
        complexity=measured.value,
        needs=needs,
        preference=preference,
        evidence=measured.evidence,
        weights=weights,
    )


_listen_again = lru_cache(maxsize=256)(listen)
"""What stands around an ask is mostly the same system prompt again."""


def _points(heard: Heard, around: Heard | None, shape: Shape, needs: Needs) -> list[float]:
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
    points[_TOOLS] += _TOOLS_POINTS * needs.tools + _JSON_POINTS * needs.json
    return points


def _weights(points: list[float]) -> tuple[tuple[Category, float], ...]:
    """Strengths from 0 to 1, strongest first; equal ones in the order of `Category`."""
    spoke = [
        (category, round(point / (point + _ENOUGH), 3))
        for category, point in zip(CATEGORIES, points, strict=True)
        if point
    ]
    if len(spoke) > 1:
        spoke.sort(key=_strength, reverse=True)  # stable, also in reverse
    return tuple(spoke)


_strength = itemgetter(1)


def features(intent: Intent) -> bytes:
    """The intent as 23 bytes without a word of text, for records and for learning from them later.

    Little-endian: version (1 byte), place of the category in `Category`, complexity x 255, preference x 255, evidence
    (2 bytes, bit n: entry n of `complexity.EVIDENCE`), needs (bit 0 vision, 1 tools, 2 JSON), prompt tokens (4 bytes),
    answer tokens (4 bytes), strength of each of the eight categories x 255. A new layout gets a new version.
    """
    needs = intent.needs
    strengths = bytearray(len(CATEGORIES))
    for category, strength in intent.weights:
        strengths[_PLACE[category]] = _byte(strength)
    return _FEATURES.pack(
        FEATURES_VERSION,
        _PLACE[intent.category],
        _byte(intent.complexity),
        _byte(intent.preference),
        sum([_EVIDENCE_BITS.get(word, 0) for word in intent.evidence]),
        needs.vision | needs.tools << 1 | needs.json << 2,
        min(needs.prompt_tokens, _MOST),
        min(needs.answer_tokens, _MOST),
        strengths,
    )


def _byte(share: float) -> int:
    return int(min(max(share, 0.0), 1.0) * 255 + 0.5)
