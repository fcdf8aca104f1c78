"""`Router.decide`: eligible, ranked, explained. No I/O, no clock; what it remembers belongs to one snapshot."""

from bisect import bisect_left
from collections.abc import Sequence

from smarterrouter.domain.decisions import Candidate, Decision, Moment
from smarterrouter.domain.intent import Category, Difficulty, Intent, Needs
from smarterrouter.domain.models import Model
from smarterrouter.routing.eligibility import Pool, breakpoints, eligible
from smarterrouter.routing.explain import sentence
from smarterrouter.routing.strategies.base import Strategy

_POOLS_AT_MOST = 256
_REASONS_AT_MOST = 2048

PoolKind = tuple[bool, bool, bool, int, int]


class Router:
    """The one class that decides which model answers."""

    def __init__(self, strategy: Strategy, policy: str) -> None:
        """`policy` is a short hash of the routing settings in force; records carry it."""
        self.strategy = strategy
        self.policy = policy
        self._models: Sequence[Model] = ()
        self._snapshot = -1
        self._breakpoints: list[int] = []
        self._pools: dict[PoolKind, Pool] = {}
        self._moment: Moment | None = None
        self._reasons: dict[tuple[int, Category, Difficulty], tuple[tuple[Candidate, ...], str]] = {}

    def decide(self, intent: Intent, models: Sequence[Model], moment: Moment, snapshot: int) -> Decision:
        """All models that can serve, best first.

        `models` is not changed while its snapshot number is the same: pass the snapshot's own tuple, not a fresh
        copy, and what was found out about it is remembered. Raise `NoModels`, `NoEligibleModel` or `ContextTooLong`.
        """
        pool = self._pool(intent, models, snapshot)
        if moment is not self._moment or len(self._reasons) >= _REASONS_AT_MOST:
            self._reasons.clear()  # each keeps an order of candidates alive, and orders change with every moment
            self._moment = moment
        candidates = self.strategy.rank(intent, pool.models, moment, snapshot)
        return Decision(
            candidates=candidates,
            intent=intent,
            strategy=self.strategy.name,
            snapshot=snapshot,
            excluded=pool.excluded,
            reason=self._reason(intent, candidates),
            relaxed=pool.relaxed,
        )

    def _reason(self, intent: Intent, candidates: tuple[Candidate, ...]) -> str:
        """The sentence for this order; a strategy that gives the same order again gets the same sentence."""
        key = (id(candidates), intent.category, intent.difficulty)
        known = self._reasons.get(key)
        if known is None or known[0] is not candidates:
            known = self._reasons[key] = (candidates, sentence(intent, candidates))
        return known[1]

    def _pool(self, intent: Intent, models: Sequence[Model], snapshot: int) -> Pool:
        if models is not self._models or snapshot != self._snapshot or len(self._pools) >= _POOLS_AT_MOST:
            self._models, self._snapshot = models, snapshot
            self._breakpoints = breakpoints(models)
            self._pools = {}
        kind = self._kind(intent.needs)
        pool = self._pools.get(kind)
        if pool is None:
            pool = self._pools[kind] = eligible(intent, models)
        return pool

    def _kind(self, needs: Needs) -> PoolKind:
        """Requests of one kind have the same pool: token counts matter only by which contexts they fit."""
        prompt = bisect_left(self._breakpoints, needs.prompt_tokens + 1)
        whole = bisect_left(self._breakpoints, needs.prompt_tokens + needs.answer_tokens) if needs.answer_tokens else 0
        return needs.vision, needs.tools, needs.json, prompt, whole
