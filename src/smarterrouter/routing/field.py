"""`Field`: the models of one pool as arrays, made once for a snapshot, so that a request is a few sums over them."""

from functools import lru_cache
from math import log

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from smarterrouter.domain.intent import Category, Intent
from smarterrouter.domain.knowledge import Ability
from smarterrouter.domain.models import Model, Price
from smarterrouter.routing.learned.skills import Skills
from smarterrouter.routing.sizes import effective_b
from smarterrouter.routing.waiting import ANSWER_TOKENS, pace
from smarterrouter.routing.weights import RoutingWeights

Floats = NDArray[np.float64]

_PER_FOLD, _SIZE_SD = 0.65, 0.9
"""Logits for each e-fold of parameters, and how far a model may be off: what is believed where nobody has told more."""
_USUAL_B = 8.0
_FREE = Price()


class Field(Struct, frozen=True):
    """What deciding needs to know of M models. Arrays are not to be written to."""

    models: tuple[Model, ...]
    skills: Skills
    """(M, 8) ability in each category, logits: means and variances."""
    input_price: Floats
    """(M,) US dollars for one token of a prompt."""
    output_price: Floats
    """(M,) US dollars for one token of an answer."""
    first: Floats
    """(M,) seconds until the first token of a model in memory."""
    load: Floats
    """(M,) seconds until it is in memory."""
    prompt: Floats
    """(M,) seconds for each token of the prompt."""
    answer: Floats
    """(M,) seconds for each token of the answer."""

    def dollars(self, intent: Intent) -> Floats:
        """(M,) expected price of a request."""
        return self.input_price * intent.needs.prompt_tokens + self.output_price * answer_tokens(intent)

    def seconds(self, intent: Intent) -> Floats:
        """(M,) expected waiting for the whole answer of a model in memory."""
        return self.first + self.prompt * intent.needs.prompt_tokens + self.answer * answer_tokens(intent)


def answer_tokens(intent: Intent) -> float:
    """Length of a usual answer, not above what the caller allows."""
    usual = ANSWER_TOKENS[intent.category]
    return min(usual, intent.needs.answer_tokens) if intent.needs.answer_tokens else usual


def field_of(models: tuple[Model, ...], weights: RoutingWeights) -> Field:
    """The arrays of `models`."""
    skills = [_skills(model, weights) for model in models]
    sds = [[skill.sd for skill in row] for row in skills]
    prices = [_price(model, weights) for model in models]
    paces = [pace(model, weights) for model in models]
    return Field(
        models=models,
        skills=Skills(_matrix([[skill.mean for skill in row] for row in skills]), _matrix(sds) ** 2),
        input_price=np.array([each.input_per_million for each in prices]) / 1e6,
        output_price=np.array([each.output_per_million for each in prices]) / 1e6,
        first=np.array([each.first for each in paces]),
        load=np.array([each.load for each in paces]),
        prompt=np.array([each.prompt for each in paces]),
        answer=np.array([each.answer for each in paces]),
    )


def _price(model: Model, weights: RoutingWeights) -> Price:
    """A hosted model of unknown price is no gift: it counts as a usual one."""
    if model.price is not None or model.local:
        return model.price or _FREE
    return Price(weights.unknown_input_price, weights.unknown_output_price)


def _matrix(rows: list[list[float]]) -> Floats:
    return np.array(rows).reshape(-1, len(Category))


def _skills(model: Model, weights: RoutingWeights) -> tuple[Ability, ...]:
    if len(model.standing.skills) == len(Category):
        return model.standing.skills
    return (_by_size(effective_b(model, weights)),) * len(Category)


@lru_cache(maxsize=256)
def _by_size(billions: float) -> Ability:
    return Ability(_PER_FOLD * log(max(billions, 0.05) / _USUAL_B), _SIZE_SD)
