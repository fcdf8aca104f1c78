"""Discovers, adds and retires models: asks every backend what it serves and swaps the catalog when that has changed."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Protocol

import msgspec
from msgspec import Struct

from smarterrouter.catalog import capabilities
from smarterrouter.catalog.capabilities import Custom
from smarterrouter.catalog.catalog import Catalog
from smarterrouter.catalog.describe import Prices, describe
from smarterrouter.catalog.filters import Filters
from smarterrouter.domain.knowledge import Standing
from smarterrouter.domain.models import Model, Offer
from smarterrouter.errors import GatewayError
from smarterrouter.observability.tasks import spawn

log = logging.getLogger(__name__)
_NAMED_IN_LOG = 10
_GRACE = 1.0
"""Seconds for a cancelled question to end; one that ignores cancelling must not hold up the others."""


class Lister(Protocol):
    """Anything that serves models and can say which."""

    @property
    def name(self) -> str:
        """Unique among the listers."""

    async def offers(self) -> Sequence[Offer]:
        """What it serves now, asked afresh each time."""


class Rules(Struct, frozen=True):
    """How offers become models."""

    filters: Filters = Filters()
    custom: Custom = {}
    prices: Prices = {}
    cleanup: bool = False
    """Drop models that their backend no longer lists; otherwise they stay, marked as missing."""
    every: float = 300.0
    """Seconds between two looks; 0 to look once at start and then only when asked."""
    patience: float = 10.0
    """Seconds that a backend has to answer."""


class BackendStatus(Struct, frozen=True):
    """How a backend answered the last time it was asked for its models."""

    name: str
    ok: bool | None = None
    """None: not asked yet, or it is still thinking about its first answer."""
    error: str = ""
    last_seen: float = 0.0
    """Unix seconds of its last good answer, 0 when there was none."""
    models: int = 0
    """Models of it in the catalog, reachable or not."""


class _Seen:
    """What is known of one backend."""

    def __init__(self, name: str) -> None:
        self.status = BackendStatus(name)
        self.models: dict[str, Model] = {}
        self.described: dict[Offer, Model] = {}
        """Its last answer, read. An unchanged offer is not read again, because hundreds take milliseconds."""
        self.asking: asyncio.Task[None] | None = None


def _unrated(model: Model) -> Standing:
    """Where nobody is to know anything."""
    return Standing()


class RefreshModels:
    """A job. It remembers what each backend said last; nothing else writes to the catalog's models."""

    name = "refresh_models"

    def __init__(
        self,
        backends: Callable[[], Sequence[Lister]],
        catalog: Catalog,
        rules: Rules,
        first: Callable[[Model], Standing] = _unrated,
    ) -> None:
        """`backends()` gives who is to be asked, in order of preference.

        `first` is quick: what to believe of a model until `rate` says more.
        """
        self._backends = backends
        self._first = first
        self._standings: dict[str, Standing] = {}
        self._catalog = catalog
        self._rules = rules
        self._seen: dict[str, _Seen] = {}
        self._announced: set[str] = set()
        for word in capabilities.unknown(rules.custom):
            log.warning("%s is no capability; known are: %s", word, ", ".join(sorted(capabilities.CAPABILITIES)))

    @property
    def every(self) -> float:
        """Seconds between two runs."""
        return self._rules.every

    async def run(self) -> None:
        """Ask all backends at once and apply each answer as it comes, so that a dead one delays nobody.

        Returns when all have answered or `patience` is over. Who does not answer keeps its models, marked unreachable.
        """
        listers = self._backends()
        self._seen = {lister.name: self._seen.get(lister.name) or _Seen(lister.name) for lister in listers}
        asking = {self._ask(lister): self._seen[lister.name] for lister in listers}
        waiting = set(asking)
        ends = asyncio.get_running_loop().time() + self._rules.patience
        try:
            while waiting:
                left = max(ends - asyncio.get_running_loop().time(), 0)
                done, waiting = await asyncio.wait(waiting, timeout=left, return_when=asyncio.FIRST_COMPLETED)
                if not done:
                    break
                self._publish()
        finally:
            await _cancelled(waiting)
        for task in waiting:
            self._failed(asking[task], f"no answer within {self._rules.patience:g} s")
        self._publish()

    @property
    def models(self) -> tuple[Model, ...]:
        """All models as their backends describe them, without what is believed of them."""
        return tuple(model for seen in self._seen.values() for model in seen.models.values())

    def rate(self, standings: Mapping[str, Standing]) -> None:
        """What is believed of models by their keys; models that are not among them keep a first guess."""
        self._standings = dict(standings)
        self._publish()

    def observed(self) -> tuple[BackendStatus, ...]:
        """How each backend answered last, for health and the command line."""
        return tuple(msgspec.structs.replace(seen.status, models=len(seen.models)) for seen in self._seen.values())

    def _ask(self, lister: Lister) -> asyncio.Task[None]:
        """The question now under way, or a new one: a backend that ignores cancelling is not asked twice at once."""
        seen = self._seen[lister.name]
        if seen.asking is None or seen.asking.done():
            seen.asking = spawn(self._hear(lister, seen), f"models of {lister.name}")
        return seen.asking

    async def _hear(self, lister: Lister, seen: _Seen) -> None:
        try:
            offers = await lister.offers()
            models = {model.key: model for model in self._described(offers, seen)}
        except GatewayError as error:
            self._failed(seen, error.message)
        except Exception as error:  # the fault of one backend must not hide the models of the others
            log.warning("reading the models of %s failed", lister.name, exc_info=error)
            self._failed(seen, f"{type(error).__name__}: {error}")
        else:
            self._answered(seen, models)

    def _described(self, offers: Iterable[Offer], seen: _Seen) -> list[Model]:
        seen.described = {
            offer: seen.described.get(offer) or describe(offer, self._rules.custom, self._rules.prices)
            for offer in offers
            if self._rules.filters.keep(offer)
        }
        return sorted(seen.described.values(), key=lambda model: model.key)

    def _answered(self, seen: _Seen, models: Mapping[str, Model]) -> None:
        name = seen.status.name
        if seen.status.error:
            log.info("backend %s answers again", name)
        gone = [] if self._rules.cleanup else [model for key, model in seen.models.items() if key not in models]
        missing = {model.key: msgspec.structs.replace(model, missing=True, unreachable=False) for model in gone}
        for key in set(seen.models) - set(models):
            if not seen.models[key].missing:
                log.info("backend %s no longer lists %s", name, seen.models[key].name)
        self._announce(name, models)
        seen.models = {**models, **missing}
        seen.status = BackendStatus(name, ok=True, last_seen=datetime.now(UTC).timestamp())

    def _announce(self, backend: str, models: Mapping[str, Model]) -> None:
        """New models are logged once in the life of the process, in one line for each backend."""
        new = [model.name for key, model in models.items() if key not in self._announced]
        self._announced.update(models)
        if new:
            rest = f" and {len(new) - _NAMED_IN_LOG} more" if len(new) > _NAMED_IN_LOG else ""
            log.info("backend %s: %d new: %s%s", backend, len(new), ", ".join(new[:_NAMED_IN_LOG]), rest)

    def _failed(self, seen: _Seen, error: str) -> None:
        if seen.status.error != error:
            log.warning("backend %s does not list its models: %s", seen.status.name, error)
        seen.models = {key: msgspec.structs.replace(model, unreachable=True) for key, model in seen.models.items()}
        seen.status = msgspec.structs.replace(seen.status, ok=False, error=error)

    def _publish(self) -> None:
        """Swap only for news, so that whatever is remembered per snapshot stays valid."""
        models = tuple(self._believed(model) for model in self.models)
        if models != self._catalog.current.models:
            if not models:
                log.warning("no models are left: no backend offers one that passes the filters")
            self._catalog.swap(models)

    def _believed(self, model: Model) -> Model:
        standing = self._standings.get(model.key)
        if standing is None:
            standing = self._standings[model.key] = self._first(model)
        return model if standing == model.standing else msgspec.structs.replace(model, standing=standing)


async def _cancelled(tasks: set[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks, timeout=_GRACE)
