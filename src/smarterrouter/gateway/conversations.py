"""`Conversations`: which model has which conversation. A bounded memory in the process, owned by the event loop.

It is a convenience and no promise: a process that starts anew, or another process beside it, decides a conversation
afresh, and all that is lost is one prompt that is read again.
"""

from collections import OrderedDict
from collections.abc import Callable
from time import monotonic

from smarterrouter.domain.decisions import Decision
from smarterrouter.gateway.conversation_keys import ConversationKey
from smarterrouter.gateway.staying import FAILED_AT_MOST, Facts, Remembered, in_tool_round, stay_or_go
from smarterrouter.routing.preference import Rates
from smarterrouter.routing.weights import RoutingWeights
from smarterrouter.wire.calls import ChatCall

AT_MOST = 10_000
"""Conversations that are remembered, a named one counts as two; about 3 MB. The quietest are forgotten first."""
SECONDS = 3600.0
"""How long a quiet conversation is remembered."""
_NOBODY: frozenset[str] = frozenset()


class Conversations:
    """Remembers which model answered a conversation last, and lets it go first the next time."""

    def __init__(
        self,
        weights: RoutingWeights,
        clock: Callable[[], float] = monotonic,
        at_most: int = AT_MOST,
        seconds: float = SECONDS,
    ) -> None:
        """`weights` say how fast models are of which nothing was measured."""
        self._weights = weights
        self._clock = clock
        self._at_most = at_most
        self._seconds = seconds
        self._known: OrderedDict[bytes, Remembered] = OrderedDict()

    def __len__(self) -> int:
        return len(self._known)

    def hold(
        self, key: ConversationKey, call: ChatCall, decision: Decision, rates: Rates, busy: frozenset[str] = _NOBODY
    ) -> Decision:
        """The decision for this turn: as it came, or with the conversation's model first and `held` saying why.

        `busy` names the backends whose breaker is open. Changes nothing that anybody could see.
        """
        then = self._find(key)
        if then is None:
            return decision
        tool_round = in_tool_round(call.request.messages)
        if not tool_round and key.session is None and key.turns <= then.turns:
            return decision  # many begin alike: what has not grown is another one, or the same one asked again
        facts = Facts(self._clock() - then.at, tool_round, busy)
        return stay_or_go(decision, then, facts, rates, self._weights)

    def remember(self, key: ConversationKey, model: str, decision: Decision, failed: tuple[str, ...] = ()) -> None:
        """`model` answers this turn; `failed` are the keys of those that were asked before it and failed."""
        before = self._known.get(key.thread)
        if before is not None and before.failed:
            failed = (*before.failed, *failed)
        failed = tuple(dict.fromkeys(other for other in failed if other != model))[-FAILED_AT_MOST:] if failed else ()
        tokens = decision.intent.needs.prompt_tokens
        self._put(key, Remembered(model, tokens, key.turns, self._clock(), failed))

    def failed(self, key: ConversationKey, model: str) -> None:
        """`model` failed in this conversation and nobody answered, or its answer broke off: it holds it no longer."""
        for name in (key.thread, key.session):
            if name is not None and (known := self._known.get(name)) is not None and known.model == model:
                del self._known[name]

    def _find(self, key: ConversationKey) -> Remembered | None:
        """What is known of this thread, else of its session."""
        then = self._fresh(key.thread)
        return self._fresh(key.session) if then is None and key.session is not None else then

    def _fresh(self, name: bytes) -> Remembered | None:
        known = self._known.get(name)
        if known is None or self._clock() - known.at <= self._seconds:
            return known
        del self._known[name]
        return None

    def _put(self, key: ConversationKey, now: Remembered) -> None:
        known = self._known
        for name in (key.thread, key.session):
            if name is not None:
                known[name] = now
                known.move_to_end(name)
        while len(known) > self._at_most:
            known.popitem(last=False)
