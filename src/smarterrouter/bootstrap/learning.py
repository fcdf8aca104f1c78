"""What learns about models: sources, profiles, a judge."""

import logging

from smarterrouter.backends.openai import OpenAICompatible
from smarterrouter.backends.pool import Backends
from smarterrouter.backends.spec import BackendSpec
from smarterrouter.benchmarks.registry import build as build_sources
from smarterrouter.catalog.catalog import Catalog
from smarterrouter.catalog.known import Known
from smarterrouter.domain.models import Model
from smarterrouter.jobs.asking import Asking
from smarterrouter.jobs.profile_models import Interviewing, ProfileModels
from smarterrouter.jobs.profile_models import Rules as ProfilingRules
from smarterrouter.jobs.profiling_hooks import MemoryLooks, ProfilingHooks
from smarterrouter.jobs.rate_models import RateModels
from smarterrouter.jobs.refresh_models import RefreshModels
from smarterrouter.jobs.sync_benchmarks import SyncBenchmarks
from smarterrouter.jobs.tally_feedback import TallyFeedback
from smarterrouter.observability.metrics import Metrics
from smarterrouter.profiling import bank
from smarterrouter.profiling.adaptive import plan
from smarterrouter.profiling.judge import Judge
from smarterrouter.profiling.judging import judge as judged
from smarterrouter.profiling.means import Means
from smarterrouter.profiling.sandbox import Sandbox
from smarterrouter.profiling.timeouts import Limits as ProfilingLimits
from smarterrouter.settings.groups import Settings
from smarterrouter.settings.problems import SettingsError
from smarterrouter.store.database import Database
from smarterrouter.transport.client import HttpClient
from smarterrouter.transport.downloads import Downloads

log = logging.getLogger(__name__)


def sync_benchmarks(
    settings: Settings, client: HttpClient, database: Database, catalog: Catalog, known: Known
) -> SyncBenchmarks:
    try:
        sources = build_sources(
            settings.benchmarks, settings.provider_db, Downloads(client), offline=settings.discovery.offline
        )
    except ValueError as error:
        raise SettingsError([str(error)]) from None
    return SyncBenchmarks(sources, database, known, lambda: catalog.current.models)


def profile_models(
    settings: Settings,
    client: HttpClient,
    backends: Backends,
    metrics: Metrics,
    learned: tuple[Database, Catalog, Known],
) -> ProfileModels:
    database, catalog, known = learned
    chosen = settings.profiling
    sandbox = Sandbox()
    means = Means(
        ask=Asking(lambda: backends.current).ask,
        check=lambda task, answer: judged(task, answer, sandbox),
        hooks=ProfilingHooks(
            lambda: backends.current, metrics.busy, vram=chosen.profile_measure_vram, looks=MemoryLooks.of(chosen)
        ),
        limits=ProfilingLimits.of(chosen),
        judge=_judge(settings, client),
    )
    rules = ProfilingRules(
        every=settings.discovery.model_polling_interval if settings.discovery.model_auto_profile_enabled else 0.0,
        parallel=chosen.profile_parallel_count,
        plan=plan(chosen.profile_effort, chosen.profile_prompts_per_category),
        ceiling=chosen.profile_max_cost,
    )
    suite = bank.load(chosen.profile_tasks_dir)
    for problem in suite.problems:
        log.warning("ROUTER_PROFILE_TASKS_DIR: %s", problem)
    return ProfileModels(Interviewing(suite, means), database, known, lambda: catalog.current.models, rules)


def rate_models(refresh: RefreshModels, tally: TallyFeedback, catalog: Catalog, known: Known) -> RateModels:
    """It looks again whenever the models, what is known of them or what was said of them have changed."""
    rating = RateModels(refresh, known, tally)
    catalog.subscribe(lambda _: rating.ask())
    known.subscribe(rating.ask)
    tally.subscribe(rating.ask)
    return rating


def _judge(settings: Settings, client: HttpClient) -> Judge | None:
    """The judge model, asked over its own connection: it is no backend that requests may go to."""
    chosen = settings.judge
    if not chosen.judge_enabled or settings.discovery.offline:
        return None
    headers = {"http-referer": chosen.judge_http_referer, "x-title": chosen.judge_x_title}
    key = chosen.judge_api_key
    spec = BackendSpec(
        name="judge",
        kind="compatible",
        url=chosen.judge_base_url,
        api_key=key.get_secret_value() if key is not None else None,
        headers={name: value for name, value in headers.items() if value},
    )
    backend = OpenAICompatible(spec, client)
    model = Model(key=f"judge/{chosen.judge_model}", backend="judge", name=chosen.judge_model, local=False)
    return Judge(
        lambda call: backend.chat(call, model),
        chosen.judge_model,
        retries=chosen.judge_max_retries,
        base_delay=chosen.judge_retry_base_delay,
    )
