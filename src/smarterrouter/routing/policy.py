"""`Policy`: the operator's rules, compiled. Immutable; a reload makes a new one."""

import re
from collections.abc import Callable, Collection, Sequence
from fnmatch import translate
from hashlib import blake2b

import msgspec
from msgspec import Struct

from smarterrouter.domain.intent import Category, Difficulty, Intent
from smarterrouter.errors import BadRequest
from smarterrouter.routing.patterns import NO_PATTERNS, Patterns
from smarterrouter.routing.rules import NO_RULES, Limit, Rules
from smarterrouter.settings.problems import did_you_mean
from smarterrouter.settings.rules import RuleEntry, RulesEntry, TestEntry, WhenEntry

AUTO = "auto"
"""How a rule spells a request that names no model."""
_REMEMBERED = 1024
"""Kinds of requests whose rules are remembered. Names and headers that reach this are known ones, so few exist."""

Kind = tuple[str, str, Category | None, Difficulty | None]


class When(Struct, frozen=True):
    """The conditions of one rule, compiled; empty ones always hold."""

    aliases: tuple[re.Pattern[str], ...] = ()
    headers: frozenset[str] = frozenset()
    categories: frozenset[Category] = frozenset()
    difficulties: frozenset[Difficulty] = frozenset()

    @classmethod
    def of(cls, entry: WhenEntry) -> "When":
        """From the entry as the file has it."""
        return cls(
            aliases=tuple(re.compile(translate(glob), re.IGNORECASE) for glob in entry.alias or ()),
            headers=frozenset(word.lower() for word in entry.header or ()),
            categories=frozenset(entry.category or ()),
            difficulties=frozenset(entry.difficulty or ()),
        )

    def holds(self, alias: str, header: str, category: Category | None, difficulty: Difficulty | None) -> bool:
        """Do all conditions hold?"""
        return (
            (not self.headers or header in self.headers)
            and (not self.categories or category in self.categories)
            and (not self.difficulties or difficulty in self.difficulties)
            and (not self.aliases or any(pattern.match(alias) for pattern in self.aliases))
        )


class Rule(Struct, frozen=True):
    """One rule, compiled."""

    entry: RuleEntry
    when: When
    limit: Limit | None
    """What it says of models, whatever the prompt is; None when it says nothing of that kind."""
    prefer: Patterns

    @classmethod
    def of(cls, entry: RuleEntry) -> "Rule":
        """From the entry as the file has it."""
        allow = Patterns.of(entry.allow) if entry.allow is not None else None
        limit = Limit(entry.name, allow, Patterns.of(entry.deny or ()), entry.max_price)
        limits = allow is not None or entry.deny is not None or entry.max_price is not None
        prefer = Patterns.of(entry.prefer) if entry.prefer else NO_PATTERNS
        return cls(entry, When.of(entry.when), limit if limits else None, prefer)


class Policy:
    """All rules of the operator, in their order, and the tests of them."""

    __slots__ = ("_headers", "_known", "_merged", "hash", "rules", "tests")

    def __init__(self, rules: Sequence[RuleEntry] = (), tests: Sequence[TestEntry] = ()) -> None:
        self.rules = tuple(Rule.of(entry) for entry in rules)
        self.tests = tuple(tests)
        self.hash = _hash(rules) if rules else ""
        """A short hash of the rules, for records; empty when there are none."""
        self._headers = frozenset(word for rule in self.rules for word in rule.when.headers)
        self._known: dict[Kind, Rules] = {}
        self._merged: dict[tuple[int, ...], Rules] = {}

    @classmethod
    def of(cls, entry: RulesEntry) -> "Policy":
        """From what the file says under `routing:`."""
        return cls(entry.rules, entry.tests)

    def rules_for(self, alias: str, header: str, intent: Intent | None) -> Rules:
        """The rules that apply to a request, merged; the same object for the same rules.

        `alias` is the name that was asked for, `header` the value of `x-smarterrouter-policy`; both may be empty. None
        for `intent` where nothing is read, as for embeddings: rules about categories and difficulties do not apply.
        Raise `BadRequest` when no rule knows the header's value: whoever sends it relies on it.
        """
        if header:
            header = self._known_header(header)
        if not self.rules:
            return NO_RULES
        read = (None, None) if intent is None else (intent.category, intent.difficulty)
        kind = (alias or AUTO, header, *read)
        found = self._known.get(kind)
        if found is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
                self._merged.clear()
            found = self._known[kind] = self._applying(kind)
        return found

    def _known_header(self, header: str) -> str:
        word = header.strip().lower()
        if word in self._headers:
            return word
        known = ", ".join(sorted(self._headers))
        hint = did_you_mean(word[:64], self._headers) or (f" There are: {known}." if known else " There are none.")
        raise BadRequest(f"No rule here knows the policy `{header[:64]}` of the header x-smarterrouter-policy.{hint}")

    def _applying(self, kind: Kind) -> Rules:
        places = tuple(place for place, rule in enumerate(self.rules) if rule.when.holds(*kind))
        found = self._merged.get(places)
        if found is None:
            found = self._merged[places] = merged([self.rules[place] for place in places])
        return found


NO_POLICY = Policy()
"""Without a rule."""


def merged(rules: Sequence[Rule]) -> Rules:
    """Limits of all rules hold together; of the other effects the last rule that has one decides."""
    if not rules:
        return NO_RULES
    hurried = min((rule for rule in rules if rule.entry.max_seconds is not None), key=_seconds, default=None)
    preferring = _last(rules, lambda rule: rule.entry.prefer)
    ordering = _last(rules, lambda rule: rule.entry.strategy)
    weighing = _last(rules, lambda rule: rule.entry.preference)
    return Rules(
        names=tuple(rule.entry.name for rule in rules),
        limits=tuple(rule.limit for rule in rules if rule.limit is not None),
        prefer=preferring.prefer if preferring is not None else NO_PATTERNS,
        margin=preferring.entry.margin if preferring is not None else 0.0,
        max_seconds=hurried.entry.max_seconds if hurried is not None else None,
        hurried_by=hurried.entry.name if hurried is not None else "",
        strategy=(ordering.entry.strategy or "") if ordering is not None else "",
        preference=weighing.entry.preference if weighing is not None else None,
    )


def _last(rules: Sequence[Rule], effect: Callable[[Rule], object]) -> Rule | None:
    return next((rule for rule in reversed(rules) if effect(rule) is not None), None)


def _seconds(rule: Rule) -> float:
    return rule.entry.max_seconds or 0.0


def _hash(rules: Sequence[RuleEntry]) -> str:
    """Of what the rules say, not of how the file is written; tests and comments change nothing."""
    said = [entry.model_dump(mode="json") for entry in rules]
    return blake2b(msgspec.json.encode(said), digest_size=6).hexdigest()


def unknown_strategies(entry: RulesEntry, known: Collection[str]) -> list[str]:
    """A sentence for each rule that names a strategy that there is not."""
    return [
        f"routing.rules[{place}].strategy: there is no strategy {rule.strategy[:40]!r}."
        + (did_you_mean(rule.strategy, known) or f" There are {', '.join(known)}.")
        for place, rule in enumerate(entry.rules)
        if rule.strategy is not None and rule.strategy not in known
    ]
