"""`Router.decide`: eligible, ranked, explained. No I/O, no clock; what it remembers belongs to one snapshot."""

from bisect import bisect_left
from collections.abc import Sequence

import msgspec

from smarterrouter.domain.decisions import Decision, Moment
from smarterrouter.domain.intent import Intent, Needs
from smarterrouter.domain.models import Model
from smarterrouter.routing.eligibility import Pool, breakpoints
from smarterrouter.routing.rules import NO_RULES, Rules, ordered_under, pool_under
from smarterrouter.routing.strategies.base import Strategy
from smarterrouter.routing.strategies.registry import Strategies

_POOLS_AT_MOST = 256

PoolKind = tuple[bool, bool, bool, int, int]


class Router:
    """The one class that decides which model answers."""

    def __init__(self, strategies: Strategies) -> None:
        self.strategies = strategies
        self._models: Sequence[Model] = ()
        self._snapshot = -1
        self._breakpoints: list[int] = []
        self._pools: dict[tuple[PoolKind, Rules], Pool] = {}

    def decide(
        self,
        intent: Intent,
        models: Sequence[Model],
        moment: Moment,
        snapshot: int,
        rules: Rules = NO_RULES,
        unit: bytes = b"",
    ) -> Decision:
        """All models that can serve, best first.

        `models` is not changed while its snapshot number is the same: pass the snapshot's own tuple, not a fresh
        copy, and what was found out about it is remembered. `unit` is whom an experiment assigns to one of its arms.
        Raise `NoModels`, `NoEligibleModel` or `ContextTooLong`.
        """
        if rules.preference is not None:
            intent = msgspec.structs.replace(intent, preference=rules.preference)
        pool = self._pool(intent, models, snapshot, rules)
        strategy = self._strategy(rules, unit)
        ranked = strategy.rank(intent, pool.models, moment, snapshot)
        candidates, slow = ordered_under(rules, ranked)
        return Decision(
            candidates=candidates,
            intent=intent,
            strategy=strategy.name,
            snapshot=snapshot,
            excluded={**pool.excluded, **slow} if slow else pool.excluded,
            relaxed=pool.relaxed,
            rules=rules.names,
        )

    def _strategy(self, rules: Rules, unit: bytes) -> Strategy:
        """Names were checked when the rules were read; one that is gone all the same means the usual one."""
        found = self.strategies.find(rules.strategy, unit) or self.strategies.find("", unit)
        assert found is not None  # noqa: S101 - the default exists, or there would be no `Strategies`
        return found

    def _pool(self, intent: Intent, models: Sequence[Model], snapshot: int, rules: Rules) -> Pool:
        if models is not self._models or snapshot != self._snapshot or len(self._pools) >= _POOLS_AT_MOST:
            self._models, self._snapshot = models, snapshot
            self._breakpoints = breakpoints(models)
            self._pools = {}
        kind = (self._kind(intent.needs), rules)
        pool = self._pools.get(kind)
        if pool is None:
            pool = self._pools[kind] = pool_under(rules, intent, models)
        return pool

    def _kind(self, needs: Needs) -> PoolKind:
        """Requests of one kind have the same pool: token counts matter only by which contexts they fit."""
        prompt = bisect_left(self._breakpoints, needs.prompt_tokens + 1)
        whole = bisect_left(self._breakpoints, needs.prompt_tokens + needs.answer_tokens) if needs.answer_tokens else 0
        return needs.vision, needs.tools, needs.json, prompt, whole
