"""Which models may answer: the ones that the caller named, or the Router's order."""

from collections import Counter, deque
from collections.abc import Callable, Sequence
from typing import NamedTuple

from smarterrouter.catalog.catalog import Catalog
from smarterrouter.catalog.snapshot import Resolution, Snapshot
from smarterrouter.domain.decisions import Decision, Moment
from smarterrouter.domain.intent import Intent
from smarterrouter.domain.models import Model
from smarterrouter.errors import CannotHonour, ContextTooLong, NoEligibleModel, NoModels, UnknownModel
from smarterrouter.gateway.conversation_keys import key_of
from smarterrouter.gateway.conversations import Conversations
from smarterrouter.gateway.noticing import repeats
from smarterrouter.gateway.policies import Policies
from smarterrouter.gateway.visit import Visit
from smarterrouter.routing.preference import rates
from smarterrouter.routing.router import Router
from smarterrouter.routing.rules import Rules, permitted
from smarterrouter.routing.weights import RoutingWeights
from smarterrouter.wire.calls import ChatCall
from smarterrouter.wire.content import image_count

_ANY = Resolution(routed=True)
_REMEMBERED = 20
"""Of so many last choices the variety signal knows the shares (row B19)."""
_STEP = 10
"""Choices between two looks at the shares."""


class Beside(NamedTuple):
    """What choosing needs beside the Router."""

    conversations: Conversations
    weights: RoutingWeights


class Choosing:
    """Reads the current snapshot and gives candidates, best first."""

    def __init__(
        self, catalog: Catalog, router: Router, busy: Callable[[], frozenset[str]], policies: Policies, beside: Beside
    ) -> None:
        """`busy` names the backends whose breaker is open."""
        self._catalog = catalog
        self._router = router
        self._busy = busy
        self._policies = policies
        self._conversations = beside.conversations
        self._weights = beside.weights
        self._recent: deque[str] = deque(maxlen=_REMEMBERED)
        self._since = 0
        self._now = Moment()

    def models(
        self, name: str, visit: Visit, read: Callable[[], Intent], call: ChatCall | None = None
    ) -> tuple[Model, ...]:
        """Candidates for the model `name`; empty and the router's own name mean: choose.

        `read` looks at the prompt, and is called only when there is something to choose; `call` is given where there
        may be a conversation that stays with its model. Raise `UnknownModel`, `NoModels`, `NoEligibleModel` or
        `ContextTooLong`.
        """
        found = self._found(name, visit)
        if not found.routed:
            return _some(found, name)
        try:
            return _joined(found.models, self._routed(visit, read, call))
        except (NoEligibleModel, ContextTooLong):
            if not found.models:
                raise
            return found.models  # an alias whose own models have not been asked yet

    def embedding_models(self, name: str, visit: Visit) -> tuple[Model, ...]:
        """Candidates for an embeddings request; the router's own name means any embedding model. Raise as `models`."""
        found = self._found(name, visit)
        if not found.routed:
            return _some(found, name)
        rules = self._policies.current.rules_for(name, visit.policy, None)
        models, _ = permitted(rules, self._catalog.current.models)
        usable = [model for model in models if model.can.embeddings and not model.unreachable]
        if not usable and not found.models:
            raise NoEligibleModel("None of the models makes embeddings.", param="model")
        return _joined(found.models, sorted(usable, key=lambda model: (model.test, not model.loaded, model.key)))

    def chooses(self, name: str) -> bool:
        """May there be something to choose for the model `name`? `models` still says what it means, or raises."""
        found = self._catalog.current.find(name) if name else _ANY
        return found is not None and found.routed

    def answered(self, model: Model, visit: Visit) -> None:
        """Remember whom requests went to. The moment changes in steps, so that what it says can be kept for a while."""
        if visit.conversation is not None and visit.decision is not None:
            self._conversations.remember(visit.conversation, model.key, visit.decision, tuple(visit.failed))
        self._recent.append(model.key)
        self._since += 1
        if self._since >= _STEP:
            self._since = 0
            shares = {key: count / len(self._recent) for key, count in Counter(self._recent).items()}
            if shares != self._now.recent:
                self._now = Moment(recent=shares, busy=self._now.busy)

    def unanswered(self, visit: Visit, model: Model | None = None) -> None:
        """The models that failed, and `model` in the middle of its answer, do not keep the conversation."""
        if visit.conversation is not None:
            for key in (*visit.failed, *((model.key,) if model is not None else ())):
                self._conversations.failed(visit.conversation, key)

    def decide(self, intent: Intent, alias: str = "", policy: str = "", unit: bytes = b"") -> Decision:
        """The Router's answer for this intent, on the current snapshot and under the current rules. Changes nothing.

        `alias` is the name that was asked for, `policy` the value of the header `x-smarterrouter-policy`, `unit` whom
        an experiment assigns to one of its arms.
        """
        snapshot = self._catalog.current
        if not snapshot.models:
            raise NoModels("No model is available: no backend answered yet. See /health for what was found.")
        rules = self._policies.current.rules_for(alias, policy, intent)
        return self._router.decide(intent, snapshot.models, self.moment(), snapshot.number, rules, unit)

    def decide_still(self, intent: Intent, rules: Rules) -> Decision:
        """The same under other rules, without anything that is true just now only: for trying rules."""
        snapshot = self._catalog.current
        return self._router.decide(intent, snapshot.models, Moment(), snapshot.number, rules)

    def _found(self, name: str, visit: Visit) -> Resolution:
        visit.asked_model = name
        found = found_or_raise(name, self._catalog.current) if name else _ANY
        visit.named = bool(found.models)
        return found

    def _routed(self, visit: Visit, read: Callable[[], Intent], call: ChatCall | None) -> tuple[Model, ...]:
        if call is None:
            decision = self.decide(read(), visit.asked_model, visit.policy, visit.id.encode())
        else:
            key = visit.conversation = key_of(call, visit.headers)
            visit.repeats = repeats(key, call.request.messages)
            decision = self.decide(read(), visit.asked_model, visit.policy, key.session or key.thread)
            price = rates(decision.intent.preference, self._weights)
            decision = self._conversations.hold(key, call, decision, price, self._now.busy)
        visit.decision, visit.moment = decision, self._now
        return tuple([candidate.model for candidate in decision.candidates])

    def moment(self) -> Moment:
        """What is true just now."""
        busy = self._busy()
        if busy != self._now.busy:
            self._now = Moment(recent=self._now.recent, busy=busy)
        return self._now


def found_or_raise(name: str, snapshot: Snapshot) -> Resolution:
    """What `name` means. Raise `UnknownModel` with names that come near, `BadRequest` for what cannot be a name."""
    found = snapshot.find(name)
    if found is None:
        near = snapshot.nearest(name)
        hint = f"Did you mean {' or '.join(near)}?" if near else "GET /v1/models lists what there is."
        raise UnknownModel(f"The model `{name}` does not exist. {hint}", param="model")
    return found


def _joined(first: tuple[Model, ...], others: Sequence[Model]) -> tuple[Model, ...]:
    """What an alias names comes first, then what the router chooses."""
    return (*first, *(model for model in others if model not in first))


def _some(found: Resolution, name: str) -> tuple[Model, ...]:
    if not found.models:
        raise NoModels(f"None of the models that `{name}` stands for is served now.")
    return found.models


def check_named(call: ChatCall, model: Model) -> None:
    """Raise `CannotHonour` when the model that the caller named cannot serve this kind of request."""
    if not model.can.chat:
        raise CannotHonour(f"{model.name} makes embeddings; it cannot chat.", param="model")
    if model.can.vision is False and image_count(call.request.messages) > 0:
        raise CannotHonour(f"{model.name} cannot see images. Name a vision model, or `auto`.", param="messages")
