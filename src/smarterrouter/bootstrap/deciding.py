"""How requests are decided: everything it depends on as it is stored, and what decides by it, now or once again."""

from collections.abc import Callable
from functools import cache
from hashlib import blake2b
from importlib.resources import files

from smarterrouter import __version__
from smarterrouter.bootstrap.strategies import wanted_of
from smarterrouter.domain.intent import Intent
from smarterrouter.gateway.choosing import Choosing
from smarterrouter.gateway.explaining import Ways
from smarterrouter.gateway.policies import Policies
from smarterrouter.gateway.sensing import Evidence, Sensing
from smarterrouter.routing import glimpse, learned
from smarterrouter.routing.analysis import read, read_text
from smarterrouter.routing.deciders import UnderPolicy, rule_entries
from smarterrouter.routing.hearing import shipped_ear
from smarterrouter.routing.learned import steps
from smarterrouter.routing.policy import Policy
from smarterrouter.routing.premises import StoredPolicy
from smarterrouter.routing.quality import Quality
from smarterrouter.routing.replay import Decider
from smarterrouter.routing.router import Router
from smarterrouter.routing.strategies.dispatcher import Dispatcher
from smarterrouter.routing.strategies.registry import Strategies
from smarterrouter.routing.strategies.scored import Scored
from smarterrouter.routing.weights import EXPLORATION, RoutingWeights, weights_for
from smarterrouter.settings.groups import Settings
from smarterrouter.settings.strategies import StrategyEntry
from smarterrouter.wire.calls import ChatCall


def weights_of(settings: Settings) -> RoutingWeights:
    """What quality, money and waiting are worth under these settings."""
    wanted = settings.routing
    return weights_for(
        prefer_smaller=wanted.prefer_smaller_models,
        prefer_newer=wanted.prefer_newer_models,
        exploration=EXPLORATION if settings.feedback.feedback_enabled else 0.0,
    )


def stored_policy(settings: Settings, rules: Policy) -> StoredPolicy:
    """What these settings and rules come to, all that a decision depends on."""
    wanted = settings.routing
    entries = settings.file.routing.strategies
    return StoredPolicy(
        weights=weights_of(settings),
        preference=steps.share(wanted.quality_preference),
        strategy=Dispatcher.name if wanted.model.strip() else "scored",
        strategies={name: entry.model_dump(mode="json", exclude_unset=True) for name, entry in entries.items()},
        artefact=_artefact_hash(),
        program=__version__,
        rules=rule_entries(rules.rules),
        rules_hash=rules.hash,
    )


def in_force(settings: Settings, policies: Policies) -> Callable[[], StoredPolicy]:
    """What gives the policy that counts now, worked out anew only after a reload."""
    known: list[tuple[Policy, StoredPolicy]] = []

    def now() -> StoredPolicy:
        if not known or known[0][0] is not policies.current:
            known[:] = [(policies.current, stored_policy(settings, policies.current))]
        return known[0][1]

    return now


def router_of(policy: StoredPolicy) -> Router:
    """The router that decides under this policy. Raise `ValueError` for strategies that cannot be."""
    entries = {name: StrategyEntry.model_validate(entry) for name, entry in policy.strategies.items()}
    scored = Scored(policy.weights, Quality(shipped_ear().slope))
    return Router(Strategies(scored, wanted_of(entries), policy.strategy))


def decider_of(policy: StoredPolicy) -> Decider:
    """Decides recorded requests again under this policy."""
    return UnderPolicy(policy, router_of(policy))


def ways_of(settings: Settings, choosing: Choosing, sensing: Sensing | None) -> Ways:
    """How requests are read and decided, for those who explain it."""
    preference, margin = steps.share(settings.routing.quality_preference), settings.routing.context_safety_margin

    async def sensed(seen: glimpse.Glimpse) -> Evidence | None:
        return None if sensing is None else await sensing.sense(seen.focus)

    async def of_text(text: str) -> Intent:
        return read_text(text, preference, margin, sensed=await sensed(glimpse.of_text(text)))

    async def of_call(call: ChatCall) -> Intent:
        return read(call, preference, margin, sensed=await sensed(glimpse.of_messages(call.request.messages)))

    return Ways(of_text, of_call, choosing.decide)


@cache
def _artefact_hash() -> str:
    """Of the learned numbers that come with the package."""
    data = files(learned).joinpath("router.npz").read_bytes()
    return blake2b(data, digest_size=6).hexdigest()
