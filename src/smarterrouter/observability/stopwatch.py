"""`Stopwatch`: the time of one request; our own overhead is the total minus what we waited for a backend."""

from collections.abc import Callable
from time import perf_counter


class Stopwatch:
    """Runs from when it is made. All times are seconds. Owned by the one task that serves the request."""

    __slots__ = ("_away_since", "_clock", "started", "upstream")

    def __init__(self, clock: Callable[[], float] = perf_counter) -> None:
        self._clock = clock
        self.started = clock()
        self._away_since: float | None = None
        self.upstream = 0.0
        """Time spent waiting for backends, up to the last `back`."""

    def away(self) -> None:
        """From now on a backend's time runs. A second call changes nothing."""
        if self._away_since is None:
            self._away_since = self._clock()

    def back(self) -> None:
        """Time is ours again. Without `away` nothing happens, so this may stand in a `finally`."""
        if self._away_since is not None:
            self.upstream += self._clock() - self._away_since
            self._away_since = None

    @property
    def total(self) -> float:
        """Since the start."""
        return self._clock() - self.started

    @property
    def overhead(self) -> float:
        """Our own share of `total`; while a backend is being waited for it stands still."""
        now = self._clock() if self._away_since is None else self._away_since
        return max(now - self.started - self.upstream, 0.0)
