"""The strategy `dispatcher`: a small model is asked who shall answer. Without its word the default order counts."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import msgspec
from msgspec import Struct, structs

from smarterrouter.domain.decisions import Candidate, Decision
from smarterrouter.domain.intent import Intent
from smarterrouter.domain.models import Model
from smarterrouter.errors import BackendBusy, BackendRefused, GatewayError
from smarterrouter.gateway.visit import Visit
from smarterrouter.observability.metrics import Metrics
from smarterrouter.routing.strategies import dispatcher
from smarterrouter.routing.strategies.registry import plain
from smarterrouter.transport.breaker import Guard
from smarterrouter.wire.calls import ChatCall, Reply
from smarterrouter.wire.content import answer_contents, text_of

log = logging.getLogger(__name__)
Complete = Callable[[ChatCall], Awaitable[Reply]]
"""Asks the small model; where it is served is the giver's business."""
_LONGEST_ANSWER = 2**20
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class DispatcherRules(Struct, frozen=True):
    """How the small model is asked."""

    model: str
    """Its name, for the call and for people."""
    temperature: float = 0.0
    max_tokens: int = 50
    seconds: float = 2.0
    """Longest wait for its answer."""


class _Nothing(Exception):
    """The small model has no say. `why` is a label of the metric, `words` stand behind the reason of the decision."""

    def __init__(self, why: str, words: str) -> None:
        super().__init__(words)
        self.why = why
        self.words = words


class Dispatching:
    """Asks the small model, when the strategy is `dispatcher` and there is something to choose."""

    def __init__(self, complete: Complete, guard: Guard, metrics: Metrics, rules: DispatcherRules) -> None:
        """`guard` keeps a small model that is dead from costing every request its wait."""
        self._complete = complete
        self._guard = guard
        self._metrics = metrics
        self._rules = rules

    async def models(self, models: tuple[Model, ...], call: ChatCall, visit: Visit) -> tuple[Model, ...]:
        """The candidates in their final order: the same ones at once, unless the small model has to be asked."""
        decision = visit.decision
        if decision is None or visit.named or plain(decision.strategy) != dispatcher.Dispatcher.name:
            return models
        visit.clock.away()
        try:
            visit.decision = await self.reorder(decision.intent, call, decision)
        finally:
            visit.clock.back()
        return tuple(candidate.model for candidate in visit.decision.candidates)

    async def reorder(self, intent: Intent, call: ChatCall, decision: Decision) -> Decision:
        """The decision with the small model's choice first, or as it was, with why in its reason. Raises nothing.

        Where it has no say, `strategy` becomes `scored`; an arm of a split keeps its name, since that is what it got.
        It is asked when a conversation begins: later turns stay with their model, and save the wait.
        """
        if decision.held or len(decision.candidates) < 2:
            return decision
        try:
            choice = await self._choice(intent, call, decision)
        except _Nothing as nothing:
            self._metrics.dispatched(nothing.why)
            return _fallen_back(decision, nothing.words)
        self._metrics.dispatched("chosen")
        return _first(choice, decision, self._rules.model)

    async def _choice(self, intent: Intent, call: ChatCall, decision: Decision) -> Candidate:
        if any(message.role == "assistant" for message in call.request.messages):
            raise _Nothing("later_turn", "it is asked when a conversation begins")
        candidates, text = dispatcher.shortlist(decision.candidates), _asked(call)
        if len(candidates) < 2:
            raise _Nothing("no_choice", "there was nothing to choose from")
        if dispatcher.steers(text):
            raise _Nothing("steered", "the request itself speaks about the choice")
        body = self._body(dispatcher.messages(intent, text, candidates))
        found = dispatcher.chosen(_said(await self._answer(ChatCall.decode(body))), candidates)
        if found is None:
            raise _Nothing("unclear", "it named none of the candidates")
        return found

    def _body(self, messages: list[dict[str, str]]) -> bytes:
        rules = self._rules
        return msgspec.json.encode(
            {
                "model": rules.model,
                "messages": messages,
                "temperature": rules.temperature,
                "max_tokens": rules.max_tokens,
                "stream": False,
            }
        )

    async def _answer(self, call: ChatCall) -> bytes:
        """The small model's answer within its time, however its server fails."""
        guard = self._guard
        if not guard.allow():
            raise _Nothing("left_alone", "it has failed too often and is left alone for now")
        try:
            async with asyncio.timeout(self._rules.seconds):
                body = await self._read(call)
        except TimeoutError:
            guard.failed()
            raise _Nothing("timeout", f"it took longer than {self._rules.seconds:g} s") from None
        except GatewayError as error:
            log.debug("%s did not choose: %s", self._rules.model, error.message)
            guard.succeeded() if isinstance(error, BackendRefused) else guard.failed()
            raise _Nothing(_kind(error), f"it could not be asked ({error.code})") from None
        except BaseException:
            guard.released()  # the caller left
            raise
        guard.succeeded()
        return body

    async def _read(self, call: ChatCall) -> bytes:
        reply = await self._complete(call)
        try:
            return await reply.read()
        finally:
            reply.close()


def _first(choice: Candidate, decision: Decision, model: str) -> Decision:
    others = tuple(one for one in decision.candidates if one is not choice)
    reason = f"{choice.model.key} was chosen by {model}."
    return structs.replace(decision, candidates=(choice, *others), reason=reason)


def _fallen_back(decision: Decision, words: str) -> Decision:
    strategy = "scored" if decision.strategy == dispatcher.Dispatcher.name else decision.strategy
    reason = f"{decision.reason} The small model had no say: {words}.".lstrip()
    return structs.replace(decision, strategy=strategy, reason=reason)


def _asked(call: ChatCall) -> str:
    """What is to be answered: the last message of the user."""
    return next((text_of(one) for one in reversed(call.request.messages) if one.role == "user"), "")


def _said(body: bytes) -> str:
    if len(body) > _LONGEST_ANSWER:
        return ""
    try:
        contents = answer_contents(body)
    except _UNREADABLE:
        return ""
    return next((content for content in contents if isinstance(content, str)), "")


def _kind(error: GatewayError) -> str:
    return "busy" if isinstance(error, BackendBusy) else "failed"
