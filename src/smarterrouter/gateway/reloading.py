"""`Reloading`: new rules from the file, tried before they count."""

import logging
from collections.abc import Callable, Collection, Sequence

from msgspec import Struct

from smarterrouter.catalog.snapshot import Snapshot
from smarterrouter.domain.decisions import Decision
from smarterrouter.domain.intent import Intent
from smarterrouter.errors import BadRequest, GatewayError
from smarterrouter.gateway.policies import Policies
from smarterrouter.routing import analysis
from smarterrouter.routing.expectations import Outcome, Trial, tried
from smarterrouter.routing.policy import Policy, unknown_strategies
from smarterrouter.routing.remarks import remarks
from smarterrouter.routing.rules import Rules
from smarterrouter.settings.file import RulesRead
from smarterrouter.settings.rules import TestEntry

log = logging.getLogger(__name__)


class RulesWrong(BadRequest):
    """The rules in the file have mistakes."""

    code = "invalid_routing_rules"


class TestsFailed(GatewayError):
    """The rules in the file break a policy test."""

    __test__ = False  # it is no test of pytest's
    status = 409
    code = "policy_tests_failed"
    kind = "invalid_request_error"


class Deciding(Struct, frozen=True):
    """How rules are tried: the product's own way to decide, without anything that is true just now only."""

    decide: Callable[[Intent, Rules], Decision]
    snapshot: Callable[[], Snapshot]
    strategies: Collection[str]
    preference: float
    """ROUTER_QUALITY_PREFERENCE."""
    margin: float
    """ROUTER_CONTEXT_SAFETY_MARGIN."""


class Reloading:
    """Reads the rules again, tries them, and swaps the policy; or leaves everything as it is and says why.

    Nothing here waits: the file is small, a test takes as long as a decision, and nobody can come in between.
    """

    def __init__(self, policies: Policies, reread: Callable[[], RulesRead], deciding: Deciding) -> None:
        """`reread` gives what the file says now."""
        self.policies = policies
        self._reread = reread
        self._deciding = deciding

    def reload(self) -> tuple[Trial, ...]:
        """Put the file's rules in force. Raise `RulesWrong` or `TestsFailed` with every problem, changing nothing."""
        found = self._reread()
        wrong = [*found.problems, *unknown_strategies(found.rules, self._deciding.strategies)]
        if wrong:
            raise RulesWrong(_refused(wrong))
        policy = Policy.of(found.rules)
        trials = self.tried(policy)
        failed = [str(trial) for trial in trials if trial.outcome is Outcome.FAILED]
        if failed:
            raise TestsFailed(_refused(failed))
        self.policies.current = policy
        log.info("%d routing rules are in force (%s)", len(policy.rules), policy.hash or "none")
        return trials

    def hung_up(self) -> None:
        """`reload` for a signal: nobody waits for an answer, so the log gets it."""
        try:
            self.reload()
        except GatewayError as error:
            log.error("%s", error.message)  # noqa: TRY400  # the operator's mistake, not ours: no trace

    def tried(self, policy: Policy) -> tuple[Trial, ...]:
        """How the tests of `policy` end under it, with the models that answer now."""

        def decide(test: TestEntry) -> Decision:
            intent = analysis.read_text(test.prompt, self._deciding.preference, self._deciding.margin)
            return self._deciding.decide(intent, policy.rules_for(test.alias, test.header, intent))

        return tried(policy.tests, decide, self._deciding.snapshot().models)

    def remarks(self) -> list[str]:
        """What is odd about the rules in force."""
        snapshot = self._deciding.snapshot()
        routed = [name for name, found in snapshot.resolutions.items() if found.routed]
        return remarks(self.policies.current, snapshot.models, routed)


def _refused(problems: Sequence[str]) -> str:
    return "\n".join(["The routing rules in the file are refused, and those in force stay:", *problems])
