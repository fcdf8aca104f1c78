"""`Interview`: one model is warmed up, asked one task after the other, and measured."""

import hashlib
import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Protocol

import msgspec
from msgspec import Struct

from smarterrouter.domain.intent import Category
from smarterrouter.domain.knowledge import Ability, Profile
from smarterrouter.domain.models import Model
from smarterrouter.errors import BackendRefused, BackendTimeout, CannotHonour, ContextTooLong, GatewayError
from smarterrouter.profiling.adaptive import DEFAULT, Plan, enough, neglected, next_item
from smarterrouter.profiling.asking import Line, Spent
from smarterrouter.profiling.base import Answer, Task, Template, Verdict
from smarterrouter.profiling.budget import Budget
from smarterrouter.profiling.checks import Constraints
from smarterrouter.profiling.estimator import WIDE, Item
from smarterrouter.profiling.events import Answered, Asked, Emit, Progress, Skipped, answer_id
from smarterrouter.profiling.means import Means
from smarterrouter.profiling.measuring import measure, memory
from smarterrouter.profiling.questions import KEEP_ALIVE_SECONDS, Heard
from smarterrouter.profiling.sandbox import SandboxBroken
from smarterrouter.profiling.tally import Tally
from smarterrouter.profiling.timeouts import Sample, adapted, loading
from smarterrouter.profiling.validity import well_formed

log = logging.getLogger(__name__)

SILENCES = 3
"""Questions in a row without an answer after which a model is given up."""
_TRIED = 2
"""Times the greatest number of answers: so many questions are tried at most, whatever came of them."""
_WARM_UP_TOKENS = 16
_TYPICAL_TOKENS = 120
_GREETING = ({"role": "user", "content": "Answer with the single word: ready"},)


class Suite(Protocol):
    """What is asked."""

    @property
    def templates(self) -> Sequence[Template]:
        """Everything that can be asked."""
        ...

    @property
    def version(self) -> str:
        """Changes when answers of before say nothing about the tasks of now."""
        ...


class Job(Struct, frozen=True):
    """One model to profile, and how."""

    model: Model
    seed: int = 0
    """Another number asks the same templates with other values, for instance when a profile is redone by force."""
    plan: Plan = DEFAULT
    prior: Ability = WIDE
    """What published scores or the size say of its general ability."""
    stored: tuple[Answered, ...] = ()
    """Answers of a run that was broken off; those to another file, suite or seed are left aside."""
    ceiling: float | None = None
    """US dollars that this profile may cost, stored answers included; None for no limit."""
    measure: bool = True
    """Measure speed by prompt length and the usable context as well?"""


def seed_of(run: int, item: str) -> int:
    """The seed of one template's task in a run with this seed: the same for every model, so that they compare."""
    return int.from_bytes(hashlib.sha256(f"{run}\n{item}".encode()).digest()[:4], "big")


class Interview:
    """One model's profile while it is made. Whoever made it awaits `questions`, then `measurements`."""

    def __init__(self, suite: Suite, items: Sequence[Item], means: Means, job: Job, emit: Emit) -> None:
        """`items` are the suite's templates as fitted so far. Stored answers of the job count from the start."""
        self.job = job
        self.means = means
        self.version = suite.version
        self.templates = {template.id: template for template in suite.templates}
        self.items = tuple(item for item in items if item.id in self.templates)
        self.emit = emit
        self.model = job.model
        self.digest = job.model.digest or ""
        self.tally = Tally(job.model, self.items, job.prior)
        self.line = Line(job.model, means, Budget(job.model, job.ceiling))
        self.category = ""
        for answer in job.stored:
            if answer.id == self._id(answer.item) and self.tally.take(answer):
                self.line.budget.spend(answer.prompt_tokens, answer.completion_tokens)

    async def questions(self) -> tuple[str, str]:
        """Ask until enough is known; why it ended, and more words about it."""
        silent = 0
        try:
            await self._warm_up()
            while not self._enough():
                item = self._next()
                if item is None:
                    return "exhausted", "There is no task left to ask."
                problem = await self._question(item)
                silent = silent + 1 if problem else 0
                if silent == SILENCES:
                    return "silent", problem
        except Spent:
            return "budget", f"The next question could cost more than the {self.job.ceiling} dollars allowed."
        return ("enough" if len(self.tally.answers) >= self.job.plan.most else "known"), ""

    async def measurements(self) -> None:
        """Measure what questions do not tell."""
        await self._progress("measuring")
        await measure(self.tally, self.line, self.means.hooks, self.means.limits, self.job.seed)

    def profile(self) -> Profile | None:
        """What is known now; None without a single answer."""
        if not self.tally.answers:
            return None
        now = datetime.now(UTC).timestamp()
        return self.tally.profile(suite=self.version, at=now, limit=self._limit(_TYPICAL_TOKENS))

    def _enough(self) -> bool:
        tally, plan = self.tally, self.job.plan
        ignored = neglected(self.items, tally.asked, plan.least)
        return enough(tally.posterior, tally.categories, len(tally.answers), plan, neglected=ignored)

    def _next(self) -> Item | None:
        """None when all were asked, or when most questions came to nothing and it is time to stop trying."""
        if len(self.tally.asked) >= _TRIED * self.job.plan.most:
            return None
        return next_item(self.items, self.tally.posterior, self.tally.asked, self.job.seed, self.job.plan.least)

    async def _warm_up(self) -> None:
        """Load it, and see whether it thinks before it answers. A failure here does not stop the profile."""
        await self._progress("loading")
        limit = loading(self.model, self.means.limits)
        try:
            await self.means.hooks.gate()
            seconds = await self.means.hooks.load(self.model, keep_alive=KEEP_ALIVE_SECONDS, timeout=limit)
            heard = await self.line.ask(self.line.question(_GREETING, _WARM_UP_TOKENS, limit))
        except GatewayError as error:
            log.warning("warming up %s failed, asking all the same: %s", self.model.key, error.message)
            return
        self.tally.measured(heard)
        self.tally.thinks = self.tally.thinks or heard.thought
        if seconds is None and self.model.local and self.model.loaded is False:
            seconds = (heard.total_ms if heard.first_token_ms is None else heard.first_token_ms) / 1000
        self.tally.load_seconds = seconds
        await memory(self.tally, self.means.hooks)

    async def _question(self, item: Item) -> str:
        """Ask one task and take the answer. What kept the model from answering, empty when it did."""
        task = self.templates[item.id].make(seed_of(self.job.seed, item.id))
        self.category = item.category
        await self.emit(Asked(self.model.key, item.id, item.category, len(self.tally.answers) + 1))
        try:
            heard = await self._hear(task)
        except ContextTooLong as error:  # the backend answered: this is not silence
            await self._skip(item, error.message)
            return ""
        except GatewayError as error:
            if _cannot(task, error):
                await self._take(item, task, Heard(Answer()), Verdict(passed=False, detail=error.message[:200]))
                return ""
            await self._skip(item, error.message)
            return error.message
        try:
            verdict = await self.means.check(task, heard.answer)
        except SandboxBroken as error:
            verdict = Verdict(passed=False, detail=str(error), void=True)
        if verdict.void:
            await self._skip(item, verdict.detail)
        else:
            await self._take(item, task, heard, verdict)
        return ""

    async def _hear(self, task: Task) -> Heard:
        """The answer to a task; asked again with more room when it turns out that the model thinks first."""
        heard = await self._said(task)
        if heard.thought and not self.tally.thinks:
            self.tally.thinks = True
            if heard.answer.finish_reason == "length":
                heard = await self._said(task)
        return heard

    async def _said(self, task: Task) -> Heard:
        limit = self._limit(task.max_tokens)
        question = self.line.question(task.messages, task.max_tokens, limit, thinks=self.tally.thinks)
        question = msgspec.structs.replace(question, tools=task.tools, response_format=task.response_format)
        try:
            return await self.line.ask(question)
        except BackendTimeout:
            self.tally.samples.append(Sample(limit * 1000, 0))  # it takes at least so long: wait longer the next time
            raise

    async def _take(self, item: Item, task: Task, heard: Heard, verdict: Verdict) -> None:
        answered = Answered(
            id=self._id(item.id),
            model=self.model.key,
            digest=self.digest,
            suite=self.version,
            item=item.id,
            category=item.category,
            seed=seed_of(self.job.seed, item.id),
            passed=verdict.passed,
            detail=verdict.detail,
            judged=await self._judged(task, heard.answer),
            valid=well_formed(task, heard.answer),
            tool=bool(task.tools),
            prompt_tokens=heard.prompt_tokens,
            completion_tokens=heard.completion_tokens,
            first_token_ms=heard.first_token_ms,
            total_ms=heard.total_ms,
        )
        await self.emit(answered)
        self.tally.take(answered)
        await self._progress("asking")

    async def _skip(self, item: Item, reason: str) -> None:
        self.tally.pass_over(item)
        await self.emit(Skipped(self.model.key, item.id, reason))

    async def _judged(self, task: Task, answer: Answer) -> float | None:
        """A judge's opinion where the answer is free prose."""
        judge = self.means.judge
        if judge is None or task.category is not Category.CHAT or not isinstance(task.check, Constraints):
            return None
        grade = await judge.grade(str(task.messages[-1].get("content", "")), answer.text)
        return None if grade is None else grade.score

    async def _progress(self, phase: str) -> None:
        answers, most = len(self.tally.answers), self.job.plan.most
        recent = [sample.total_ms for sample in self.tally.recent]
        eta = sum(recent) / len(recent) / 1000 * max(most - answers, 0) if recent else None
        fraction = 1.0 if phase == "measuring" else min(answers / most, 1.0) if most else 1.0
        overall = self.tally.posterior.overall
        await self.emit(Progress(self.model.key, phase, self.category, answers, most, fraction, eta, overall))

    def _limit(self, max_tokens: int) -> float:
        return adapted(self.model, self.tally.recent, max_tokens, self.means.limits, thinks=self.tally.thinks)

    def _id(self, item: str) -> str:
        return answer_id(self.model.key, self.digest, self.version, item, seed_of(self.job.seed, item))


def _cannot(task: Task, error: GatewayError) -> bool:
    """Is it the model that cannot do what this task needs? Then it is a wrong answer, not silence."""
    return bool(task.tools or task.response_format) and isinstance(error, BackendRefused | CannotHonour)
