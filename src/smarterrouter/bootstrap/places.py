"""Where models are served, and how they are found and named."""

import logging
from collections.abc import Awaitable, Callable, Sequence

from smarterrouter.backends import configured, discovery, registry
from smarterrouter.backends.base import Backend
from smarterrouter.backends.local import Local
from smarterrouter.backends.pool import Backends
from smarterrouter.backends.spec import BackendSpec
from smarterrouter.catalog.filters import Filters
from smarterrouter.catalog.snapshot import Naming
from smarterrouter.domain.models import Price
from smarterrouter.inference.manager import Manager
from smarterrouter.inference.seats import Runtime
from smarterrouter.jobs.find_models import Wanted
from smarterrouter.jobs.refresh_models import Lister, Rules
from smarterrouter.settings.groups import Settings
from smarterrouter.settings.problems import SettingsError
from smarterrouter.transport.client import HttpClient

log = logging.getLogger(__name__)


def backends_of(settings: Settings, client: HttpClient) -> Backends:
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


def look_around(settings: Settings, client: HttpClient, backends: Backends) -> Callable[[], Awaitable[None]] | None:
    if not configured.wants_discovery(settings):
        return None

    async def look() -> None:
        for spec in backends.found(await discovery.look(client)):
            log.info("found %s at %s", spec.kind, spec.url)

    return look


def listers_of(settings: Settings, backends: Backends) -> Callable[[], Sequence[Lister]]:
    """The backends, those with globs of their own behind them; the global ones belong to the job."""
    globs = {
        spec.name: Filters.of(spec.include, spec.exclude)
        for spec in configured.specs(settings)
        if spec.include or spec.exclude
    }

    def listers() -> Sequence[Lister]:
        return [Wanted(one, globs[one.name]) if one.name in globs else one for one in backends.current.values()]

    return listers


def refresh_rules(settings: Settings) -> Rules:
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


def naming_of(settings: Settings) -> Naming:
    prefixes = {spec.name: spec.prefix for spec in configured.specs(settings) if spec.prefix}
    return Naming(settings.routing.external_model_name, settings.file.aliases, prefixes)
