"""`UnderPolicy`: decides a recorded request again, by the same router that the gateway has."""

from collections.abc import Mapping, Sequence

import msgspec

from smarterrouter.domain.decisions import Decision
from smarterrouter.domain.intent import Intent
from smarterrouter.domain.models import Model
from smarterrouter.errors import BadRequest
from smarterrouter.routing.policy import Policy, Rule, merged
from smarterrouter.routing.premises import StoredPolicy
from smarterrouter.routing.replay import Past, led_by
from smarterrouter.routing.router import Router
from smarterrouter.routing.rules import Rules
from smarterrouter.settings.rules import RuleEntry


class UnderPolicy:
    """A `Decider`. Its router may remember what it likes: the same arguments give the same decision."""

    def __init__(self, stored: StoredPolicy, router: Router) -> None:
        """`router` has been made from `stored`."""
        self._stored = stored
        self._router = router
        self._policy = Policy([RuleEntry.model_validate(entry) for entry in stored.rules])
        self._kept: dict[tuple[tuple[str, ...], str], Rules] = {}

    def as_it_was(self, past: Past, models: Sequence[Model], snapshot: int) -> Decision:
        """See `Decider`."""
        applied = merged([rule for rule in self._policy.rules if rule.entry.name in past.rules])
        return self._decided(past, past.recorded.intent, self._ordering(applied, past.strategy), models, snapshot)

    def anew(self, past: Past, old: StoredPolicy, models: Sequence[Model], snapshot: int) -> Decision:
        """See `Decider`. Callers who had not said what they prefer get this policy's preference."""
        rules = self._rules_for(past, header_of(past, old))
        intent = with_preference(past, old, self._stored)
        return self._decided(past, intent, self._ordering(rules, self._strategy(past, rules)), models, snapshot)

    def _decided(self, past: Past, intent: Intent, rules: Rules, models: Sequence[Model], snapshot: int) -> Decision:
        unit = past.id.encode(errors="replace")
        decision = self._router.decide(intent, models, past.recorded.moment, snapshot, rules, unit)
        return led_by(decision, past.chosen, past.held) if past.led else decision

    def _rules_for(self, past: Past, header: str) -> Rules:
        try:
            return self._policy.rules_for(past.asked, header, past.recorded.intent)
        except BadRequest:  # the header means something to the old policy only
            return self._policy.rules_for(past.asked, "", past.recorded.intent)

    def _strategy(self, past: Past, rules: Rules) -> str:
        """The one of the rules: nothing else names strategies. Of the same split the same arm, where it still is one.

        Records do not hold the conversation or the caller by which the arm was chosen.
        """
        split = past.strategy.rpartition(":")[0]
        stays = split and split == rules.strategy and self._router.strategies.find(past.strategy, b"") is not None
        return past.strategy if stays else rules.strategy

    def _ordering(self, rules: Rules, strategy: str) -> Rules:
        """The rules with this strategy: the same object for the same ones, so that it may be remembered by."""
        key = (rules.names, strategy)
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = msgspec.structs.replace(rules, strategy=strategy, bonuses={})
        return found


def header_of(past: Past, old: StoredPolicy) -> str:
    """A value of the policy header under which all rules of a record apply, in lower case; empty without a condition.

    Records do not hold the header itself.
    """
    entries = {entry["name"]: entry for entry in old.rules}
    conditions: list[Mapping[str, object]] = [entries[name].get("when") or {} for name in past.rules if name in entries]
    wanted = [values for condition in conditions if (values := _listed(condition.get("header")))]
    return next((value for value in wanted[0] if all(value in values for values in wanted)), "") if wanted else ""


def _listed(value: object) -> Sequence[str]:
    return [str(one).lower() for one in value] if isinstance(value, list | tuple) else []


def with_preference(past: Past, old: StoredPolicy, new: StoredPolicy) -> Intent:
    """The recorded intent as a new policy would have had it; what its rules prefer is for the router to put in.

    A preference that is neither the old default nor that of an old rule was the caller's own, and stays.
    """
    intent = past.recorded.intent
    ruled = [entry.get("preference") for entry in old.rules if entry["name"] in past.rules]
    usual = intent.preference == old.preference or intent.preference in ruled
    return msgspec.structs.replace(intent, preference=new.preference) if usual else intent


def rule_entries(rules: Sequence[Rule]) -> list[dict[str, object]]:
    """Rules as plain data, for a `StoredPolicy`."""
    return [rule.entry.model_dump(mode="json") for rule in rules]
