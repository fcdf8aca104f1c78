"""`Rules`: what the operator wants of one request, merged from every rule that applies to it."""

from collections.abc import Sequence
from operator import attrgetter

import msgspec
from msgspec import Struct

from smarterrouter.domain.decisions import Candidate
from smarterrouter.domain.intent import Intent
from smarterrouter.domain.models import Model
from smarterrouter.errors import ContextTooLong, NoEligibleModel
from smarterrouter.routing.eligibility import Pool, eligible
from smarterrouter.routing.patterns import NO_PATTERNS, Patterns
from smarterrouter.routing.strategies.lifting import Lifted

_REMEMBERED = 4096
"""Models of which a bonus is remembered; more exist only where catalogs come and go while one policy stays."""

_BONUS = "prefer"
"""Among the terms of a candidate."""


class Limit(Struct, frozen=True):
    """What one rule says of models, whatever the prompt is."""

    rule: str
    """Name of the rule."""
    allow: Patterns | None = None
    deny: Patterns = NO_PATTERNS
    max_price: float | None = None
    """US dollars for a million tokens of answers."""

    def against(self, model: Model) -> str:
        """Why this rule leaves the model out; empty when it does not."""
        if self.allow is not None and not self.allow.hit(model):
            return f"the rule `{self.rule}` allows only {self.allow}"
        if self.deny.hit(model):
            return f"the rule `{self.rule}` denies it"
        if self.max_price is None or model.local:
            return ""
        if model.price is None:  # a cap that holds only for prices that happen to be known would be none
            return f"the rule `{self.rule}` caps the price, and its price is not known"
        too_dear = model.price.output_per_million > self.max_price
        return f"the rule `{self.rule}` allows at most ${self.max_price:g} a million tokens" if too_dear else ""


class Rules(Struct, frozen=True, eq=False):
    """What holds for one request. The same rules applying gives the same object, so it may be a key to remember by."""

    names: tuple[str, ...] = ()
    """Of the rules that apply, in order."""
    limits: tuple[Limit, ...] = ()
    """All of them hold together, in order."""
    prefer: Patterns = NO_PATTERNS
    margin: float = 0.0
    """Bonus of the first of `prefer`, in the unit of utility."""
    max_seconds: float | None = None
    """Expected seconds until the whole answer is there, at most."""
    hurried_by: str = ""
    """The rule that `max_seconds` is from."""
    strategy: str = ""
    """Name of the strategy that orders the models; empty for the usual one."""
    preference: float | None = None
    """Counts instead of what the caller or the settings say."""
    bonuses: dict[str, float] = msgspec.field(default_factory=dict)
    """By model key, filled as they are asked for."""

    def bonus(self, model: Model) -> float:
        """What is added to the model's utility: `margin` for the first of `prefer`, less for each further one."""
        known = self.bonuses.get(model.key)
        if known is None:
            if len(self.bonuses) >= _REMEMBERED:
                self.bonuses.clear()
            known = self.bonuses[model.key] = self._bonus(model)
        return known

    def _bonus(self, model: Model) -> float:
        place, count = self.prefer.place(model), len(self.prefer.written)
        return 0.0 if place is None else self.margin * (count - place) / count


NO_RULES = Rules()
"""For requests to which no rule applies."""


def pool_under(rules: Rules, intent: Intent, models: Sequence[Model]) -> Pool:
    """The models that may serve `intent` under `rules`. Raise as `eligible`; the message names the rules at fault.

    Rules come first: a soft need, such as a backend that answers, is given up before a rule is.
    """
    if not rules.limits or not models:
        return eligible(intent, models)
    left, excluded = permitted(rules, models)
    try:
        pool = eligible(intent, left)
    except (NoEligibleModel, ContextTooLong) as error:
        if not excluded:
            raise
        message = f"{error.message} Rules leave {len(left)} of {len(models)} models: {_quoted(_limiting(rules))}."
        raise type(error)(message, param=error.param) from None
    return msgspec.structs.replace(pool, excluded={**excluded, **pool.excluded})


def permitted(rules: Rules, models: Sequence[Model]) -> tuple[list[Model], dict[str, str]]:
    """The models that all limits admit, and why the others are out.

    Raise `NoEligibleModel` when none is left of some; the message names the rule that was the last straw.
    """
    left, excluded = list(models), dict[str, str]()
    for done, limit in enumerate(rules.limits):
        reasons = {model.key: limit.against(model) for model in left}
        kept = [model for model in left if not reasons[model.key]]
        excluded.update((key, reason) for key, reason in reasons.items() if reason)
        if left and not kept:
            raise NoEligibleModel(_nobody(limit, _limiting(rules)[:done], reasons))
        left = kept
    return left, excluded


def _nobody(limit: Limit, before: Sequence[str], reasons: dict[str, str]) -> str:
    others = f" that {_quoted(before)} left" if before else ""
    why = "; ".join(dict.fromkeys(reasons.values()))
    return f"The rule `{limit.rule}` leaves none of the models{others}: {why}."


def _limiting(rules: Rules) -> list[str]:
    return [limit.rule for limit in rules.limits]


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def ordered_under(rules: Rules, candidates: tuple[Candidate, ...]) -> tuple[tuple[Candidate, ...], dict[str, str]]:
    """The candidates after what depends on the prompt: too slow ones are out, preferred ones get their bonus.

    Also why those are out. Where nothing changes the same tuple comes back. Candidates without an expected waiting are
    kept. Raise `NoEligibleModel` when all are too slow.
    """
    slow: dict[str, str] = {}
    if rules.max_seconds is not None:
        candidates, slow = _in_time(rules, rules.max_seconds, candidates)
    if rules.prefer is NO_PATTERNS:
        return candidates, slow
    moved = [_moved(candidate, rules.bonus(candidate.model)) for candidate in candidates]
    moved.sort(key=_total, reverse=True)  # stable: equals stay in their order
    return tuple(moved), slow


def _in_time(
    rules: Rules, most: float, candidates: tuple[Candidate, ...]
) -> tuple[tuple[Candidate, ...], dict[str, str]]:
    allowed = f"the rule `{rules.hurried_by}` allows {most:g} s"
    slow = {
        candidate.model.key: f"{allowed}, and about {candidate.seconds:.3g} are expected"
        for candidate in candidates
        if candidate.seconds > most
    }
    if not slow:
        return candidates, slow
    if len(slow) == len(candidates):
        quickest = min(candidate.seconds for candidate in candidates)
        raise NoEligibleModel(
            f"No model here is quick enough: {allowed}, and the quickest takes about {quickest:.3g} s."
        )
    return tuple(candidate for candidate in candidates if candidate.model.key not in slow), slow


def _moved(candidate: Candidate, bonus: float) -> Candidate:
    if not bonus:
        return candidate
    return Candidate(
        model=candidate.model,
        total=candidate.total + bonus,
        signals=Lifted(candidate.signals, _BONUS, bonus),
        quality=candidate.quality,
        dollars=candidate.dollars,
        seconds=candidate.seconds,
    )


_total = attrgetter("total")
