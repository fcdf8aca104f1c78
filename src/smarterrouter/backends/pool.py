"""`Backends`: those in use: configured, found, and the embedded one where there is no other."""

import logging
from collections.abc import Callable, Iterable, Mapping

from smarterrouter.backends.base import Backend
from smarterrouter.backends.spec import BackendSpec

log = logging.getLogger(__name__)


class Backends:
    """Owner of the list of backends. Readers get a mapping that is replaced, never changed."""

    def __init__(
        self, configured: Iterable[Backend], embedded: Backend | None, make: Callable[[BackendSpec], Backend]
    ) -> None:
        """`embedded` serves as long as nothing else was configured or found; `make` builds a backend that is found."""
        self._configured = {backend.name: backend for backend in configured}
        self._embedded = embedded
        self._make = make
        self._found: dict[str, Backend] = {}
        self._current: Mapping[str, Backend] = {}
        self._update()

    @property
    def current(self) -> Mapping[str, Backend]:
        """The backends in use by name, in the order in which they are preferred for models of the same name."""
        return self._current

    def found(self, specs: Iterable[BackendSpec]) -> list[BackendSpec]:
        """Take in what discovery found; known ones stay, also while they do not answer. Returns the new ones."""
        new = [spec for spec in specs if spec.name not in self._found and spec.name not in self._configured]
        for spec in new:
            self._found[spec.name] = self._make(spec)
        if new:
            self._update()
        return new

    async def close(self) -> None:
        """Close every backend."""
        embedded = [self._embedded] if self._embedded is not None else []
        for backend in [*self._configured.values(), *self._found.values(), *embedded]:
            await backend.close()

    def _update(self) -> None:
        others = {**self._configured, **self._found}
        if not others and self._embedded is not None:
            others[self._embedded.name] = self._embedded
        self._current = others
