"""From candidates to the last byte: the part of the path that chat, completions and embeddings share."""

import re
from functools import lru_cache

from smarterrouter.domain.models import Model
from smarterrouter.errors import BackendError, GatewayError
from smarterrouter.gateway.choosing import Choosing
from smarterrouter.gateway.dispatch import Ask, Dispatch
from smarterrouter.gateway.keepalive import KeepAlive
from smarterrouter.gateway.notices import Notices
from smarterrouter.gateway.opened import Opened
from smarterrouter.gateway.relay import Relay, error_event
from smarterrouter.gateway.signature import Signature, sign_whole
from smarterrouter.gateway.sink import Headers, Sink
from smarterrouter.gateway.visit import Visit
from smarterrouter.observability.metrics import Metrics

_JSON = (b"content-type", b"application/json")
_NOT_IN_HEADERS = re.compile("[^ -~]")
_STREAM: Headers = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache"),
    (b"x-accel-buffering", b"no"),
]


class Answering:
    """Dispatches and sends: the fork between stream and plain comes after the work, so the work exists once."""

    def __init__(self, dispatch: Dispatch, choosing: Choosing, metrics: Metrics, keepalive_seconds: float) -> None:
        """`keepalive_seconds`: after so much silence a stream gets a comment; 0 never."""
        self._metrics = metrics
        self.notices = Notices()
        self._dispatch = dispatch
        self._choosing = choosing
        self._keepalive_seconds = keepalive_seconds

    async def whole(
        self, models: tuple[Model, ...], ask: Ask, visit: Visit, sink: Sink, signature: Signature | None = None
    ) -> None:
        """Answer with one JSON body."""
        opened = await self._begun(models, ask, visit)
        model = self._answered(visit, opened)
        _count(visit, opened)
        if visit.transcript is not None:
            visit.transcript.answered_whole(opened.body)
        body = opened.body if signature is None else sign_whole(opened.body, model, signature)
        visit.status = 200
        visit.byte_goes_out()
        await sink.whole(200, [_JSON, *_told(visit, model, opened)], body)

    async def stream(self, models: tuple[Model, ...], ask: Ask, visit: Visit, sink: Sink, relay: "RelayMaker") -> None:
        """Answer with events. An error before the first byte is raised; later it becomes the last event."""
        visit.stream = True
        keepalive = KeepAlive(sink, self._keepalive_seconds, _STREAM)
        try:
            opened = await self._begun(models, ask, visit)
            try:
                await self._send(opened, visit, sink, relay)
                keepalive.stop()
                await sink.finish()
                visit.ended()
                await opened.drain()
            finally:
                opened.close()
        except GatewayError as error:
            if not sink.started:
                raise
            visit.status = error.status
            visit.error = error.code
            keepalive.stop()
            await sink.write(error_event(error))
            await sink.finish()
        finally:
            keepalive.stop()

    async def _begun(self, models: tuple[Model, ...], ask: Ask, visit: Visit) -> Opened:
        """The answer that has begun. Where none does, no model that failed keeps the conversation."""
        try:
            return await self._dispatch.first_reply(models, ask, visit)
        except BaseException as error:  # the caller may also have left while the next one was asked
            failed = isinstance(error, BackendError) and error.goes_on
            self._choosing.unanswered(visit, visit.model if failed else None)
            raise

    async def _send(self, opened: Opened, visit: Visit, sink: Sink, maker: "RelayMaker") -> None:
        model = self._answered(visit, opened)
        visit.status = 200
        visit.byte_goes_out()
        sink.begins()
        if not sink.started:
            await sink.start([*_STREAM, *_told(visit, model, opened)])
        relay = maker.make(model, reads=visit.transcript is not None)
        self._metrics.stream_opened()
        try:
            await relay.run(opened, sink, roles=maker.roles)
        except BackendError as error:
            self._metrics.upstream_failed(model.backend, error.code)
            self._choosing.unanswered(visit, model)
            raise
        finally:
            self._metrics.stream_closed()
            if relay.usage is not None:
                opened.usage = relay.usage
            _count(visit, opened)
            if visit.transcript is not None:
                visit.transcript.answered(relay.text)

    def _answered(self, visit: Visit, opened: Opened) -> Model:
        model = visit.model
        assert model is not None  # noqa: S101 - dispatch sets it before it asks
        if visit.decision is not None:
            self._choosing.answered(model, visit)
        if opened.notes:
            self.notices.unsupported(model.backend, opened.notes)
        return model


class RelayMaker:
    """How to relay, before it is known which model answers."""

    __slots__ = ("_signature", "_wants_usage", "roles")

    def __init__(self, *, wants_usage: bool, roles: bool, signature: Signature | None = None) -> None:
        """`roles`: chat events carry a role first, text completion events do not."""
        self._wants_usage = wants_usage
        self._signature = signature
        self.roles = roles

    def make(self, model: Model, *, reads: bool) -> Relay:
        """A relay for the model that answers; `reads` when its text is wanted afterwards."""
        return Relay(wants_usage=self._wants_usage, model=model, signature=self._signature, reads=reads)


def _count(visit: Visit, opened: Opened) -> None:
    if opened.usage is not None:
        visit.prompt_tokens = opened.usage.prompt_tokens
        visit.completion_tokens = opened.usage.completion_tokens


def _told(visit: Visit, model: Model, opened: Opened) -> Headers:
    """Headers that tell who answered, how long it took, and what was left out."""
    milliseconds = int(visit.first_byte * 1000)
    headers: Headers = [
        (b"openai-processing-ms", b"%d" % milliseconds),
        (b"x-smarterrouter-model", _name(model.key)),
    ]
    if visit.failed:
        headers.append((b"x-smarterrouter-fallbacks", b"%d" % len(visit.failed)))
    if visit.discarded:
        said = ", ".join(f"{one.model.key} ({one.fault})" for one in visit.discarded)
        headers.append((b"x-smarterrouter-escalated", _header(said[:1024])))
    if opened.notes:
        headers.append((b"x-smarterrouter-unsupported", _header(",".join(opened.notes)[:1024])))
    return headers


@lru_cache(maxsize=1024)
def _name(key: str) -> bytes:
    return _header(key)


def _header(text: str) -> bytes:
    """Names that others chose, as a header may hold them: no line ends, nothing beyond ASCII."""
    return _NOT_IN_HEADERS.sub("?", text).encode()
