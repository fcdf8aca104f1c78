"""`stay_or_go`: does a conversation stay with the model that it had before? Values in, a value out.

Every candidate's total takes its prompt for one that it has never seen. The model that had the conversation before has
seen most of it: it need not read that part again, and a vendor asks less for it. What this saves is what leaving costs,
and only a larger gain makes a conversation leave. In the middle of a round of tool calls nothing does.

Other ways to order candidates than by utility: `best` weighs the gain in quality against `LEAST_GAIN` alone; what a
small model says (`dispatcher`) is not asked for while the conversation stays.
"""

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from smarterrouter.domain.decisions import Candidate, Decision
from smarterrouter.domain.models import Model
from smarterrouter.routing.preference import Rates
from smarterrouter.routing.strategies.best import Best
from smarterrouter.routing.strategies.dispatcher import Dispatcher
from smarterrouter.routing.strategies.registry import plain
from smarterrouter.routing.strategies.scored import Scored
from smarterrouter.routing.waiting import pace
from smarterrouter.routing.weights import RoutingWeights
from smarterrouter.wire.chat import Message

LEAST_GAIN = 0.02
"""Two good answers in a hundred. Less than that nobody can promise, and a change of voice is felt. In the simulation of
`bench/stickiness.py` anything up to 0.04 gives the same utility, and more of it fewer changes."""
WARM_SECONDS = 600.0
"""How long a prompt counts as remembered. Vendors keep prompts for five to ten minutes; Ollama keeps a model for five
where nobody says otherwise, llama.cpp a prompt until its slot is needed."""
CACHED_DISCOUNT = 0.75
"""Share of the price that vendors take off for tokens they remember: 0.5 to 0.9 on the price lists of 2025."""
FAILED_AT_MOST = 4
"""Failures that are remembered of one conversation."""
_WEIGHED = frozenset({Scored.name, Dispatcher.name, Best.name})
"""Strategies between whose first choice and the conversation's model a gain can be told. The others give one model all
the time, or the operator's order: that is not to be improved upon; only tool rounds stay together there."""
_TOOL_ROLES = frozenset({"tool", "function"})
_CALLS = frozenset({"tool_use", "tool_call"})


class Remembered(Struct, frozen=True, gc=False):
    """What is known of a conversation's last answer."""

    model: str
    """Key of the model that gave it."""
    prompt_tokens: int
    """Estimated, of the prompt then."""
    turns: int
    """Messages then."""
    at: float
    """By the memory's clock, seconds."""
    failed: tuple[str, ...] = ()
    """Keys of models that failed in this conversation, the last ones."""


class Facts(Struct, frozen=True, gc=False):
    """What else is true of this request."""

    age: float
    """Seconds since the last answer."""
    tool_round: bool
    """Does a round of tool calls stand open?"""
    busy: frozenset[str]
    """Names of backends whose breaker is open."""


def stay_or_go(decision: Decision, then: Remembered, facts: Facts, rates: Rates, weights: RoutingWeights) -> Decision:
    """`decision` with the conversation's model first, and `held` saying why; or `decision` itself, to go by its order.

    A model that is no candidate any more, or whose backend is busy, holds nobody.
    """
    place = _place(decision.candidates, then.model)
    if place < 0 or decision.candidates[place].model.backend in facts.busy:
        return decision
    if facts.tool_round:
        return _held(decision, place, "a round of tool calls stands open")
    strategy = plain(decision.strategy)
    if place == 0:
        return _held(decision, 0, "it is still the best") if strategy == Dispatcher.name else decision
    if strategy not in _WEIGHED:
        return decision
    return _weighed(decision, place, then, facts, rates, weights)


def _weighed(
    decision: Decision, place: int, then: Remembered, facts: Facts, rates: Rates, weights: RoutingWeights
) -> Decision:
    best, held = decision.candidates[0], decision.candidates[place]
    if best.model.key in then.failed:
        return _held(decision, place, f"{best.model.key} failed in this conversation")
    by_quality = plain(decision.strategy) == Best.name
    gain = best.quality - held.quality if by_quality else best.total - held.total
    if gain <= LEAST_GAIN:
        return _held(decision, place, f"{best.model.key} is hardly better")
    cost = 0.0 if by_quality else cost_of_leaving(held.model, _warm(decision, then, facts), rates, weights)
    if gain > cost:
        return decision
    return _held(decision, place, f"{best.model.key} gains {gain:.3f}, and reading the prompt anew costs {cost:.3f}")


def cost_of_leaving(held: Model, warm_tokens: int, rates: Rates, weights: RoutingWeights) -> float:
    """What `held` saves on tokens that it has read before, as a share of a good answer."""
    if warm_tokens <= 0 or held.loaded is False:
        return 0.0
    dollars = held.price.input_per_million / 1e6 * CACHED_DISCOUNT if held.price is not None else 0.0
    return warm_tokens * (rates.second * pace(held, weights).prompt + rates.dollar * dollars)


def in_tool_round(messages: Sequence[Message]) -> bool:
    """Are results of tools on their way to the model that asked for them, or its own words still unfinished?

    So it is until an assistant message without calls ends the round, whatever else a client puts after the results.
    """
    for message in reversed(messages):
        if message.role in _TOOL_ROLES:
            return True
        if message.role == "assistant":
            return message is messages[-1] or _unfinished(message)
    return False


def _unfinished(message: Message) -> bool:
    """Does it call tools, or hold nothing that was said to the user: only thoughts?"""
    if message.tool_calls or not message.content:
        return True
    return not isinstance(message.content, str) and (
        any(part.type in _CALLS for part in message.content) or not any(part.text for part in message.content)
    )


def _warm(decision: Decision, then: Remembered, facts: Facts) -> int:
    """Tokens of this prompt that the model of the last answer has read."""
    return min(then.prompt_tokens, decision.intent.needs.prompt_tokens) if facts.age <= WARM_SECONDS else 0


def _place(candidates: Sequence[Candidate], key: str) -> int:
    """Where the model stands; -1 when it is no candidate."""
    for place, candidate in enumerate(candidates):
        if candidate.model.key == key:
            return place
    return -1


def _held(decision: Decision, place: int, why: str) -> Decision:
    candidates = decision.candidates
    held = candidates[place]
    return msgspec.structs.replace(
        decision,
        candidates=(held, *candidates[:place], *candidates[place + 1 :]),
        held=why,
        reason=f"{held.model.key} stays with its conversation: {why}.",
    )
