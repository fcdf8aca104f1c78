"""Works out the `Standing` of every model from what is known of it and what users said, and hands it to the catalog."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct, structs

from smarterrouter.catalog.known import Known
from smarterrouter.catalog.standings import rounded, standing
from smarterrouter.domain.feedback import Aged
from smarterrouter.domain.knowledge import Knowledge, Standing
from smarterrouter.domain.models import Model
from smarterrouter.jobs.refresh_models import RefreshModels
from smarterrouter.jobs.soon import Soon
from smarterrouter.jobs.tally_feedback import TallyFeedback

Judgement = Callable[[Model, Knowledge | None, Mapping[str, float]], Standing]
"""What to believe of a model before feedback; the last are the values of the reference models, by column."""
_EVERY = 3600.0
"""Seconds between two runs that nobody asked for."""


class Rated(Struct, frozen=True):
    """One model before and after feedback."""

    before: Standing
    after: Standing


class RateModels:
    """A job: at once when the models, what is known of them or the labels have changed, otherwise every hour."""

    name = "rate_models"
    every = _EVERY

    def __init__(
        self, refresh: RefreshModels, known: Known, tally: TallyFeedback, judgement: Judgement = standing
    ) -> None:
        """`refresh` takes the standings and publishes them: it alone writes to the catalog."""
        self._refresh = refresh
        self._known = known
        self._tally = tally
        self._judgement = judgement
        self._turn = asyncio.Lock()
        self._soon = Soon(self.run, "rate models")
        self._done: tuple[Sequence[Model], int, int] = ((), -1, -1)
        self._rated: Mapping[str, Rated] = {}

    @property
    def rated(self) -> Mapping[str, Rated]:
        """Model key to what the last run made of it."""
        return self._rated

    def ask(self) -> None:
        """Something may have changed: look at it in a moment. Never waits; call it on the event loop."""
        if self._asks != self._done:
            self._soon.ask()

    async def run(self) -> None:
        """Rate every model; nothing is done where nothing has changed."""
        async with self._turn:  # an older result must not come after a newer one
            asks = self._asks
            if asks == self._done:
                return
            models, _, _ = asks
            self._rated = await asyncio.to_thread(self._rate, models, self._tally.tallied)
            self._done = asks
            self._refresh.rate({key: one.after for key, one in self._rated.items()})

    async def cancel(self) -> None:
        """End what goes on."""
        await self._soon.cancel()

    @property
    def _asks(self) -> tuple[Sequence[Model], int, int]:
        return self._refresh.models, self._known.version, self._tally.version

    def _rate(self, models: Sequence[Model], tallied: Mapping[str, Sequence[Aged]]) -> dict[str, Rated]:
        about, reference = self._known.about(models), self._known.reference()
        found = {}
        for model in models:
            before = rounded(self._judgement(model, about.get(model.key), reference))
            found[model.key] = Rated(before, _after(before, tallied.get(model.key, ())))
        return found


def _after(before: Standing, labels: Sequence[Aged]) -> Standing:
    if not labels:
        return before
    from smarterrouter.routing.votes import updated  # it brings NumPy: 16 MB that only feedback needs

    after = rounded(structs.replace(before, skills=updated(before.skills, labels)))
    return structs.replace(after, basis=f"{before.basis}+feedback") if after != before else before
