"""The learned reading of a prompt put together with what its words and form say by hand-written tables.

The learned model knows kinds of questions; it has seen little of what people write every day, and little that is not
English. The tables know everyday words in several languages, but not what is hard about a question of mathematics. So
categories are added up as evidence, and the more so the less familiar a prompt is; the learned difficulty stands,
unless the tables find the prompt clearly simple or clearly hard. On held-out questions of the public data the sum does
as well as the learned model alone, and on everyday prompts about as well as the tables
(docs/decisions/0032-learned-router.md).
"""

from collections.abc import Sequence
from math import exp, log

from smarterrouter.domain.intent import Category, Reading
from smarterrouter.routing.difficulty import difficulty_of
from smarterrouter.routing.hearing import Heard
from smarterrouter.routing.learned import steps

_POINT, _POINT_UNFAMILIAR = 0.5, 4.5
"""What a point of the tables adds to the logarithm of a probability; the second for what is unlike anything learned."""
_OFFERED = 6.0
_NOTHING = (0.0,) * len(Category)
_SENSED = 0.5
"""What an embedding's word counts. More helps kinds of tasks that are new, and harms the known ones (decision 0037)."""
_FEW_WORDS = 24
"""An ask of fewer different words says little to the learned model."""
_LONG, _LONG_AT_LEAST = 4000, 0.3
"""Of an ask of more characters only the ends were read, and most of what was read is a document."""
_TOOLS = list(Category).index(Category.TOOLS)
_LEAST = log(1e-3)
"""The learned model's certainty has its limits: no category is less probable than this, next to the likeliest."""
_SIMPLE, _HARD = difficulty_of(0.15), difficulty_of(0.5)
"""Beyond these complexities the tables have a say in the difficulty."""
_SAY_SIMPLE, _SAY_HARD = 1.0, 0.8
_EASIER_AT_MOST = 3.0


def certain(offered: float, sensed: Sequence[float] | None) -> Sequence[float]:
    """(8,) logits of what counts whatever the text says: `offered` tools, and what an embedding says of the categories.

    `sensed` is as `Meaning.evidence` gives it.
    """
    if sensed is None and not offered:
        return _NOTHING
    found = [0.0] * len(Category) if sensed is None else [_SENSED * other for other in sensed]
    found[_TOOLS] += _OFFERED * offered
    return found


def combined(
    heard: Heard,
    logits: Sequence[float],
    points: Sequence[float],
    beyond: Sequence[float],
    characters: int,
    complexity: float,
) -> Reading:
    """`logits` are what is learned of the categories: of the ask, and a little of what stands around it.

    `points` are what the tables say of them, `beyond` what `certain` made; `characters` is the length of the whole ask,
    `complexity` 0 to 1.
    """
    trust = heard.familiarity * min(1.0, heard.words / _FEW_WORDS)
    point = _POINT + _POINT_UNFAMILIAR * (1 - trust)
    say = max(_LONG / characters, _LONG_AT_LEAST) if characters > _LONG else 1.0
    likeliest = max(logits)
    least = likeliest + _LEAST
    logs = [
        say * (logit - likeliest if logit > least else _LEAST) + point * said + more
        for logit, said, more in zip(logits, points, beyond, strict=True)
    ]
    highest = max(logs)
    raised = [exp(value - highest) for value in logs]
    return steps.reading(
        raised,
        heard.difficulty + _shift(difficulty_of(complexity)),
        heard.familiarity * (0.5 + 0.5 / sum(raised)),
    )


def _shift(judged: float) -> float:
    easier, harder = min(judged - _SIMPLE, 0.0), max(judged - _HARD, 0.0)
    return max(_SAY_SIMPLE * easier, -_EASIER_AT_MOST) + _SAY_HARD * harder
