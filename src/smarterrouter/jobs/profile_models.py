"""Profiles what is new or stale, beside the users' requests; can be watched, cancelled and taken up again."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from time import monotonic

import msgspec
from msgspec import Struct

from smarterrouter.catalog import abilities
from smarterrouter.catalog.known import Known, stale
from smarterrouter.domain.knowledge import Ability, Knowledge, Profile
from smarterrouter.domain.models import Model
from smarterrouter.observability import tasks
from smarterrouter.profiling.adaptive import DEFAULT, Plan
from smarterrouter.profiling.calibration import Response, refit
from smarterrouter.profiling.events import Answered, Asked, Done, Emit, Event, Progress, Skipped
from smarterrouter.profiling.interview import Job, Suite
from smarterrouter.profiling.items import items_of
from smarterrouter.profiling.means import Means
from smarterrouter.profiling.profiler import Profiler, profile_many
from smarterrouter.store.database import Database
from smarterrouter.store.profiles import profile_count, profiles, save_profile
from smarterrouter.store.task_answers import StoredAnswer, all_answers, answers, forget_answers, save_answer

log = logging.getLogger(__name__)
Listener = Callable[[Event], None]
Models = Callable[[], Sequence[Model]]
_WATCHERS_QUEUE = 1000
_UNDER_WAY = frozenset({"waiting", "running"})
_ENDS = {"cancelled": "Its answers are kept.", "failed": "The log says why."}
_FINISHED_KEPT = 100
_PRIOR_SD = 0.8
"""Logits. With less, a model that answers everything wrong was still believed after two dozen answers."""
_REST_SECONDS = 3600.0
"""After a profile that came to nothing the model is left in peace for so long, unless somebody asks for it."""


class Rules(Struct, frozen=True):
    """When and how models are profiled."""

    every: float = 0.0
    """Seconds between two looks for new models; 0: only when asked."""
    parallel: int = 1
    plan: Plan = DEFAULT
    ceiling: float | None = None
    """US dollars for one model."""


class Interviewing(Struct, frozen=True):
    """What is asked, and by what means."""

    suite: Suite
    means: Means


class State(Struct, frozen=True):
    """How the profile of one model stands."""

    model: str
    state: str
    """waiting, running, done, cancelled or failed."""
    progress: Progress | None = None
    reason: str = ""
    detail: str = ""


class ProfileModels:
    """A job, and the owner of the profiles that are being made."""

    name = "profile_models"

    def __init__(self, asking: Interviewing, database: Database, known: Known, models: Models, rules: Rules) -> None:
        """`models` gives the catalog's."""
        self._suite = asking.suite
        self._means = asking.means
        self._database = database
        self._known = known
        self._models = models
        self._rules = rules
        self._states: dict[str, State] = {}
        self._runs: dict[str, str] = {}
        self._resting: dict[str, float] = {}
        self._watchers: set[asyncio.Queue[Event]] = set()
        self._running: asyncio.Task[None] | None = None

    @property
    def every(self) -> float:
        """Seconds between two looks."""
        return self._rules.every

    @property
    def states(self) -> tuple[State, ...]:
        """The profiles of this process's life, running ones first; of many the older finished ones are left out."""
        return tuple(sorted(self._states.values(), key=lambda state: (state.state != "running", state.model)))

    async def load(self) -> None:
        """Take up the profiles of before. Raise `StoreUnavailable`."""
        self._known.learn_profiles((await profiles(self._database)).values())

    async def run(self) -> None:
        """Profile every local model without a profile of the file it is now.

        Hosted ones cost money: they are profiled when somebody asks.
        """
        if self._rules.every <= 0:
            return
        await self._database.ready.wait()
        await self.load()
        now = monotonic()
        wanted = [model for model in self.wanted() if model.local and self._resting.get(model.key, now) <= now]
        if wanted and self.begin(wanted):
            await self._ended()

    def wanted(self, *, force: bool = False) -> list[Model]:
        """Models that can be profiled and need it; with `force` all that can be."""
        can = [model for model in self._models() if not reason_against(model)]
        return [model for model in can if force or stale(self._known.profiles.get(model.key), model)]

    async def profile(self, models: Iterable[Model], *, anew: bool = False, listener: Listener | None = None) -> None:
        """Profile these models and return when that is done, or cancelled.

        `anew` forgets answers of before; `listener` hears every event of this call.
        """
        wanted = [model for model in models if self._begins(model)]
        ended = "failed"
        try:
            if wanted:
                await self._profile(wanted, anew=anew, listener=listener)
        except asyncio.CancelledError:
            ended = "cancelled"
            raise
        finally:
            for model in wanted:
                self._runs.pop(model.key, None)
                if self._states[model.key].state in _UNDER_WAY:
                    self._states[model.key] = State(model.key, ended, detail=_ENDS[ended])
                    self._resting[model.key] = monotonic() + _REST_SECONDS

    async def _profile(self, wanted: Sequence[Model], *, anew: bool, listener: Listener | None) -> None:
        await self._database.ready.wait()
        suite = self._suite
        self._runs |= {model.key: run_of(model, suite) for model in wanted}
        if anew:
            for model in wanted:
                await forget_answers(self._database, self._runs[model.key])
        responses = await self._responses()
        items = await asyncio.to_thread(refit, items_of(suite.templates), responses)
        known = await asyncio.to_thread(self._known.about, self._models())
        jobs = [await self._job(model, known.get(model.key)) for model in wanted]
        profiler = Profiler(suite, items, self._means)
        await profile_many(profiler, jobs, self._emitter(listener), self._rules.parallel)

    def begin(self, models: Sequence[Model], *, anew: bool = False) -> bool:
        """Profile in the background. False when that is going on already."""
        if self.going_on:
            return False
        self._running = tasks.spawn(self.profile(models, anew=anew), "profile models")
        return True

    @property
    def going_on(self) -> bool:
        """Is something being profiled in the background?"""
        return self._running is not None and not self._running.done()

    async def cancel(self) -> None:
        """Stop what goes on in the background; its answers are kept."""
        await tasks.cancel(self._running)

    async def _ended(self) -> None:
        """Wait for the end of what goes on; who is told to stop waiting stops it."""
        running = self._running
        if running is None:
            return
        try:
            await asyncio.wait({running})
        except asyncio.CancelledError:
            await self.cancel()
            raise

    @contextmanager
    def watch(self) -> Iterator[asyncio.Queue[Event]]:
        """A queue of every event from now on. A watcher who does not keep up loses the oldest."""
        queue: asyncio.Queue[Event] = asyncio.Queue(_WATCHERS_QUEUE)
        self._watchers.add(queue)
        try:
            yield queue
        finally:
            self._watchers.discard(queue)

    def _begins(self, model: Model) -> bool:
        if (known := self._states.get(model.key)) is not None and known.state in _UNDER_WAY:
            return False
        if len(self._states) >= _FINISHED_KEPT:
            done = [key for key, state in self._states.items() if state.state not in _UNDER_WAY]
            for key in done[: len(done) // 2]:
                del self._states[key]
        self._states[model.key] = State(model.key, "waiting")
        return True

    async def _job(self, model: Model, about: Knowledge | None) -> Job:
        """What is known beforehand: published scores and size, kept wide, and the answers of a run that was cut off.

        Published numbers speak of the model as it was published. A broken or heavily quantised copy must be able to
        show what it is, so they enter once and never narrower than `_PRIOR_SD`.

        The seed is the number of profiles that there are: the next profile asks other values, one that was cut off goes
        on with its own, and the same profile of each model is made of the same tasks, so that models compare.
        """
        published = about.published if about is not None else ()
        believed = abilities.prior(model.size, published, self._known.reference())
        stored = await answers(self._database, self._runs[model.key])
        return Job(
            model=model,
            seed=await profile_count(self._database, model.key),
            plan=self._rules.plan,
            prior=Ability(believed.mean, max(believed.sd, _PRIOR_SD)),
            stored=tuple(msgspec.json.decode(answer.event, type=Answered) for answer in stored if answer.event),
            ceiling=self._rules.ceiling,
        )

    async def _responses(self) -> list[Response]:
        """All answers ever given, for the difficulties of the tasks."""
        found: list[Response] = []
        cursor: str | None = None
        while True:
            page = await all_answers(self._database, cursor=cursor)
            found += [Response(answer.run, answer.item, answer.passed >= 0.5) for answer in page.rows]
            if page.cursor is None:
                return found
            cursor = page.cursor

    def _emitter(self, listener: Listener | None) -> Emit:
        async def emit(event: Event) -> None:
            await self._emit(event)
            if listener is not None:
                listener(event)

        return emit

    async def _emit(self, event: Event) -> None:
        match event:
            case Answered():
                await save_answer(self._database, _stored(event, self._runs[event.model]))
            case Progress():
                self._states[event.model] = State(event.model, "running", event)
            case Done():
                await self._done(event)
            case Asked() | Skipped():
                pass
        for queue in self._watchers:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(event)

    async def _done(self, event: Done) -> None:
        if event.profile is not None:
            await self.keep(event.profile)
            self._resting.pop(event.model, None)
        else:
            self._resting[event.model] = monotonic() + _REST_SECONDS
        self._states[event.model] = State(event.model, "done", None, event.reason, event.detail)

    async def keep(self, profile: Profile) -> None:
        """Store a profile and let the catalog know. Raise `ValueError` for one that cannot be, `StoreUnavailable`."""
        saved = await save_profile(self._database, profile)
        self._known.learn_profiles([saved])


def reason_against(model: Model) -> str:
    """Why a model cannot be profiled; empty when it can. Test models would tell nothing."""
    reasons = {
        "It does not chat.": not model.can.chat,
        "It is a test model.": model.test,
        "Its backend no longer lists it.": model.missing,
        "Its backend does not answer.": model.unreachable,
        "It is no model to talk with.": model.only_by_name,
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


def run_of(model: Model, suite: Suite) -> str:
    """Answers belong to one file of one model, however it is stored, and one version of the tasks."""
    return f"{model.key}|{model.digest or model.size.quantisation or ''}|{suite.version}"


def _stored(event: Answered, run: str) -> StoredAnswer:
    return StoredAnswer(
        run=run,
        item=event.item,
        seed=event.seed,
        category=event.category,
        passed=float(event.passed),
        tokens=event.prompt_tokens + event.completion_tokens,
        seconds=event.total_ms / 1000,
        at=datetime.now(UTC).timestamp(),
        judged=event.judged is not None,
        event=msgspec.json.encode(event).decode(),
    )
