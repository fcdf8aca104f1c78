"""`Tally`: everything that is known about one model while it is profiled, and the `Profile` made of it."""

from collections.abc import Iterable

from smarterrouter.domain.intent import Category
from smarterrouter.domain.knowledge import Ability, Profile
from smarterrouter.domain.models import Model
from smarterrouter.profiling.estimator import WIDE, Item, Posterior
from smarterrouter.profiling.events import Answered
from smarterrouter.profiling.questions import Heard
from smarterrouter.profiling.speed import TOKENS_A_WORD, medians, share
from smarterrouter.profiling.timeouts import Sample, rate

_LATEST = 12
"""Answers that the limit follows: what was slow at the beginning need not be slow now."""


class Tally:
    """Answers, speeds and measurements of one model. Whoever made it is its owner."""

    def __init__(self, model: Model, items: Iterable[Item], prior: Ability = WIDE) -> None:
        """Nothing is known yet but the prior."""
        self.model = model
        self.items = {item.id: item for item in items}
        self.categories = sorted({item.category for item in self.items.values()})
        self.posterior = Posterior(prior)
        self.asked: list[Item] = []
        self.answers: list[Answered] = []
        self.samples: list[Sample] = []
        self.tokens = 0
        self.ratio = TOKENS_A_WORD
        self.thinks = model.can.thinking is True
        self.waits: list[tuple[int, float]] = []
        self.effective_context: int | None = None
        self.vram_gb: float | None = None
        self.load_seconds: float | None = None
        self._known: set[str] = set()

    def take(self, answer: Answered) -> bool:
        """One answer, new or stored. False where it does not count: taken before, or to a task that is gone."""
        item = self.items.get(answer.item)
        if item is None or answer.id in self._known:
            return False
        self._known.add(answer.id)
        self.asked.append(item)
        self.answers.append(answer)
        self.posterior.update(item, answer.passed)
        if answer.judged is not None:
            self.posterior.judged(item, answer.judged)
        self.tokens += answer.prompt_tokens + answer.completion_tokens
        self._sample(answer.total_ms, answer.completion_tokens, answer.first_token_ms)
        return True

    def pass_over(self, item: Item) -> None:
        """This one is not to be asked again, and counts neither way."""
        self.asked.append(item)

    def measured(self, heard: Heard) -> None:
        """Tokens and speed of something that was asked only to measure."""
        self.tokens += heard.prompt_tokens + heard.completion_tokens

    @property
    def recent(self) -> list[Sample]:
        """The samples that limits are made from."""
        return self.samples[-_LATEST:]

    def profile(self, *, suite: str, at: float, limit: float | None) -> Profile:
        """What is known now, stamped with what was measured."""
        answered = dict.fromkeys(self.items[answer.item].category for answer in self.answers)
        named = {category.value: category for category in Category}
        skills = {name: self.posterior.skill(name) for name in answered}
        return Profile(
            model=self.model.key,
            overall=self.posterior.overall,
            skills={named[name]: skill for name, skill in skills.items() if name in named},
            own={name: skill for name, skill in skills.items() if name not in named},
            answers=len(self.answers),
            tokens=self.tokens,
            tokens_per_second=rate(self.samples),
            first_token_ms=medians(self.waits),
            json_validity=share(
                [bool(each.valid) for each in self.answers if each.valid is not None and not each.tool]
            ),
            tool_validity=share([bool(each.valid) for each in self.answers if each.valid is not None and each.tool]),
            effective_context=self.effective_context,
            vram_gb=self.vram_gb,
            load_seconds=self.load_seconds,
            timeout_seconds=limit,
            digest=self.model.digest,
            quantisation=self.model.size.quantisation,
            suite=suite,
            measured_at=at,
            judged=any(each.judged is not None for each in self.answers),
        )

    def _sample(self, total_ms: float, tokens: int, first_token_ms: float | None) -> None:
        if total_ms > 0:
            self.samples.append(Sample(total_ms, tokens, first_token_ms))
