"""The path of one embeddings request."""

from smarterrouter.backends.base import Backend
from smarterrouter.domain.models import Model
from smarterrouter.errors import BadRequest
from smarterrouter.gateway.answering import Answering
from smarterrouter.gateway.choosing import Choosing
from smarterrouter.gateway.opened import Opened, read_whole
from smarterrouter.gateway.sink import Sink
from smarterrouter.gateway.visit import Visit
from smarterrouter.wire.calls import EmbedCall


class Embeddings:
    """Answers embeddings requests."""

    def __init__(self, choosing: Choosing, answering: Answering) -> None:
        self._choosing = choosing
        self._answering = answering

    async def answer(self, body: bytes, visit: Visit, sink: Sink) -> None:
        """Choose, dispatch, send. Raise `GatewayError` as long as nothing has been sent."""
        call = EmbedCall.decode(body)
        if not call.request.input:
            raise BadRequest("`input` is empty.", param="input")
        models = self._choosing.embedding_models(visit.override or call.request.model or "", visit)

        async def ask(backend: Backend, model: Model) -> Opened:
            if not model.can.embeddings:
                self._answering.notices.no_embedder(model.key)
            return await read_whole(await backend.embed(call, model))

        await self._answering.whole(models, ask, visit, sink)
