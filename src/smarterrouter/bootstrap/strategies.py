"""How models are chosen: the strategies, and what some of them need beside an order of the models."""

from collections.abc import Mapping

from smarterrouter.backends.pool import Backends
from smarterrouter.catalog.catalog import Catalog
from smarterrouter.domain.models import Model
from smarterrouter.errors import BackendUnreachable, ModelGone
from smarterrouter.gateway.chat import Extras
from smarterrouter.gateway.dispatching import Complete, DispatcherRules, Dispatching
from smarterrouter.gateway.escalation import Escalation
from smarterrouter.gateway.sensing import Sensing
from smarterrouter.observability.metrics import Metrics
from smarterrouter.routing.strategies.base import Strategy
from smarterrouter.routing.strategies.dispatcher import Dispatcher
from smarterrouter.routing.strategies.registry import Strategies, Wanted
from smarterrouter.settings.groups import Settings
from smarterrouter.settings.problems import SettingsError
from smarterrouter.settings.strategies import StrategyEntry, splits
from smarterrouter.transport.breaker import Breaker, Rules
from smarterrouter.wire.calls import ChatCall, Reply

_NAME = "dispatcher"
_PATIENCE = Rules(failure_threshold=3, reset_timeout=30.0, half_open_max_attempts=1, sliding_window_size=10)
"""A small model that fails costs every request its whole wait, so it is left alone sooner than a backend."""


def strategies_of(settings: Settings, scored: Strategy) -> Strategies:
    """Every strategy of this gateway; with ROUTER_MODEL set, `dispatcher` is the default. Raise `SettingsError`."""
    wanted = wanted_of(settings.file.routing.strategies)
    try:
        return Strategies(scored, wanted, Dispatcher.name if settings.routing.model.strip() else "scored")
    except ValueError as error:
        raise SettingsError([f"routing.strategies: {error}"]) from None


def wanted_of(entries: Mapping[str, StrategyEntry]) -> Wanted:
    """What the entries ask for, by their kinds."""
    return Wanted(
        fixed={name: entry.model for name, entry in entries.items() if entry.kind == "fixed"},
        cascades=tuple(_budgets(entries)),
        splits=splits(entries),
    )


def extras_of(
    settings: Settings, catalog: Catalog, backends: Backends, metrics: Metrics, sensing: Sensing | None = None
) -> Extras:
    """The small model that chooses, the checks of cascades, and the embedding model for categories if there is one."""
    chosen = settings.routing
    name = chosen.model.strip()
    rules = DispatcherRules(name, chosen.temperature, chosen.max_tokens, chosen.dispatcher_timeout)
    complete = _complete(name, catalog, backends)
    return Extras(
        dispatching=Dispatching(complete, Breaker(_NAME, _PATIENCE), metrics, rules),
        escalation=Escalation(_budgets(settings.file.routing.strategies) if chosen.cascading_enabled else None),
        sensing=sensing,
    )


def _budgets(entries: Mapping[str, StrategyEntry]) -> dict[str, float]:
    return {name: entry.budget_seconds for name, entry in entries.items() if entry.kind == "cascade"}


def _complete(name: str, catalog: Catalog, backends: Backends) -> Complete:
    """Asks the small model wherever it is served now."""

    async def complete(call: ChatCall) -> Reply:
        model = _small(name, catalog)
        backend = backends.current.get(model.backend)
        if backend is None:
            raise BackendUnreachable(f"The backend {model.backend} is no longer configured.")
        return await backend.chat(call, model)

    return complete


def _small(name: str, catalog: Catalog) -> Model:
    found = catalog.current.find(name) if name else None
    if found is None or not found.models:
        raise ModelGone(f"ROUTER_MODEL names {name!r}, which no backend serves." if name else "ROUTER_MODEL is empty.")
    return found.models[0]
