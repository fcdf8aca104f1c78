"""`Rounds`: looks after the requests that take longer than a moment, with one timer for all of them."""

import asyncio
from typing import Protocol

MOMENT = 0.02
"""Seconds; most of our own work on a request is done by then."""


class Slow(Protocol):
    """What may take longer."""

    def begin(self) -> None:
        """Called once when it has taken one moment, or up to two; not after it has left."""


class Rounds:
    """Belongs to one event loop. Entering and leaving cost next to nothing; a timer for each would not."""

    def __init__(self) -> None:
        self._new: set[Slow] = set()
        self._seen: set[Slow] = set()
        self._going = False

    def enter(self, one: Slow) -> None:
        """`one` begins now."""
        self._new.add(one)
        if not self._going:
            self._going = True
            asyncio.get_running_loop().call_later(MOMENT, self._round)

    def leave(self, one: Slow) -> None:
        """`one` is done, or has begun."""
        self._new.discard(one)
        self._seen.discard(one)

    def _round(self) -> None:
        slow, self._seen, self._new = self._seen, self._new, set()
        self._going = bool(self._seen)
        if self._going:
            asyncio.get_running_loop().call_later(MOMENT, self._round)
        for one in slow:
            one.begin()
