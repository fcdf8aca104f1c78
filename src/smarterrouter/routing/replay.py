"""Recorded decisions taken again: is the outcome the same, and what would another policy have done?

Nothing here asks, reads or writes: records, models and deciders come in, sums go out.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec
from msgspec import Struct

from smarterrouter.domain.decisions import Candidate, Decision
from smarterrouter.domain.models import Model
from smarterrouter.errors import GatewayError
from smarterrouter.routing.premises import StoredPolicy
from smarterrouter.routing.recorded import Outcome, Recorded
from smarterrouter.routing.strategies.registry import plain

EXAMPLES = 10


class Past(Struct, frozen=True):
    """One decision of the past, read back."""

    id: str
    """The request id."""
    at: float
    """Unix seconds."""
    asked: str
    """What the caller named; empty or the router's name mostly."""
    chosen: str
    """Key of the first candidate."""
    recorded: Recorded
    strategy: str = ""
    """The one that decided; an arm of a split by its own name."""
    held: str = ""
    """Why a conversation's model went first."""
    rules: tuple[str, ...] = ()
    """Names of the operator's rules that applied."""

    @property
    def led(self) -> bool:
        """Did something else than the ranking put the first candidate there: a conversation, or a model's word?"""
        return bool(self.held) or plain(self.strategy) == "dispatcher"


class Decider(Protocol):
    """Decides under one policy by the gateway's own code. What led then leads again, see `led_by`.

    `snapshot` is a number that stands for these `models` and no others. Both raise `GatewayError` when nobody can
    serve.
    """

    def as_it_was(self, past: Past, models: Sequence[Model], snapshot: int) -> Decision:
        """The decision taken again: with the strategy and the rules that its record names."""
        ...

    def anew(self, past: Past, old: StoredPolicy, models: Sequence[Model], snapshot: int) -> Decision:
        """What this policy would have decided for a request that was decided under `old`."""
        ...


DeciderOf = Callable[[StoredPolicy], Decider]


class Compared(Struct, frozen=True):
    """One recorded decision beside the same taken again."""

    same_choice: bool
    same_order: bool
    same_totals: bool
    """Of the first candidates, to the last bit."""

    @property
    def identical(self) -> bool:
        """Nothing differs."""
        return self.same_choice and self.same_order and self.same_totals

    @property
    def difference(self) -> str:
        """What differs first, in a word or two; empty when nothing does."""
        if self.identical:
            return ""
        return "choice" if not self.same_choice else "order" if not self.same_order else "totals"


def led_by(decision: Decision, key: str, held: str = "") -> Decision:
    """The decision with the candidate `key` first, the others in their order. Unchanged where it cannot serve."""
    leading = [candidate for candidate in decision.candidates if candidate.model.key == key]
    if not leading:
        return decision
    others = [candidate for candidate in decision.candidates if candidate.model.key != key]
    return msgspec.structs.replace(decision, candidates=(*leading, *others), held=held)


def compare(past: Past, decision: Decision) -> Compared:
    """What was recorded beside what comes out now."""
    was, now = past.recorded.outcome, Outcome.of(decision.candidates)
    return Compared(
        same_choice=past.chosen == now.first[0],
        same_order=(was.first, was.count) == (now.first, now.count),
        same_totals=was.totals == now.totals,
    )


class Example(Struct, frozen=True):
    """One request that would go elsewhere. No text."""

    id: str
    at: float
    category: str
    difficulty: str
    before: str
    after: str
    quality: float
    """Expected quality after, less that before; so for the next two."""
    dollars: float
    seconds: float


class Sums:
    """What some requests come to under one policy."""

    def __init__(self) -> None:
        self.requests = 0
        self.quality = 0.0
        self.dollars = 0.0
        self.seconds = 0.0
        self.chosen: Counter[str] = Counter()

    def add(self, first: Candidate) -> None:
        """Count one decision by its first candidate."""
        self.requests += 1
        self.quality += first.quality
        self.dollars += first.dollars
        self.seconds += first.seconds
        self.chosen[first.model.key] += 1

    def report(self) -> dict[str, object]:
        """Means of quality and waiting, the sum of dollars, and each model's share."""
        count = max(self.requests, 1)
        return {
            "requests": self.requests,
            "quality": round(self.quality / count, 6),
            "dollars": round(self.dollars, 6),
            "seconds": round(self.seconds / count, 4),
            "shares": {key: round(number / count, 6) for key, number in self.chosen.most_common()},
        }


class Tally:
    """Counts what replaying finds."""

    def __init__(self) -> None:
        self.replayed = 0
        self.identical = 0
        self.changed = 0
        """Requests that the new policy sends elsewhere."""
        self.refused = 0
        """Requests that nobody may serve under the new policy."""
        self.differing: list[tuple[str, str]] = []
        """Request id and what differs, the first ones."""
        self.missing: Counter[str] = Counter()
        """Why decisions could not be taken again, and how many: what they were taken on is not there."""
        self.old = Sums()
        self.new = Sums()
        self.examples: list[Example] = []

    def confirm(self, past: Past, decision: Decision) -> None:
        """One decision was taken again under its own policy."""
        self.replayed += 1
        found = compare(past, decision)
        self.identical += found.identical
        if not found.identical and len(self.differing) < EXAMPLES:
            self.differing.append((past.id, found.difference))

    def lost(self, past: Past, why: str) -> None:
        """One decision cannot be taken again although all that it was taken on is there."""
        self.replayed += 1
        if len(self.differing) < EXAMPLES:
            self.differing.append((past.id, why))

    def weigh(self, past: Past, before: Decision, after: Decision | None) -> None:
        """What becomes of one request under the new policy; None where nobody may serve it."""
        if after is None:
            self.refused += 1
            return
        first, other = before.candidates[0], after.candidates[0]
        self.old.add(first)
        self.new.add(other)
        if first.model.key != other.model.key:
            self.changed += 1
            if len(self.examples) < EXAMPLES:
                self.examples.append(_example(past, first, other))

    def report(self, *, compared: bool) -> dict[str, object]:
        """Everything as plain data; sums only where there was a new policy."""
        found: dict[str, object] = {
            "replayed": self.replayed,
            "identical": self.identical,
            "differing": [{"id": identity, "differs": what} for identity, what in self.differing],
            "missing": dict(self.missing),
        }
        if compared:
            found |= {
                "changed": self.changed,
                "refused": self.refused,
                "old": self.old.report(),
                "new": self.new.report(),
                "examples": [msgspec.structs.asdict(example) for example in self.examples],
            }
        return found


def _example(past: Past, before: Candidate, after: Candidate) -> Example:
    intent = past.recorded.intent
    return Example(
        id=past.id,
        at=past.at,
        category=str(intent.category),
        difficulty=str(intent.difficulty),
        before=before.model.key,
        after=after.model.key,
        quality=round(after.quality - before.quality, 6),
        dollars=round(after.dollars - before.dollars, 8),
        seconds=round(after.seconds - before.seconds, 4),
    )


class Replay:
    """Takes recorded decisions again, under their own policy and, where there is one, under a new one."""

    def __init__(self, decider_of: DeciderOf, new: StoredPolicy | None = None) -> None:
        self.tally = Tally()
        self._decider_of = decider_of
        self._deciders: dict[str, Decider] = {}
        self._new = None if new is None else self._decider(new)

    def run(self, past: Past, policy: StoredPolicy, models: Sequence[Model], snapshot: int) -> None:
        """Take one decision again. `snapshot` is a number for `models`: the same for the same ones."""
        try:
            before = self._decider(policy).as_it_was(past, models, snapshot)
        except GatewayError as error:
            self.tally.lost(past, f"nobody can serve it ({error.code})")
            return
        except (ValueError, KeyError):
            self.tally.lost(past, "its policy was written by a version that knew other rules")
            return
        self.tally.confirm(past, before)
        if self._new is not None:
            self.tally.weigh(past, before, self._after(self._new, past, policy, (models, snapshot)))

    def _after(
        self, new: Decider, past: Past, old: StoredPolicy, known: tuple[Sequence[Model], int]
    ) -> Decision | None:
        try:
            return new.anew(past, old, *known)
        except GatewayError:
            return None

    def _decider(self, policy: StoredPolicy) -> Decider:
        found = self._deciders.get(policy.stamp)
        if found is None:
            found = self._deciders[policy.stamp] = self._decider_of(policy)
        return found
