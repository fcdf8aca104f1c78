"""The path of one legacy text completion request."""

from smarterrouter.backends.base import Backend
from smarterrouter.domain.intent import Intent
from smarterrouter.domain.models import Model
from smarterrouter.errors import CannotHonour
from smarterrouter.gateway.answering import Answering, RelayMaker
from smarterrouter.gateway.choosing import Choosing
from smarterrouter.gateway.fit import Fit
from smarterrouter.gateway.opened import Opened, read_first, read_whole
from smarterrouter.gateway.sensing import Evidence, Sensing
from smarterrouter.gateway.sink import Sink
from smarterrouter.gateway.visit import Visit
from smarterrouter.routing import analysis, glimpse
from smarterrouter.wire.calls import CompletionCall


class Completions:
    """Answers text completion requests: the prompt goes to the model as it is, without a chat template."""

    def __init__(
        self,
        choosing: Choosing,
        answering: Answering,
        fit: Fit,
        preference: float,
        margin: float,
        sensing: Sensing | None = None,
    ) -> None:
        """`preference`: 0 speed … 1 quality (B4); `margin`: how much longer than estimated a prompt is taken to be.

        `sensing` has an embedding model say what kind of work a prompt is; None where none is named.
        """
        self._choosing = choosing
        self._answering = answering
        self._fit = fit
        self._preference = preference
        self._margin = margin
        self._sensing = sensing

    async def answer(self, body: bytes, visit: Visit, sink: Sink) -> None:
        """Choose, dispatch, send. Raise `GatewayError` as long as nothing has been sent."""
        call = CompletionCall.decode(body)
        name = visit.override or call.request.model or ""
        sensed = None if self._sensing is None else await self._sensed(self._sensing, name, call, visit)
        models = self._choosing.models(name, visit, lambda: self._read(call, sensed))

        async def ask(backend: Backend, model: Model) -> Opened:
            if not model.can.chat:
                raise CannotHonour(f"{model.name} makes embeddings; it cannot complete text.", param="model")
            await self._fit.check(call, backend, model)
            reply = await backend.complete(call, model)
            return await (read_first(reply) if call.request.stream else read_whole(reply))

        if call.request.stream:
            maker = RelayMaker(wants_usage=call.request.wants_usage, roles=False)
            await self._answering.stream(models, ask, visit, sink, maker)
        else:
            await self._answering.whole(models, ask, visit, sink)

    async def _sensed(self, sensing: Sensing, name: str, call: CompletionCall, visit: Visit) -> Evidence | None:
        return await sensing.heed(glimpse.of_text(_text(call)).focus, visit) if self._choosing.chooses(name) else None

    def _read(self, call: CompletionCall, sensed: Evidence | None) -> Intent:
        answer_tokens = max(call.request.max_tokens or 0, 0)
        return analysis.read_text(_text(call), self._preference, self._margin, answer_tokens, sensed=sensed)


def _text(call: CompletionCall) -> str:
    """What routing reads: the prompts that are text. Token ids say nothing without their tokenizer."""
    prompt = call.request.prompt
    if isinstance(prompt, str):
        return prompt
    return "\n".join(item for item in prompt if isinstance(item, str))
