"""`Guards`: one breaker for each backend, made when it is first asked for."""

from collections.abc import Callable

from smarterrouter.transport.breaker import Guard, NeverOpen, State

_NONE: frozenset[str] = frozenset()


class Guards:
    """Owner of the breakers. Names come from the configuration and discovery, so there are few."""

    def __init__(self, make: Callable[[str], Guard] | None) -> None:
        """`make` builds the breaker of a backend; None switches breakers off."""
        self._make = make
        self._guards: dict[str, Guard] = {}
        self._never = NeverOpen()

    def of(self, backend: str) -> Guard:
        """The guard in front of a backend."""
        if self._make is None:
            return self._never
        guard = self._guards.get(backend)
        if guard is None:
            guard = self._guards[backend] = self._make(backend)
        return guard

    def open_names(self) -> frozenset[str]:
        """Backends that are left alone just now."""
        if not self._guards:
            return _NONE
        return frozenset(name for name, guard in self._guards.items() if guard.state is State.OPEN)
