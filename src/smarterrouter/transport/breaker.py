"""Circuit breaker per upstream: what fails again and again is left alone for a while, then probed."""

import logging
from collections import deque
from collections.abc import Callable
from enum import StrEnum
from time import monotonic
from typing import Protocol

from msgspec import Struct

log = logging.getLogger(__name__)
PROBE_SECONDS = 1.0
"""How long a caller is told to wait while all probes are under way."""


class State(StrEnum):
    """What a breaker does with the next call."""

    CLOSED = "closed"
    """Lets every call through."""
    OPEN = "open"
    """Lets none through until its time is over."""
    HALF_OPEN = "half-open"
    """Lets a few probes through; the first outcome decides."""


class Rules(Struct, frozen=True):
    """When a breaker opens and closes. Times are seconds."""

    failure_threshold: int = 5
    """Failures within the window that open it; a window that is shorter opens it when it is full of them."""
    reset_timeout: float = 60.0
    """How long it stays open before it is probed."""
    half_open_max_attempts: int = 3
    """Probes under way at the same time."""
    sliding_window_size: int = 100
    """Calls that are looked back on."""
    quota_reset_timeout: float = 3600.0
    """How long it stays open when the backend says that a quota is used up."""


Listener = Callable[[State, State], None]
"""Told of each change: the state before, the state after."""


class Guard(Protocol):
    """Stands before an upstream. Each call that `allow` lets through ends in exactly one of the three reports."""

    @property
    def state(self) -> State:
        """What the next call can expect."""

    @property
    def retry_after(self) -> float:
        """Seconds until a call may be let through; 0 when it would be now."""

    def allow(self) -> bool:
        """May this call go ahead?"""

    def succeeded(self) -> None:
        """The upstream answered; a refusal of the request (4xx) is an answer too."""

    def failed(self, *, quota: bool = False) -> None:
        """The upstream failed; `quota` when it said that our quota is used up, which opens at once."""

    def released(self) -> None:
        """The call ended without telling anything of the upstream: the caller left, or our own side failed."""


class NeverOpen:
    """The guard where breakers are switched off."""

    state = State.CLOSED
    retry_after = 0.0

    def allow(self) -> bool:
        """Always."""
        return True

    def succeeded(self) -> None:
        """Nothing to remember."""

    def failed(self, *, quota: bool = False) -> None:
        """Nothing to remember."""

    def released(self) -> None:
        """Nothing to give back."""


class Breaker:
    """The breaker of one upstream. Every step takes constant time; it lives on one event loop and needs no lock.

    Reports of calls from before it opened may come late: while it is open they change nothing, except that a used-up
    quota keeps it open for longer.
    """

    def __init__(
        self, name: str, rules: Rules, *, clock: Callable[[], float] = monotonic, listener: Listener | None = None
    ) -> None:
        """`name` is the upstream's, for the log. A failing `listener` is logged and changes nothing."""
        self._name = name
        self._rules = rules
        self._clock = clock
        self._listener = listener
        self._state = State.CLOSED
        self._opens_until = 0.0
        self._probes = 0
        self._window: deque[bool] = deque(maxlen=rules.sliding_window_size)
        self._failures = 0
        self._threshold = min(rules.failure_threshold, rules.sliding_window_size)

    @property
    def state(self) -> State:
        """Half-open as soon as the time is over, so that whoever avoids open breakers comes back."""
        if self._state is State.OPEN and self._clock() >= self._opens_until:
            return State.HALF_OPEN
        return self._state

    @property
    def retry_after(self) -> float:
        """Seconds until a call may be let through; 0 when it would be now."""
        if self._state is State.OPEN:
            return max(self._opens_until - self._clock(), 0.0)
        return PROBE_SECONDS if self._state is State.HALF_OPEN and not self._probe_free() else 0.0

    def allow(self) -> bool:
        """May this call go ahead? In half-open state a yes takes one of the probes."""
        if self._state is State.CLOSED:
            return True
        if self._state is State.OPEN:
            if self._clock() < self._opens_until:
                return False
            self._probes = 0
            self._become(State.HALF_OPEN)
        if not self._probe_free():
            return False
        self._probes += 1
        return True

    def succeeded(self) -> None:
        """The upstream answered. In half-open state this closes the breaker."""
        if self._state is State.HALF_OPEN:
            self._forget()
            self._become(State.CLOSED)
        elif self._state is State.CLOSED:
            self._remember(failure=False)

    def failed(self, *, quota: bool = False) -> None:
        """The upstream failed. Opens at the threshold; at once in half-open state or for a used-up quota."""
        if quota:
            self._open(self._rules.quota_reset_timeout)
        elif self._state is State.HALF_OPEN:
            self._open(self._rules.reset_timeout)
        elif self._state is State.CLOSED:
            self._remember(failure=True)
            if self._failures >= self._threshold:
                self._open(self._rules.reset_timeout)

    def released(self) -> None:
        """The call told nothing of the upstream; its probe, if it was one, may be taken by another."""
        self._probes = max(self._probes - 1, 0)

    def _probe_free(self) -> bool:
        return self._probes < self._rules.half_open_max_attempts

    def _remember(self, *, failure: bool) -> None:
        window = self._window
        if len(window) == window.maxlen:
            self._failures -= window[0]
        window.append(failure)
        self._failures += failure

    def _forget(self) -> None:
        self._window.clear()
        self._failures = 0

    def _open(self, seconds: float) -> None:
        self._forget()
        self._opens_until = max(self._opens_until, self._clock() + seconds)
        self._become(State.OPEN)

    def _become(self, state: State) -> None:
        before, self._state = self._state, state
        if before is state:
            return
        level = logging.WARNING if state is State.OPEN else logging.INFO
        log.log(level, "the breaker of %s is %s, was %s", self._name, state.value, before.value)
        if self._listener is not None:
            self._tell(self._listener, before, state)

    def _tell(self, listener: Listener, before: State, after: State) -> None:
        try:
            listener(before, after)
        except Exception:
            log.exception("a listener of the breaker of %s failed", self._name)
