"""Keeps provider.db fresh: it changes more often than the daily sync looks."""

from collections.abc import Awaitable, Callable
from typing import Protocol

HOUR = 3600.0


class Refreshing(Protocol):
    """A source whose file is downloaded anew when it is old enough."""

    async def refresh(self) -> bool:
        """Is there a newer file now?"""


class RefreshProviderDb:
    """A job; the source itself knows how old its file may become."""

    name = "refresh_provider_db"

    def __init__(self, source: Refreshing | None, changed: Callable[[], Awaitable[object]]) -> None:
        """`source` None: it is switched off. `changed` reads the sources again."""
        self._source = source
        self._changed = changed

    @property
    def every(self) -> float:
        """An hour; never without a source."""
        return HOUR if self._source is not None else 0.0

    async def run(self) -> None:
        """Download when it is time, and read what is new."""
        if self._source is not None and await self._source.refresh():
            await self._changed()
