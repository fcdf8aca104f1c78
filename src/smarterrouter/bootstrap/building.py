"""`build(settings)`: the one place where objects meet."""

import logging
import time
from collections.abc import Sequence

from smarterrouter import __version__
from smarterrouter.access.admin_key import AdminKey
from smarterrouter.access.voters import Voters
from smarterrouter.api.services import Services
from smarterrouter.backends.pool import Backends
from smarterrouter.benchmarks import shipped
from smarterrouter.benchmarks.registry import provider_db_of
from smarterrouter.bootstrap.deciding import decider_of, in_force, stored_policy, ways_of, weights_of
from smarterrouter.bootstrap.house import House
from smarterrouter.bootstrap.learning import profile_models, rate_models, sync_benchmarks
from smarterrouter.bootstrap.places import backends_of, listers_of, look_around, naming_of, refresh_rules
from smarterrouter.bootstrap.rules import policies_of, reloading_of
from smarterrouter.bootstrap.sensing import sensing_of
from smarterrouter.bootstrap.strategies import extras_of, strategies_of
from smarterrouter.catalog.catalog import Catalog
from smarterrouter.catalog.known import Known
from smarterrouter.catalog.standings import first_guess
from smarterrouter.gateway.accounting import Accounting
from smarterrouter.gateway.answering import Answering
from smarterrouter.gateway.chat import Chat, ChatRules
from smarterrouter.gateway.checks import Limits
from smarterrouter.gateway.choosing import Beside, Choosing
from smarterrouter.gateway.completions import Completions
from smarterrouter.gateway.conversations import Conversations
from smarterrouter.gateway.dispatch import Dispatch
from smarterrouter.gateway.embeddings import Embeddings
from smarterrouter.gateway.explaining import Explaining
from smarterrouter.gateway.fit import Fit
from smarterrouter.gateway.noticing import Noticing
from smarterrouter.gateway.policies import Policies
from smarterrouter.gateway.premises import Premises
from smarterrouter.gateway.reloading import Deciding, Reloading
from smarterrouter.gateway.signature import Signature
from smarterrouter.jobs.expire import ExpireContent
from smarterrouter.jobs.find_models import FindModels
from smarterrouter.jobs.refresh_models import RefreshModels
from smarterrouter.jobs.refresh_provider_db import RefreshProviderDb
from smarterrouter.jobs.registry import Learning, all_jobs
from smarterrouter.jobs.return_memory import ReturnMemory
from smarterrouter.jobs.scheduler import Scheduler
from smarterrouter.jobs.tally_feedback import TallyFeedback
from smarterrouter.observability import memory
from smarterrouter.observability.metrics import Metrics
from smarterrouter.routing.hearing import shipped_ear
from smarterrouter.routing.learned import steps
from smarterrouter.routing.policy import NO_POLICY
from smarterrouter.routing.quality import Quality
from smarterrouter.routing.router import Router
from smarterrouter.routing.strategies.scored import Scored
from smarterrouter.routing.weights import RoutingWeights
from smarterrouter.settings.groups import Settings
from smarterrouter.store.database import Database
from smarterrouter.store.engine import Pool
from smarterrouter.store.journal import Journal
from smarterrouter.transport import breaker
from smarterrouter.transport.client import HttpClient
from smarterrouter.transport.guards import Guards
from smarterrouter.transport.retries import RetryPolicy
from smarterrouter.wire.models import RouterCard

log = logging.getLogger(__name__)


def build(settings: Settings, warnings: Sequence[str] = ()) -> House:
    """All objects of one gateway. Raise `SettingsError`, `AdminKeyUnusable` or `StoreUnavailable`."""
    metrics = Metrics(__version__)
    client = HttpClient(verify_tls=settings.backends.verify_tls)
    backends = backends_of(settings, client)
    catalog = Catalog(naming_of(settings))
    refresh = RefreshModels(listers_of(settings, backends), catalog, refresh_rules(settings), first=first_guess)
    find = FindModels(look_around(settings, client, backends), refresh)
    guards = _guards(settings)
    preference = steps.share(settings.routing.quality_preference)
    weights, choosing, policies, reloading = _deciding(settings, catalog, guards)
    database = _database(settings)
    premises = Premises(database, in_force(settings, policies))
    catalog.subscribe(premises.note_snapshot)
    journal = Journal(database, premises=premises)
    sensing = sensing_of(settings, catalog, backends, metrics)
    answering = Answering(
        _dispatch(settings, backends, guards, metrics), choosing, metrics, settings.server.sse_keepalive_seconds
    )
    fit = Fit(settings.routing.context_safety_margin)
    known = Known(shipped.load())
    sync = sync_benchmarks(settings, client, database, catalog, known)
    profiling = profile_models(settings, client, backends, metrics, (database, catalog, known))
    tally = TallyFeedback(database, enabled=settings.feedback.feedback_enabled)
    rating = rate_models(refresh, tally, catalog, known)
    provider_db = RefreshProviderDb(provider_db_of(sync.sources), lambda: sync.sync("provider_db"))
    learning = Learning(sync, provider_db, profiling, tally, rating)
    voters = Voters.load(settings.data_dir)
    admin_key = _admin_key(settings)
    services = Services(
        settings=settings,
        admin_key=admin_key,
        card=_card(settings, admin_key),
        catalog=catalog,
        choosing=choosing,
        weights=weights,
        chat=Chat(
            choosing,
            answering,
            fit,
            _signature(settings),
            _chat_rules(settings),
            extras_of(settings, catalog, backends, metrics, sensing),
        ),
        completions=Completions(choosing, answering, fit, preference, settings.routing.context_safety_margin, sensing),
        embeddings=Embeddings(choosing, answering),
        accounting=Accounting(metrics, journal, lambda: policies.stamp),
        explaining=Explaining(ways_of(settings, choosing, sensing), weights, database, decider_of),
        metrics=metrics,
        database=database,
        journal=journal,
        scheduler=_scheduler(settings, find, learning, database, metrics),
        find=find,
        refresh=refresh,
        known=known,
        sync=sync,
        profiling=profiling,
        voters=voters,
        noticing=Noticing(tally.note, voters),
        tally=tally,
        rating=rating,
        reloading=reloading,
    )
    _watch(services)
    return House(services, client, backends, warnings, sensing)


def _deciding(
    settings: Settings, catalog: Catalog, guards: Guards
) -> tuple[RoutingWeights, Choosing, Policies, Reloading]:
    """Everything that has a say in which model answers."""
    weights = weights_of(settings)
    slope = shipped_ear().slope  # made now: the first request should not wait for it
    strategies = strategies_of(settings, Scored(weights, Quality(slope)))
    policies = policies_of(settings, strategies.names, stored_policy(settings, NO_POLICY).scoring)
    beside = Beside(Conversations(weights), weights)
    choosing = Choosing(catalog, Router(strategies), guards.open_names, policies, beside)
    preference = steps.share(settings.routing.quality_preference)
    margin = settings.routing.context_safety_margin
    deciding = Deciding(choosing.decide_still, lambda: catalog.current, strategies.names, preference, margin)
    return weights, choosing, policies, reloading_of(settings, policies, deciding)


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


def _scheduler(
    settings: Settings, find: FindModels, learning: Learning, database: Database, metrics: Metrics
) -> Scheduler:
    jobs = all_jobs(
        find,
        ExpireContent(database, settings.observability.log_content_retention_days),
        ReturnMemory(memory.resident_bytes, memory.give_back),
        learning,
    )
    return Scheduler(jobs, lambda name, ok: metrics.job_ran(name, ok=ok))


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
        preference=steps.share(settings.routing.quality_preference),
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
