"""The path of one chat request, top to bottom."""

from msgspec import Struct

from smarterrouter.backends.base import Backend
from smarterrouter.domain.intent import Intent
from smarterrouter.domain.models import Model
from smarterrouter.gateway.answering import Answering, RelayMaker
from smarterrouter.gateway.checks import Limits, check
from smarterrouter.gateway.choosing import Choosing, check_named
from smarterrouter.gateway.dispatching import Dispatching
from smarterrouter.gateway.escalation import Escalation
from smarterrouter.gateway.fit import Fit
from smarterrouter.gateway.opened import Opened, read_first, read_whole
from smarterrouter.gateway.sensing import Evidence, Sensing
from smarterrouter.gateway.signature import Signature
from smarterrouter.gateway.sink import Sink
from smarterrouter.gateway.transcript import Transcript
from smarterrouter.gateway.visit import Visit
from smarterrouter.routing import analysis, glimpse
from smarterrouter.wire.calls import ChatCall


class ChatRules(Struct, frozen=True):
    """How chat requests are treated."""

    limits: Limits
    preference: float
    """0 speed … 1 quality (B4)."""
    margin: float
    """How much longer than estimated a prompt is taken to be (0.1: 10 %)."""
    keeps_content: bool = False
    """Store the text of requests and answers, redacted."""


class Extras(Struct, frozen=True):
    """What only some settings and strategies need; where it is not wanted, it costs nothing."""

    dispatching: Dispatching | None = None
    """Asks the small model that chooses; None where there is none."""
    escalation: Escalation = Escalation()
    """Has answers checked before they are shown."""
    sensing: Sensing | None = None
    """Has an embedding model say what kind of work a prompt is; None where none is named."""


_NONE = Extras()


class Chat:
    """Answers chat requests."""

    def __init__(
        self,
        choosing: Choosing,
        answering: Answering,
        fit: Fit,
        signature: Signature,
        rules: ChatRules,
        extras: Extras = _NONE,
    ) -> None:
        self._extras = extras
        self._choosing = choosing
        self._answering = answering
        self._fit = fit
        self._signature = signature
        self._rules = rules

    async def answer(self, body: bytes, visit: Visit, sink: Sink) -> None:
        """Check, choose, dispatch, send. Raise `GatewayError` as long as nothing has been sent."""
        call = ChatCall.decode(body)
        check(call, self._rules.limits)
        if self._rules.keeps_content:
            visit.transcript = Transcript(call)
        name = visit.override or call.request.model or ""
        sensed = None if self._extras.sensing is None else await self._sensed(self._extras.sensing, name, call, visit)
        models = self._choosing.models(name, visit, lambda: self._read(call, sensed), call)
        if self._extras.dispatching is not None:
            models = await self._extras.dispatching.models(models, call, visit)
        ask = self._extras.escalation.gated(Ask(call, self._fit, named=visit.named), call, models, visit)
        signature = self._signature if self._signature.wanted(call, visit) else None
        if call.request.stream:
            maker = RelayMaker(wants_usage=call.request.wants_usage, roles=True, signature=signature)
            await self._answering.stream(models, ask, visit, sink, maker)
        else:
            await self._answering.whole(models, ask, visit, sink, signature)

    async def _sensed(self, sensing: Sensing, name: str, call: ChatCall, visit: Visit) -> Evidence | None:
        """Only where there is something to choose: whoever names a model does not wait."""
        if not self._choosing.chooses(name):
            return None
        return await sensing.heed(glimpse.of_messages(call.request.messages).focus, visit)

    def _read(self, call: ChatCall, sensed: Evidence | None) -> Intent:
        return analysis.read(call, self._rules.preference, self._rules.margin, sensed=sensed)


class Ask:
    """How one candidate is asked."""

    __slots__ = ("_call", "_fit", "_named")

    def __init__(self, call: ChatCall, fit: Fit, *, named: bool) -> None:
        """`named`: the caller chose the model, so nobody has looked yet whether it can serve this."""
        self._call = call
        self._fit = fit
        self._named = named

    async def __call__(self, backend: Backend, model: Model) -> Opened:
        """The beginning of the model's answer, or a `GatewayError`."""
        call = self._call
        if self._named:
            check_named(call, model)
        await self._fit.check(call, backend, model)
        reply = await backend.chat(call, model)
        return await (read_first(reply) if call.request.stream else read_whole(reply))
