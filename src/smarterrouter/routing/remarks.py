"""What is odd about rules, seen with the models and names that are there now: never an error, often a slip."""

from collections.abc import Collection, Iterator, Sequence

from smarterrouter.domain.models import Model
from smarterrouter.routing.patterns import Patterns
from smarterrouter.routing.policy import AUTO, Policy, Rule


def remarks(policy: Policy, models: Sequence[Model], names: Collection[str]) -> list[str]:
    """A sentence for each oddity. `names` are those for which the router chooses, its own and aliases of this kind."""
    asked = {AUTO, *names}
    return [remark for rule in policy.rules for remark in (*_unheard(rule, asked), *_unmatched(rule, models))]


def _unheard(rule: Rule, asked: Collection[str]) -> Iterator[str]:
    """Rules count only where the router chooses; who names a model gets that model."""
    for written, pattern in zip(rule.entry.when.alias or (), rule.when.aliases, strict=True):
        if not any(pattern.match(name) for name in asked):
            yield f"the rule `{rule.entry.name}`: no name that the router chooses for is like {written!r} in when.alias"


def _unmatched(rule: Rule, models: Sequence[Model]) -> Iterator[str]:
    """Patterns that match nothing are often misspelled; those of `deny` may be there for models yet to come."""
    if not models:
        return
    for effect in ("allow", "prefer"):
        for glob in getattr(rule.entry, effect) or ():
            one = Patterns.of([glob])
            if not any(one.hit(model) for model in models):
                yield f"the rule `{rule.entry.name}`: no model that is known now is like {glob!r} in {effect}"
    if rule.limit is not None and all(rule.limit.against(model) for model in models):
        yield f"the rule `{rule.entry.name}` leaves none of the models that are known now"
