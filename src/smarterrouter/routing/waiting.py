"""How long an answer takes: what was measured of a model, else what its size lets expect."""

from msgspec import Struct

from smarterrouter.domain.intent import Category
from smarterrouter.domain.models import Model
from smarterrouter.routing.sizes import active_b
from smarterrouter.routing.weights import RoutingWeights

ANSWER_TOKENS: dict[Category, float] = {
    Category.MATHEMATICS: 350.0,
    Category.CODE: 450.0,
    Category.TOOLS: 80.0,
    Category.INSTRUCTIONS: 250.0,
    Category.LOGIC: 300.0,
    Category.STEM: 300.0,
    Category.KNOWLEDGE: 200.0,
    Category.CHAT: 250.0,
}
"""Tokens of a usual answer; who asks for fewer at most gets fewer."""
THINKING = 4.0
"""A model that thinks first writes so many times as much."""
_LOCAL_RATE = 400.0
"""Tokens a second of a model of one billion active parameters at four or five bits on a card of 300 GB/s, which most
people's lie around; time grows with the parameters, because memory is the limit."""
_SLOWEST, _FASTEST = 1.0, 200.0
_HOSTED_RATE = 60.0
_FIRST_LOCAL, _FIRST_HOSTED = 0.3, 0.7
"""Seconds until the first token of a short prompt."""
_PREFILL = 20.0
"""A prompt is read so many times as fast as an answer is written."""
_DISK_GB = 0.5
"""Gigabytes a second while a model is loaded, where its time was not measured."""
_UNKNOWN_GB = 5.0


class Pace(Struct, frozen=True):
    """How fast one model answers, in seconds."""

    first: float
    """Until the first token of a short prompt."""
    prompt: float
    """For each token of the prompt."""
    answer: float
    """For each token of a usual answer, thinking included."""
    load: float
    """Until it is in memory; 0 when it is there already or nobody says that it is not."""


def pace(model: Model, weights: RoutingWeights) -> Pace:
    """The pace of one model."""
    known = model.standing
    rate = known.tokens_per_second or _usual_rate(model, weights)
    first = known.first_token_seconds
    return Pace(
        first=first if first is not None else _FIRST_LOCAL if model.local else _FIRST_HOSTED,
        prompt=1 / (rate * _PREFILL),
        answer=(THINKING if model.can.thinking else 1.0) / rate,
        load=_loading(model) if model.local and model.loaded is False else 0.0,
    )


def _usual_rate(model: Model, weights: RoutingWeights) -> float:
    if not model.local:
        return _HOSTED_RATE
    return min(max(_LOCAL_RATE / active_b(model, weights), _SLOWEST), _FASTEST)


def _loading(model: Model) -> float:
    if model.standing.load_seconds is not None:
        return model.standing.load_seconds
    return (model.size_bytes / 1e9 if model.size_bytes else _UNKNOWN_GB) / _DISK_GB
