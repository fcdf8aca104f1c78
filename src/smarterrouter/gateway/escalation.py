"""Answer cheaply, check, escalate: an answer that cannot be right makes way for a better model's, before it is seen.

A `Gate` stands around the way one candidate is asked. It reads the answer before anybody else does; one that fails a
check becomes a `Doubtful` error, and dispatch goes on to the next candidate as after any other failure. Where nothing
can be checked, no gate is put up and nothing is held back.
"""

import logging
from collections.abc import Mapping, Sequence

from smarterrouter.backends.base import Backend
from smarterrouter.domain.decisions import Decision
from smarterrouter.domain.models import Model
from smarterrouter.errors import BackendGarbage
from smarterrouter.gateway.dispatch import Ask
from smarterrouter.gateway.heard import Heard, heard_events, heard_whole
from smarterrouter.gateway.opened import Doubtful, Opened, put_aside
from smarterrouter.gateway.verifying import Expected, Fault, expected, fault
from smarterrouter.gateway.visit import Discarded, Visit
from smarterrouter.routing.strategies.registry import plain
from smarterrouter.wire import sse, tokens
from smarterrouter.wire.calls import ChatCall
from smarterrouter.wire.chat import Usage

__all__ = ["Escalation"]
log = logging.getLogger(__name__)
HELD_AT_MOST = 2**20
"""Bytes of a stream that are held back, about 4,000 tokens; of a longer answer only the beginning is checked."""
_GLANCE = 2**16
"""After so many bytes more it is looked whether the model has lost itself, so that nobody waits for the end of that."""
_GIVE_UP_AFTER = 2
"""Answers of one request that may be found wanting."""


class Escalation:
    """Knows which strategies check answers, and puts up the gates."""

    def __init__(self, budgets: Mapping[str, float] | None = None) -> None:
        """`budgets`: name of a cascade to the seconds after a request's arrival in which it may still escalate."""
        self._budgets = budgets or {}

    def gated(self, ask: Ask, call: ChatCall, models: Sequence[Model], visit: Visit) -> Ask:
        """How to ask a candidate: `ask` itself where nothing is to be checked."""
        decision = visit.decision
        if not self._budgets or decision is None:
            return ask
        budget = self._budgets.get(plain(decision.strategy))
        wanted = expected(call.request, decision.intent) if budget is not None else None
        if budget is None or wanted is None or (call.request.stream and not wanted.checkable):
            return ask
        gated = _with_better_behind(models, decision)
        return Gate(ask, call, wanted, gated, visit, budget) if gated else ask


class Gate:
    """How one candidate is asked when its answer is checked first."""

    __slots__ = ("_ask", "_budget", "_call", "_gated", "_visit", "_wanted")

    def __init__(
        self, ask: Ask, call: ChatCall, wanted: Expected, gated: frozenset[str], visit: Visit, budget: float
    ) -> None:
        """`gated`: keys of the models whose answers are checked."""
        self._ask = ask
        self._call = call
        self._wanted = wanted
        self._gated = gated
        self._visit = visit
        self._budget = budget

    async def __call__(self, backend: Backend, model: Model) -> Opened:
        """The model's answer. Raise `Doubtful` for one that cannot be right while there is time for a better one."""
        opened = await self._ask(backend, model)
        if model.key not in self._gated or not self._may_escalate:
            return opened
        heard = await self._held(opened) if opened.reply.stream else heard_whole(opened.body)
        found = fault(self._wanted, heard)
        if found is None or not self._may_escalate:
            return opened
        log.debug("request %s: answer of %s: %s %s", self._visit.id, model.key, found.kind, found.detail)
        raise self._doubtful(opened, model, heard, found)

    @property
    def _may_escalate(self) -> bool:
        visit = self._visit
        return len(visit.discarded) < _GIVE_UP_AFTER and visit.clock.total < self._budget

    async def _held(self, opened: Opened) -> Heard:
        """Read on until the answer has ended, time or room is used up, or it is lost already. All of it is kept.

        The time is looked at whenever something comes: a backend that says nothing is no better off when we give up.
        """
        held, size, unseen = [opened.first], len(opened.first), len(opened.first)
        try:
            while not _ended(held[-1]) and size < HELD_AT_MOST and self._may_escalate:
                chunk = await anext(opened.rest, None)
                if chunk is None:
                    held.append(_last_event(opened))
                    break
                if block := opened.splitter.feed(chunk):
                    held.append(block)
                    size += len(block)
                    if size - unseen >= _GLANCE:
                        if _lost(held, self._wanted):
                            break
                        unseen = size
        except BaseException:
            opened.close()
            raise
        opened.first = b"".join(held)
        return heard_events(opened.first)

    def _doubtful(self, opened: Opened, model: Model, heard: Heard, found: Fault) -> Doubtful:
        usage = heard.usage or _estimate(self._call, heard)
        if opened.reply.stream:
            opened.close()
        kept = put_aside(opened) if heard.complete else None
        discarded = Discarded(model, found.kind, usage.prompt_tokens, usage.completion_tokens)
        return Doubtful(f"The answer of {model.name} failed a check: {found.kind}.", discarded, kept)


def _with_better_behind(models: Sequence[Model], decision: Decision) -> frozenset[str]:
    """Keys of the models behind which a better one waits: only their answers are worth checking."""
    quality = {candidate.model.key: candidate.quality for candidate in decision.candidates}
    found, best = [], 0.0
    for model in reversed(models):
        own = quality.get(model.key)
        if own is not None and own < best:
            found.append(model.key)
        best = max(best, own or 0.0)
    return frozenset(found)


def _ended(block: bytes) -> bool:
    return b"[DONE]" in block and any(map(sse.is_done, sse.events(block)))


def _lost(held: Sequence[bytes], wanted: Expected) -> bool:
    """Do the newest events show nothing but a loop?"""
    newest: list[bytes] = []
    size = 0
    for block in reversed(held):
        newest.append(block)
        size += len(block)
        if size >= _GLANCE:
            break
    heard = heard_events(b"".join(reversed(newest)))
    return not heard.complete and fault(wanted, heard) is not None


def _last_event(opened: Opened) -> bytes:
    """What a stream that ended without a blank line has left; a broken one is a failure of its backend."""
    rest = opened.splitter.remainder
    if not rest.strip():
        return b""
    if not any(map(sse.is_done, sse.events(rest))):
        raise BackendGarbage("The backend ended its stream in the middle of an answer.")
    return sse.DONE


def _estimate(call: ChatCall, heard: Heard) -> Usage:
    """What a stream that was left before its end has cost."""
    said = heard.text + "".join(one.arguments for one in heard.calls)
    prompt, completion = tokens.estimate(call), tokens.text_tokens(said)
    return Usage(prompt, completion, prompt + completion)
