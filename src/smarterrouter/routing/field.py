"""`Field`: the models of one pool in columns, made once for a snapshot, so that a request is a few sums over them."""

from collections.abc import Sequence
from functools import lru_cache
from math import log
from operator import add

from msgspec import Struct

from smarterrouter.domain.intent import Category, Intent
from smarterrouter.domain.knowledge import Ability
from smarterrouter.domain.models import Model, Price
from smarterrouter.routing.learned.scoring import Skills
from smarterrouter.routing.sizes import effective_b
from smarterrouter.routing.waiting import ANSWER_TOKENS, Pace, pace
from smarterrouter.routing.weights import RoutingWeights

_PER_FOLD, _SIZE_SD = 0.65, 0.9
"""Logits for each e-fold of parameters, and how far a model may be off: what is believed where nobody has told more."""
_USUAL_B = 8.0
_FREE = Price()


class Field(Struct, frozen=True):
    """What deciding needs to know of M models."""

    models: tuple[Model, ...]
    skills: Skills
    """(M, 8) ability in each category."""
    prices: tuple[tuple[float, float], ...]
    """(M, 2) US dollars for one token of a prompt, and for one of an answer."""
    paces: tuple[Pace, ...]
    """(M,) how fast each model is."""
    times: tuple[tuple[float, float, float], ...]
    """(M, 3) the same without loading: seconds until the first token, for one of a prompt, and for one of an answer."""

    def costs(self, intent: Intent, load: Sequence[float]) -> tuple[list[float], list[float]]:
        """(M,) expected US dollars of a request, and (M,) seconds until its whole answer is there.

        `load` are (M,) seconds until each model is in memory.
        """
        prompt, answer = intent.needs.prompt_tokens, answer_tokens(intent)
        dollars = [read * prompt + written * answer for read, written in self.prices]
        seconds = [first + read * prompt + written * answer for first, read, written in self.times]
        return dollars, [*map(add, seconds, load)]


def answer_tokens(intent: Intent) -> float:
    """Length of a usual answer, not above what the caller allows."""
    usual = ANSWER_TOKENS[intent.category]
    return min(usual, intent.needs.answer_tokens) if intent.needs.answer_tokens else usual


def field_of(models: tuple[Model, ...], weights: RoutingWeights) -> Field:
    """The arrays of `models`."""
    prices, paces = [_price(model, weights) for model in models], [pace(model, weights) for model in models]
    return Field(
        models=models,
        skills=tuple([_skills(model, weights) for model in models]),
        prices=tuple([(each.input_per_million / 1e6, each.output_per_million / 1e6) for each in prices]),
        paces=tuple(paces),
        times=tuple([(each.first, each.prompt, each.answer) for each in paces]),
    )


def _price(model: Model, weights: RoutingWeights) -> Price:
    """A hosted model of unknown price is no gift: it counts as a usual one."""
    if model.price is not None or model.local:
        return model.price or _FREE
    return Price(weights.unknown_input_price, weights.unknown_output_price)


def _skills(model: Model, weights: RoutingWeights) -> tuple[Ability, ...]:
    if len(model.standing.skills) == len(Category):
        return model.standing.skills
    return (_by_size(effective_b(model, weights)),) * len(Category)


@lru_cache(maxsize=256)
def _by_size(billions: float) -> Ability:
    return Ability(_PER_FOLD * log(max(billions, 0.05) / _USUAL_B), _SIZE_SD)
