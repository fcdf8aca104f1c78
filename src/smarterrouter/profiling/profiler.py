"""`Profiler`: asks a model tasks that a program can check, measures how it answers, and gives a `Profile`."""

import asyncio
import logging
from collections.abc import Sequence

from smarterrouter.domain.knowledge import Profile
from smarterrouter.domain.models import Model
from smarterrouter.errors import GatewayError
from smarterrouter.profiling.estimator import Item
from smarterrouter.profiling.events import Done, Emit
from smarterrouter.profiling.interview import Interview, Job, Suite
from smarterrouter.profiling.means import Means

log = logging.getLogger(__name__)

_UNLOAD_SECONDS = 60.0


class Profiler:
    """Profiles models, each from its own `Job`. Holds no state between two of them."""

    def __init__(self, suite: Suite, items: Sequence[Item], means: Means) -> None:
        """`items` are the suite's templates with their difficulties as fitted so far (`items_of` at the beginning)."""
        self._suite = suite
        self._items = tuple(items)
        self._means = means

    async def profile(self, job: Job, emit: Emit) -> Profile | None:
        """Profile one model, telling `emit` of every step. None when nothing could be learned.

        Cancel it at any time: the model is unloaded, and what `emit` was told of needs not be asked again. Errors of
        the model's backend are not raised, they end the profile; errors of `emit` are.
        """
        if not job.model.can.chat:
            await emit(Done(job.model.key, "embeddings", None, "It does not chat."))
            return None
        run = Interview(self._suite, self._items, self._means, job, emit)
        try:
            reason, detail = await run.questions()
            if run.tally.answers and job.measure and reason != "silent":
                await run.measurements()
        finally:
            await self._leave(job.model)
        profile = run.profile()
        await emit(Done(job.model.key, reason, profile, detail, run.line.budget.dollars))
        return profile

    async def _leave(self, model: Model) -> None:
        """Give the memory back, unless somebody had loaded the model before us."""
        if not model.local or model.loaded:
            return
        try:
            async with asyncio.timeout(_UNLOAD_SECONDS):
                await self._means.hooks.unload(model)
        except (GatewayError, TimeoutError) as error:
            log.warning("%s stays in memory after profiling: %s", model.key, error)


async def profile_many(profiler: Profiler, jobs: Sequence[Job], emit: Emit, parallel: int = 1) -> dict[str, Profile]:
    """Profile several models, `parallel` at a time. One that fails, in whatever way, does not stop the others."""
    room = asyncio.Semaphore(parallel)

    async def one(job: Job) -> Profile | None:
        async with room:
            return await profiler.profile(job, emit)

    outcomes = await asyncio.gather(*(one(job) for job in jobs), return_exceptions=True)
    profiles: dict[str, Profile] = {}
    for job, outcome in zip(jobs, outcomes, strict=True):
        if isinstance(outcome, BaseException):
            log.error("profiling %s failed", job.model.key, exc_info=outcome)
        elif outcome is not None:
            profiles[job.model.key] = outcome
    return profiles
