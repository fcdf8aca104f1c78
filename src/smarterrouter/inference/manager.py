"""`Manager`: many models, a bounded number of worker processes, started on demand; the least recently used goes.

It is the only owner of its workers. All its state changes between two awaits of one event loop, so it needs no lock.
Whoever uses a model holds it; what is held is never stopped to make room.
"""

import asyncio
import logging
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from smarterrouter.domain.models import Offer
from smarterrouter.errors import BackendBusy, BackendUnreachable, GatewayError, ModelGone
from smarterrouter.inference import samples
from smarterrouter.inference.child import Child
from smarterrouter.inference.engines import registry as engines
from smarterrouter.inference.engines.base import Plan
from smarterrouter.inference.seats import Hold, Runtime, Seat, delay, threads
from smarterrouter.inference.shelf import Shelf, Shelved
from smarterrouter.observability.tasks import cancel, spawn

log = logging.getLogger(__name__)

_LONGEST_DIRECTORY = 80
"""A Unix socket's whole path may have 104 bytes on macOS and 108 on Linux."""
_STABLE_SECONDS = 60.0
"""A worker that lived this long did not fail at starting: earlier failures are forgiven."""


class Manager:
    """Serves the models on the shelf; see the top of this file."""

    def __init__(self, runtime: Runtime, *, clock: Callable[[], float] = time.monotonic) -> None:
        """Nothing is started, written or read before the first call."""
        self._runtime = runtime
        self._clock = clock
        self._shelf = Shelf(runtime.models, runtime.samples)
        self._models: dict[str, Shelved] = {}
        self._seats: dict[str, Seat] = {}
        self._occupied: set[str] = set()
        self._directory: Path | None = None
        self._writing: asyncio.Task[None] | None = None
        self._closed = False

    async def offers(self, backend: str) -> list[Offer]:
        """All models, in the name of `backend`; none without an engine. The first call writes the test models."""
        await self._look()
        running = self.running()
        return [
            model.offer(backend, self._runtime.context, loaded=name in running) for name, model in self._models.items()
        ]

    def running(self) -> dict[str, int]:
        """Models in memory and the process ids of their workers."""
        found = {name: seat.child.process_id for name, seat in self._seats.items() if seat.child and not seat.starting}
        return {name: number for name, number in found.items() if number is not None}

    def held(self) -> dict[str, int]:
        """Models in use and by how many."""
        return {name: seat.holds for name, seat in self._seats.items() if seat.holds}

    async def hold(self, name: str) -> Hold:
        """The address of a model, loaded. Whoever calls releases it.

        Raise `ModelGone` for an unknown name, `BackendBusy` when every worker is in use or the model keeps failing, and
        `BackendUnreachable` or `BackendTimeout` with the worker's last words when it cannot be loaded.
        """
        seat = await self._seat(name)
        seat.holds += 1
        if seat.timer:
            seat.timer.cancel()
        try:
            await self._ready(seat)
        except BaseException:
            self._release(seat)
            raise
        return Hold(seat.socket, seat.api_key, lambda: self._release(seat))

    async def stop(self) -> None:
        """End every worker, wait for it, and remove the sockets. Nothing can be held afterwards."""
        self._closed = True
        await cancel(self._writing, *(seat.starting for seat in self._seats.values()))
        for seat in self._seats.values():
            if seat.timer:
                seat.timer.cancel()
        await asyncio.gather(*(self._unload(seat) for seat in self._seats.values()))
        await asyncio.gather(*(seat.watching for seat in self._seats.values() if seat.watching))
        if self._directory:
            await asyncio.to_thread(shutil.rmtree, self._directory, ignore_errors=True)

    async def _look(self) -> None:
        if not engines.available():
            return
        if self._runtime.samples and self._writing is None:
            self._writing = spawn(self._write_samples(self._runtime.samples), "test models")
        if self._writing:
            await asyncio.shield(self._writing)
        self._models = await asyncio.to_thread(self._shelf.scan)

    async def _write_samples(self, directory: Path) -> None:
        try:
            await samples.write_missing(directory)
        except (BackendUnreachable, OSError) as error:
            log.warning("There will be no test models. %s", error)

    async def _seat(self, name: str) -> Seat:
        if name not in self._models:
            await self._look()
        if self._closed:
            raise BackendUnreachable("The runtime is stopping.")
        if name not in self._models:
            raise ModelGone(f"There is no model file for {name}.")
        if name not in self._seats:
            self._seats[name] = Seat(name, f"{self._sockets()}/{len(self._seats)}.sock")
        return self._seats[name]

    def _sockets(self) -> Path:
        """The private directory of the sockets: 0700, and short."""
        if self._directory is None:
            usual = tempfile.gettempdir()
            self._directory = Path(tempfile.mkdtemp("", "sr-", usual if len(usual) < _LONGEST_DIRECTORY else "/tmp"))  # noqa: S108 mkdtemp makes it private
        return self._directory

    async def _ready(self, seat: Seat) -> None:
        if seat.stopping:
            await asyncio.shield(seat.stopping)
        if seat.child and not seat.starting:
            return
        if seat.starting is None:
            if (left := seat.not_before - self._clock()) > 0:
                raise BackendBusy(f"{seat.name} keeps failing. {seat.last_words}", retry_after=left)
            seat.starting = spawn(self._start(seat), f"start of {seat.name}")
        if (failure := await self._outcome(seat.starting)) is not None:
            raise failure

    async def _outcome(self, starting: asyncio.Task[GatewayError | None]) -> GatewayError | None:
        """Wait with all who want it. A caller that leaves does not end the start; `stop` does, and callers hear it."""
        await asyncio.wait([starting])
        return BackendUnreachable("The runtime is stopping.") if starting.cancelled() else starting.result()

    async def _start(self, seat: Seat) -> GatewayError | None:
        """Returned, not raised: several callers may wait for this, or none any more."""
        try:
            await self._make_room(seat)
        except BackendBusy as error:
            seat.starting = None
            return error
        child = Child(self._plan(seat))
        try:
            await child.start(self._runtime.ready_seconds)
            seat.child, seat.begun = child, self._clock()
            seat.watching = spawn(self._watch(seat, child), f"watch of {seat.name}")
            return None
        except GatewayError as error:
            self._failed(seat, error.message)
            return error
        finally:
            if seat.child is None:
                await child.stop(self._runtime.grace_seconds)
                self._occupied.discard(seat.name)
            seat.starting = None

    async def _make_room(self, seat: Seat) -> None:
        """Occupy one of the places. Raise `BackendBusy` when every worker is in use."""
        while len(self._occupied) >= self._runtime.workers:
            leaving = [other.stopping for other in self._seats.values() if other.stopping]
            idle = [other for other in self._seats.values() if other.free]
            if leaving:
                await asyncio.wait(leaving, return_when=asyncio.FIRST_COMPLETED)
            elif idle:
                await self._unload(min(idle, key=lambda other: other.used))
            else:
                raise BackendBusy(f"All {self._runtime.workers} workers are in use by other models.", retry_after=1)
        self._occupied.add(seat.name)

    def _plan(self, seat: Seat) -> Plan:
        model, runtime = self._models[seat.name], self._runtime
        return Plan(
            name=seat.name,
            path=str(model.path),
            context=model.context(runtime.context),
            parallel=runtime.parallel,
            threads=runtime.threads or threads(),
            socket=seat.socket,
            api_key=seat.api_key,
            pooling=model.header.pooling,
            gpu_layers=runtime.gpu_layers,
        )

    async def _watch(self, seat: Seat, child: Child) -> None:
        status = await child.ended()
        if seat.child is not child or seat.stopping:
            return
        if self._clock() - seat.begun >= _STABLE_SECONDS:
            seat.failures = 0
        seat.stopping = spawn(self._clear(seat), f"end of {seat.name}")
        await seat.stopping
        self._failed(seat, f"Its worker ended with status {status}. {child.last_words}")

    def _failed(self, seat: Seat, words: str) -> None:
        seat.failures += 1
        seat.not_before = self._clock() + delay(seat.failures)
        seat.last_words = words
        log.warning("%s failed (%d times in a row). %s", seat.name, seat.failures, words)

    def _release(self, seat: Seat) -> None:
        seat.holds -= 1
        seat.used = self._clock()
        if seat.holds == 0 and self._runtime.idle_seconds is not None and not self._closed:
            seat.timer = asyncio.get_running_loop().call_later(self._runtime.idle_seconds, self._idle, seat)

    def _idle(self, seat: Seat) -> None:
        if seat.free:
            spawn(self._unload(seat), f"idle end of {seat.name}")

    async def _unload(self, seat: Seat) -> None:
        if seat.stopping is None and seat.child is not None:
            seat.stopping = spawn(self._clear(seat), f"end of {seat.name}")
        if seat.stopping is not None:
            await asyncio.shield(seat.stopping)

    async def _clear(self, seat: Seat) -> None:
        """Until this is through, the seat's socket belongs to the old process, and nobody starts a new one."""
        child, seat.child = seat.child, None
        try:
            if child is not None:
                await child.stop(self._runtime.grace_seconds)
        finally:
            self._occupied.discard(seat.name)
            seat.stopping = None
