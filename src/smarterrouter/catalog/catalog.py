"""`Catalog`: the owner of the current snapshot. Jobs swap it whole; requests read it."""

from collections.abc import Callable, Iterable

from smarterrouter.catalog.snapshot import Naming, Snapshot, build
from smarterrouter.domain.models import Model

Listener = Callable[[Snapshot], None]


class Catalog:
    """Lives on the event loop and needs no lock: a swap is one assignment, and a reader keeps what it has read."""

    def __init__(self, naming: Naming | None = None) -> None:
        """`naming` does not change while the process lives."""
        self._naming = naming or Naming()
        self._listeners: list[Listener] = []
        self.current: Snapshot = build(0, (), self._naming)

    def swap(self, models: Iterable[Model]) -> Snapshot:
        """Make a snapshot of `models` the current one, tell the listeners; give the snapshot."""
        self.current = build(self.current.number + 1, models, self._naming)
        for listener in self._listeners:
            listener(self.current)
        return self.current

    def subscribe(self, listener: Listener) -> None:
        """Call `listener` after each swap, on the event loop; it must be quick and not raise."""
        self._listeners.append(listener)
