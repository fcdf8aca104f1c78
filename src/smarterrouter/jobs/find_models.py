"""Looks for backends where that is wanted, then asks all of them for their models."""

import logging
from collections.abc import Awaitable, Callable, Sequence

from smarterrouter.catalog.filters import Filters
from smarterrouter.domain.models import Offer
from smarterrouter.jobs.refresh_models import Lister, RefreshModels

log = logging.getLogger(__name__)


class FindModels:
    """The job behind discovery. What it finds is there for requests as soon as it is found."""

    name = "refresh_models"

    def __init__(self, look: Callable[[], Awaitable[None]] | None, refresh: RefreshModels) -> None:
        """`look` finds new backends and takes them in; None where only configured ones are wanted."""
        self._look = look
        self._refresh = refresh
        self.looked = False
        """Has the first round ended? Before that, having no models means nothing."""

    @property
    def every(self) -> float:
        """Seconds between two rounds."""
        return self._refresh.every

    async def run(self) -> None:
        """One round."""
        try:
            if self._look is not None:
                await self._look()
            await self._refresh.run()
        finally:
            self.looked = True


class Wanted:
    """A backend of which only some models are wanted."""

    def __init__(self, lister: Lister, filters: Filters) -> None:
        self._lister = lister
        self._filters = filters
        self.name = lister.name

    async def offers(self) -> Sequence[Offer]:
        """The wanted ones among the backend's offers."""
        return [offer for offer in await self._lister.offers() if self._filters.keep(offer)]
