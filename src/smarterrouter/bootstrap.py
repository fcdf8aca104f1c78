"""`build(settings)`: the one place where objects meet."""

import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack

from smarterrouter import __version__
from smarterrouter.access.admin_key import AdminKey
from smarterrouter.api.services import Services
from smarterrouter.backends import configured, discovery, registry
from smarterrouter.backends.base import Backend
from smarterrouter.backends.local import Local
from smarterrouter.backends.pool import Backends
from smarterrouter.backends.spec import BackendSpec
from smarterrouter.catalog.catalog import Catalog
from smarterrouter.catalog.filters import Filters
from smarterrouter.catalog.snapshot import Naming
from smarterrouter.domain.models import Price
from smarterrouter.gateway.accounting import Accounting
from smarterrouter.gateway.answering import Answering
from smarterrouter.gateway.chat import Chat, ChatRules
from smarterrouter.gateway.checks import Limits
from smarterrouter.gateway.choosing import Choosing
from smarterrouter.gateway.completions import Completions
from smarterrouter.gateway.dispatch import Dispatch
from smarterrouter.gateway.embeddings import Embeddings
from smarterrouter.gateway.fit import Fit
from smarterrouter.gateway.signature import Signature
from smarterrouter.inference.manager import Manager
from smarterrouter.inference.seats import Runtime
from smarterrouter.jobs.expire import ExpireContent
from smarterrouter.jobs.find_models import FindModels, Wanted
from smarterrouter.jobs.refresh_models import Lister, RefreshModels, Rules
from smarterrouter.jobs.registry import all_jobs
from smarterrouter.jobs.return_memory import ReturnMemory
from smarterrouter.jobs.scheduler import Scheduler
from smarterrouter.observability import memory
from smarterrouter.observability.metrics import Metrics
from smarterrouter.routing.analysis import features
from smarterrouter.routing.router import Router
from smarterrouter.routing.strategies.scored import Scored
from smarterrouter.routing.weights import weights_for
from smarterrouter.settings.groups import Settings
from smarterrouter.settings.problems import SettingsError
from smarterrouter.store.database import Database
from smarterrouter.store.engine import Pool
from smarterrouter.store.journal import Journal
from smarterrouter.transport import breaker
from smarterrouter.transport.client import HttpClient
from smarterrouter.transport.guards import Guards
from smarterrouter.transport.retries import RetryPolicy
from smarterrouter.wire.models import RouterCard

log = logging.getLogger(__name__)


class House:
    """Everything that was built, started and stopped in the right order."""

    def __init__(self, services: Services, client: HttpClient, backends: Backends, warnings: Sequence[str]) -> None:
        """`warnings`: sentences about the settings for the start log."""
        self.services = services
        self.client = client
        self.backends = backends
        self.warnings = warnings

    async def start(self) -> None:
        """Begin background work. Serving need not wait for any of it."""
        for sentence in self.warnings:
            log.warning("%s", sentence)
        if self.services.admin_key.open:
            log.warning("ROUTER_ADMIN_API_KEY is `disable`: everybody who can reach this address controls the gateway")
        log.info("%s", outgoing(self.services.settings, self.backends))
        self.services.database.open_soon()
        self.services.journal.start()
        self.services.scheduler.start()

    async def stop(self) -> None:
        """End background work, write what waits, close every connection and worker (rows S6, AC18)."""
        async with AsyncExitStack() as last_to_first:  # one that fails does not keep the others open
            last_to_first.push_async_callback(self.client.close)
            last_to_first.push_async_callback(self.backends.close)
            last_to_first.push_async_callback(self.services.database.close)
            last_to_first.push_async_callback(self.services.journal.close)
            last_to_first.push_async_callback(self.services.scheduler.stop)


def build(settings: Settings, warnings: Sequence[str] = ()) -> House:
    """All objects of one gateway. Raise `SettingsError`, `AdminKeyUnusable` or `StoreUnavailable`."""
    metrics = Metrics(__version__)
    client = HttpClient(verify_tls=settings.backends.verify_tls)
    backends = _backends(settings, client)
    catalog = Catalog(_naming(settings))
    refresh = RefreshModels(_listers(settings, backends), catalog, _rules(settings))
    find = FindModels(_look(settings, client, backends), refresh)
    guards = _guards(settings)
    weights = weights_for(
        prefer_smaller=settings.routing.prefer_smaller_models, prefer_newer=settings.routing.prefer_newer_models
    )
    choosing = Choosing(catalog, Router(Scored(weights), weights.policy()), guards.open_names)
    database = _database(settings)
    journal = Journal(database, features=features)
    answering = Answering(
        _dispatch(settings, backends, guards, metrics), choosing, metrics, settings.server.sse_keepalive_seconds
    )
    fit = Fit(settings.routing.context_safety_margin)
    admin_key = _admin_key(settings)
    services = Services(
        settings=settings,
        admin_key=admin_key,
        card=_card(settings, admin_key),
        catalog=catalog,
        choosing=choosing,
        weights=weights,
        chat=Chat(choosing, answering, fit, _signature(settings), _chat_rules(settings)),
        completions=Completions(choosing, answering, fit, settings.routing.quality_preference),
        embeddings=Embeddings(choosing, answering),
        accounting=Accounting(metrics, journal, weights.policy()),
        metrics=metrics,
        database=database,
        journal=journal,
        scheduler=Scheduler(
            all_jobs(
                find,
                ExpireContent(database, settings.observability.log_content_retention_days),
                ReturnMemory(memory.resident_bytes, memory.give_back),
            ),
            lambda name, ok: metrics.job_ran(name, ok=ok),
        ),
        find=find,
        refresh=refresh,
    )
    _watch(services)
    return House(services, client, backends, warnings)


def outgoing(settings: Settings, backends: Backends) -> str:
    """One line that names everybody whom background work contacts."""
    hosts = [f"{backend.name} at {backend.address}" for backend in backends.current.values()]
    if configured.wants_discovery(settings):
        hosts.append("the usual ports of this machine (" + ", ".join(p.origin for p in discovery.USUAL) + ")")
    offline = " ROUTER_OFFLINE is on." if settings.discovery.offline else ""
    return f"background work contacts: {', '.join(hosts) or 'nobody'}.{offline}"


def _backends(settings: Settings, client: HttpClient) -> Backends:
    made = [_made(spec, client) for spec in configured.specs(settings)]
    if (name := configured.embedded_name(settings)) is not None:
        made.append(_local(settings, client, name, samples=not made))
    spare = None if made else _local(settings, client, configured.EMBEDDED, samples=True)
    return Backends(made, spare, lambda spec: _made(spec, client))


def _made(spec: BackendSpec, client: HttpClient) -> Backend:
    try:
        return registry.make(spec, client)
    except KeyError:
        known = ", ".join(registry.kinds())
        raise SettingsError([f"backend {spec.name}: there is no kind {spec.kind}; known are {known}"]) from None


def _local(settings: Settings, client: HttpClient, name: str, *, samples: bool) -> Local:
    backends = settings.backends
    runtime = Runtime(
        models=backends.local_models_dir,
        samples=backends.local_models_dir.parent / "test-models" if samples else None,
        context=backends.local_context_tokens,
        parallel=backends.local_parallel,
        threads=backends.local_threads,
    )
    return Local(Manager(runtime), client, name=name, timeout=backends.generation_timeout)


def _look(settings: Settings, client: HttpClient, backends: Backends) -> Callable[[], Awaitable[None]] | None:
    if not configured.wants_discovery(settings):
        return None

    async def look() -> None:
        for spec in backends.found(await discovery.look(client)):
            log.info("found %s at %s", spec.kind, spec.url)

    return look


def _listers(settings: Settings, backends: Backends) -> Callable[[], Sequence[Lister]]:
    """The backends, those with globs of their own behind them; the global ones belong to the job."""
    globs = {
        spec.name: Filters.of(spec.include, spec.exclude)
        for spec in configured.specs(settings)
        if spec.include or spec.exclude
    }

    def listers() -> Sequence[Lister]:
        return [Wanted(one, globs[one.name]) if one.name in globs else one for one in backends.current.values()]

    return listers


def _rules(settings: Settings) -> Rules:
    wanted = settings.discovery
    prices = {
        glob: Price(price.input_per_million, price.output_per_million) for glob, price in settings.file.prices.items()
    }
    return Rules(
        filters=Filters.of(wanted.model_filter_include, wanted.model_filter_exclude),
        custom={word: list(patterns) for word, patterns in wanted.modality_custom_patterns.items()},
        prices=prices,
        cleanup=wanted.model_cleanup_enabled,
        every=wanted.model_polling_interval if wanted.model_polling_enabled else 0.0,
    )


def _naming(settings: Settings) -> Naming:
    prefixes = {spec.name: spec.prefix for spec in configured.specs(settings) if spec.prefix}
    return Naming(settings.routing.external_model_name, settings.file.aliases, prefixes)


def _guards(settings: Settings) -> Guards:
    chosen = settings.backends
    if not chosen.backend_circuit_breaker_enabled:
        return Guards(None)
    rules = breaker.Rules(
        failure_threshold=chosen.backend_circuit_breaker_failure_threshold,
        reset_timeout=chosen.backend_circuit_breaker_reset_timeout,
        half_open_max_attempts=chosen.backend_circuit_breaker_half_open_max_attempts,
        sliding_window_size=chosen.backend_circuit_breaker_sliding_window_size,
        quota_reset_timeout=chosen.backend_circuit_breaker_quota_reset_timeout,
    )
    return Guards(lambda name: breaker.Breaker(name, rules))


def _dispatch(settings: Settings, backends: Backends, guards: Guards, metrics: Metrics) -> Dispatch:
    chosen = settings.backends
    retries = RetryPolicy(
        max_retries=chosen.backend_max_retries if chosen.backend_retry_enabled else 0,
        base_delay=chosen.backend_retry_base_delay,
        max_delay=chosen.backend_retry_max_delay,
    )
    return Dispatch(lambda: backends.current, guards.of, retries, metrics, cascading=settings.routing.cascading_enabled)


def _database(settings: Settings) -> Database:
    chosen = settings.database
    pool = Pool(
        size=chosen.database_pool_size,
        max_overflow=chosen.database_max_overflow,
        recycle_seconds=chosen.database_pool_recycle,
        pre_ping=chosen.database_pool_pre_ping,
    )
    return Database(chosen.database_url, settings.home, pool)


def _admin_key(settings: Settings) -> AdminKey:
    key = settings.security.admin_api_key
    return AdminKey.load(key.get_secret_value() if key is not None else None, settings.data_dir)


def _card(settings: Settings, admin_key: AdminKey) -> RouterCard:
    return RouterCard(
        name=settings.routing.external_model_name,
        created=int(time.time()),  # noqa: TID251 - a date, not a duration
        description="Chooses the best of all models for each prompt.",
        admin_auth_required=not admin_key.open,
    )


def _signature(settings: Settings) -> Signature:
    chosen = settings.signature
    return Signature(
        enabled=chosen.signature_enabled,
        template=chosen.signature_format,
        everyone=chosen.signature_clients == "all",
    )


def _chat_rules(settings: Settings) -> ChatRules:
    return ChatRules(
        limits=Limits(settings.server.max_message_content_length, settings.server.max_messages),
        preference=settings.routing.quality_preference,
        margin=settings.routing.context_safety_margin,
        keeps_content=settings.observability.log_content,
    )


def _watch(services: Services) -> None:
    """Numbers that live with their owners, read when Prometheus asks."""
    watch, journal = services.metrics.watch, services.journal
    watch("journal_queue_length", lambda: journal.waiting)
    watch("journal_written_total", lambda: journal.written)
    watch("journal_dropped_total", lambda: journal.dropped)
    watch("models_known", lambda: len(services.catalog.current.models))
    watch("backend_up", lambda: {status.name: float(bool(status.ok)) for status in services.refresh.observed()})
