"""`House`: everything that was built, started and stopped in the right order."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import AsyncExitStack

from smarterrouter.api.services import Services
from smarterrouter.backends import configured, discovery
from smarterrouter.backends.pool import Backends
from smarterrouter.gateway.sensing import Sensing
from smarterrouter.jobs.sync_benchmarks import SyncBenchmarks
from smarterrouter.observability import tasks
from smarterrouter.settings.groups import Settings
from smarterrouter.transport.client import HttpClient

log = logging.getLogger(__name__)


class House:
    """Everything that was built, started and stopped in the right order."""

    def __init__(
        self,
        services: Services,
        client: HttpClient,
        backends: Backends,
        warnings: Sequence[str],
        sensing: Sensing | None = None,
    ) -> None:
        """`warnings`: sentences about the settings for the start log; `sensing` is None where no model is named."""
        self.services = services
        self.client = client
        self.backends = backends
        self.warnings = warnings
        self.sensing = sensing
        self._remembering: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin background work. Serving need not wait for any of it."""
        for sentence in self.warnings:
            log.warning("%s", sentence)
        if self.services.admin_key.open:
            log.warning("ROUTER_ADMIN_API_KEY is `disable`: everybody who can reach this address controls the gateway")
        log.info("%s", outgoing(self.services.settings, self.backends, self.services.sync))
        self._prepare()
        self.services.database.open_soon()
        self.services.journal.start()
        self.services.scheduler.start()
        self._remembering = tasks.spawn(self._remember(), "take up what is known")

    def _prepare(self) -> None:
        """The embedding model of categories learns as soon as it is found, so that no request finds it unprepared."""
        if (sensing := self.sensing) is not None:
            self.services.catalog.subscribe(lambda _: sensing.prepare())

    async def _remember(self) -> None:
        """What earlier runs have learned, as soon as the database is there."""
        await self.services.database.ready.wait()
        await self.services.sync.load()
        await self.services.profiling.load()
        await self.services.tally.run()

    async def stop(self) -> None:
        """End background work, write what waits, close every connection and worker (rows S6, AC18)."""
        async with AsyncExitStack() as last_to_first:  # one that fails does not keep the others open
            last_to_first.push_async_callback(self.client.close)
            last_to_first.push_async_callback(self.backends.close)
            last_to_first.push_async_callback(self.services.database.close)
            last_to_first.push_async_callback(self.services.rating.cancel)  # the tally's last words ask for it
            last_to_first.push_async_callback(self.services.tally.close)
            last_to_first.push_async_callback(self.services.journal.close)
            last_to_first.push_async_callback(self.services.profiling.cancel)
            if self.sensing is not None:
                last_to_first.push_async_callback(self.sensing.close)
            last_to_first.push_async_callback(self.services.scheduler.stop)
            last_to_first.push_async_callback(tasks.cancel, self._remembering)


def outgoing(settings: Settings, backends: Backends, sync: SyncBenchmarks) -> str:
    """One line that names everybody whom background work contacts."""
    hosts = [f"{backend.name} at {backend.address}" for backend in backends.current.values()]
    hosts += [f"{host} for benchmarks" for host in sync.hosts]
    if settings.judge.judge_enabled and not settings.discovery.offline:
        hosts.append(f"the judge at {settings.judge.judge_base_url}")
    if configured.wants_discovery(settings):
        hosts.append("the usual ports of this machine (" + ", ".join(p.origin for p in discovery.USUAL) + ")")
    offline = " ROUTER_OFFLINE is on." if settings.discovery.offline else ""
    return f"background work contacts: {', '.join(hosts) or 'nobody'}.{offline}"
