"""What the profiler wants done around its questions: room for users first, loading, unloading, memory."""

import asyncio
from collections.abc import Callable, Mapping
from statistics import mean
from time import monotonic
from typing import Any, Protocol, runtime_checkable

from msgspec import Struct

from smarterrouter.backends.base import Backend
from smarterrouter.domain.models import Model
from smarterrouter.errors import BackendTimeout, BackendUnreachable
from smarterrouter.settings.groups_knowledge import Profiling

_LOOK_SECONDS = 0.05
_PATIENCE_SECONDS = 30.0
"""Where users never pause, profiling goes on slowly: one question after so long."""
_GB = 1e9


@runtime_checkable
class Loader(Protocol):
    """A backend that loads and unloads when told: Ollama."""

    async def load(self, model: Model) -> bool:
        """Bring a model into memory."""

    async def unload(self, model: Model) -> bool:
        """Take it out again."""

    async def loaded(self) -> list[Any]:
        """The models in memory, each with `name` and `vram_bytes`."""


class MemoryLooks(Struct, frozen=True):
    """How memory is measured."""

    samples: int = 1
    """Readings that are averaged."""
    delay: float = 0.0
    """Seconds before the first of them: what loading took for itself is given back by then."""

    @classmethod
    def of(cls, settings: Profiling) -> "MemoryLooks":
        """What `ROUTER_PROFILE_VRAM_*` say."""
        return cls(settings.profile_vram_samples, settings.profile_vram_sample_delay)


class ProfilingHooks:
    """Hooks over the backends in use."""

    def __init__(
        self,
        backends: Callable[[], Mapping[str, Backend]],
        busy: Callable[[], bool],
        *,
        vram: bool = True,
        looks: MemoryLooks | None = None,
        patience: float = _PATIENCE_SECONDS,
    ) -> None:
        """`busy`: is a user's request being served now? `vram`: is memory to be measured? `patience` in seconds."""
        self._vram = vram
        self._looks = looks or MemoryLooks()
        self._backends = backends
        self._busy = busy
        self._patience = patience

    async def gate(self) -> None:
        """Return when no user is waiting, or when patience is over."""
        ends = monotonic() + self._patience
        while self._busy() and monotonic() < ends:  # noqa: ASYNC110 - an event for every request would cost requests
            await asyncio.sleep(_LOOK_SECONDS)

    async def load(self, model: Model, *, keep_alive: float, timeout: float) -> float | None:
        """Load a model where its backend can be told to; the seconds it took. None where it loads by itself.

        Raise `BackendTimeout` after `timeout` seconds, `BackendUnreachable` when the backend does not load it.
        """
        loader = self._loader(model)
        if loader is None:
            return None
        began = monotonic()
        try:
            async with asyncio.timeout(timeout):
                done = await loader.load(model)
        except TimeoutError:
            raise BackendTimeout(f"{model.key} was not loaded within {timeout:g} s.") from None
        if not done:
            raise BackendUnreachable(f"{model.backend} does not load {model.name}.")
        return monotonic() - began

    async def unload(self, model: Model) -> None:
        """Take the model out of memory where that can be told."""
        loader = self._loader(model)
        if loader is not None:
            await loader.unload(model)

    async def memory_gb(self, model: Model) -> float | None:
        """Memory on the cards, as its backend says; None when it does not."""
        loader = self._loader(model)
        if loader is None or not self._vram:
            return None
        await asyncio.sleep(self._looks.delay)
        readings = [await _vram_bytes(loader, model) for _ in range(self._looks.samples)]
        known = [reading for reading in readings if reading]
        return mean(known) / _GB if known else None

    def _loader(self, model: Model) -> Loader | None:
        backend = self._backends().get(model.backend)
        return backend if isinstance(backend, Loader) else None


async def _vram_bytes(loader: Loader, model: Model) -> int:
    """0 where the model is not in memory, or not on a card."""
    return next((one.vram_bytes or 0 for one in await loader.loaded() if one.name == model.name), 0)
