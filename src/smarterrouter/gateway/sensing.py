"""An embedding model has a say in the category of a prompt, where ROUTER_CATEGORY_MODEL names one.

It knows no categories. So when it is first there, it is shown prompts of our own whose category is known, in the
background, and what its vectors mean is learned from that (`routing/meaning.py`). Without its word, for whatever
reason, a prompt is read as if there were none.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from time import monotonic

import msgspec
from msgspec import Struct

from smarterrouter.domain.intent import Category
from smarterrouter.domain.models import Model
from smarterrouter.errors import BackendRefused, GatewayError
from smarterrouter.gateway.visit import Visit
from smarterrouter.observability import tasks
from smarterrouter.observability.metrics import Metrics
from smarterrouter.routing.meaning import Meaning, Meaningless, learn
from smarterrouter.transport.breaker import Guard
from smarterrouter.wire.calls import EmbedCall, Reply

log = logging.getLogger(__name__)

Evidence = tuple[float, ...]
"""As `Meaning.evidence` gives it."""
Examples = Sequence[tuple[str, Category]]
_REMEMBERED = 256
"""Prompts whose evidence is kept: the same one often comes again, from tests, retries and templates."""
_AT_ONCE = 16
"""Examples in one request: few enough that the requests of users come between."""
_PATIENCE = 120.0
"""Seconds for one such request. The first one may have to wait until the model is loaded."""
_AGAIN = 60.0
"""Seconds between two attempts to learn."""
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class Embedder(Struct, frozen=True):
    """The way to the embedding model; where it is served is the giver's business."""

    name: str
    """As the settings name it, for people."""
    served: Callable[[], Model | None]
    """Which model that is now; None while nobody serves it."""
    embed: Callable[[EmbedCall, Model], Awaitable[Reply]]
    """Raise `GatewayError`."""


class _Vector(Struct):
    embedding: list[float]
    index: int = 0


class _Answer(Struct):
    data: list[_Vector]


_decoder = msgspec.json.Decoder(_Answer)


class _Nothing(Exception):
    """The model has no say. `why` is a label of the metric."""

    def __init__(self, why: str, words: str = "") -> None:
        super().__init__(words or why)
        self.why = why


class Sensing:
    """Asks the embedding model, once it is known what its vectors mean. Lives on the event loop."""

    def __init__(
        self,
        embedder: Embedder,
        examples: Callable[[], Examples],
        guard: Guard,
        metrics: Metrics,
        seconds: float,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """`guard` keeps a dead model from costing every request its wait, which is `seconds` at most."""
        self._embedder = embedder
        self._examples = examples
        self._guard = guard
        self._metrics = metrics
        self._seconds = seconds
        self._clock = clock
        self._meaning: Meaning | None = None
        self._learned_of: tuple[object, ...] = ()
        self._recent: dict[str, Evidence] = {}
        self._learning: asyncio.Task[None] | None = None
        self._not_before = 0.0
        self._complaint = ""

    async def heed(self, text: str, visit: Visit) -> Evidence | None:
        """As `sense`; the wait is not our own time."""
        visit.clock.away()
        try:
            return await self.sense(text)
        finally:
            visit.clock.back()

    async def sense(self, text: str) -> Evidence | None:
        """What the model makes of this text, within its time; None where it has no say. Raises nothing."""
        if not text.strip():
            return None
        try:
            found, result = await self._said(text.encode("utf-8", "replace").decode())  # a command line may hold bytes
        except _Nothing as nothing:
            self._metrics.sensed(nothing.why)
            return None
        self._metrics.sensed(result)
        return found

    def prepare(self) -> None:
        """Learn what vectors mean in the background, unless that is known, under way, or failed a moment ago."""
        model, now = self._embedder.served(), self._clock()
        if model is None or self._knows(model) or self._busy() or now < self._not_before:
            return
        self._not_before = now + _AGAIN
        self._learning = tasks.spawn(self._learn(model), "learn what embeddings mean")

    async def prepared(self) -> None:
        """`prepare`, and wait until it is done. Who stops waiting does not stop it."""
        self.prepare()
        if self._learning is not None:
            await asyncio.wait([self._learning])

    async def close(self) -> None:
        """Stop what is under way in the background."""
        await tasks.cancel(self._learning)

    async def _said(self, text: str) -> tuple[Evidence, str]:
        """The evidence and how it was come by, for the metric. Raise `_Nothing`."""
        model = self._embedder.served()
        if model is None:
            raise _Nothing("not_served")
        meaning = self._meaning
        if meaning is None or not self._knows(model):
            self.prepare()
            raise _Nothing("learning")
        found = self._recent.pop(text, None)
        result = "remembered" if found is not None else "used"
        if found is None:
            found = self._evidence(meaning, await self._asked(text, model))
        if meaning is self._meaning:
            self._keep(text, found)
        return found, result

    def _evidence(self, meaning: Meaning, vector: list[float]) -> Evidence:
        found = meaning.evidence(vector)
        if found is not None:
            return found
        if len(vector) != meaning.dimension and self._meaning is meaning:
            self._meaning = None  # another model has taken over the name
            self.prepare()
        raise _Nothing("no_vector")

    def _keep(self, text: str, found: Evidence) -> None:
        """The newest last; without the oldest."""
        self._recent[text] = found
        if len(self._recent) > _REMEMBERED:
            del self._recent[next(iter(self._recent))]

    async def _asked(self, text: str, model: Model) -> list[float]:
        """Its vector within its time, however the model's server fails. Raise `_Nothing`."""
        guard = self._guard
        if not guard.allow():
            raise _Nothing("left_alone")
        try:
            async with asyncio.timeout(self._seconds):
                vectors = await self._vectors([text], model)
        except TimeoutError:
            guard.failed()
            raise _Nothing("timeout") from None
        except GatewayError as error:
            log.debug("%s made no embedding: %s", self._embedder.name, error.message)
            guard.succeeded() if isinstance(error, BackendRefused) else guard.failed()
            raise _Nothing("failed") from None
        except _Nothing:
            guard.failed()
            raise
        except BaseException:
            guard.released()  # the caller left
            raise
        guard.succeeded()
        return vectors[0]

    async def _vectors(self, texts: list[str], model: Model) -> list[list[float]]:
        """One vector of any length for each text. Raise `GatewayError`, or `_Nothing` for what is no such answer."""
        body = msgspec.json.encode({"model": model.name, "input": texts, "encoding_format": "float"})
        reply = await self._embedder.embed(EmbedCall.decode(body), model)
        try:
            data = await reply.read()
        finally:
            reply.close()
        try:
            found = sorted(_decoder.decode(data).data, key=lambda one: one.index)
        except _UNREADABLE:
            raise _Nothing("no_vector", "its answer holds no vectors") from None
        if len(found) != len(texts):
            raise _Nothing("no_vector", "its answer holds another number of vectors")
        return [one.embedding for one in found]

    async def _learn(self, model: Model) -> None:
        """Show it all examples. What goes wrong is said once, and tried again later."""
        try:
            meaning = await self._learned(model)
        except (GatewayError, Meaningless, _Nothing, TimeoutError) as error:
            self._complain(str(error) or "it took too long")
            return
        self._meaning, self._learned_of = meaning, _identity(model)
        self._recent.clear()
        self._complaint = ""
        log.info("%s has a say in categories; it names %.0f %% right", model.key, 100 * meaning.right)

    async def _learned(self, model: Model) -> Meaning:
        examples = self._examples()
        vectors: list[list[float]] = []
        for first in range(0, len(examples), _AT_ONCE):
            texts = [text for text, _ in examples[first : first + _AT_ONCE]]
            async with asyncio.timeout(_PATIENCE):
                vectors += await self._vectors(texts, model)
        return await asyncio.to_thread(learn, vectors, [category for _, category in examples])

    def _complain(self, words: str) -> None:
        level = logging.DEBUG if words == self._complaint else logging.WARNING
        log.log(level, "%s has no say in categories: %s", self._embedder.name, words)
        self._complaint = words

    def _knows(self, model: Model) -> bool:
        return self._meaning is not None and self._learned_of == _identity(model)

    def _busy(self) -> bool:
        return self._learning is not None and not self._learning.done()


def _identity(model: Model) -> tuple[object, ...]:
    """What vectors depend on, as far as its backend tells."""
    return (model.key, model.digest, model.size_bytes)
