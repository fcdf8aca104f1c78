"""`Child`: one worker process, seen from its parent."""

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import cast

import msgspec

from smarterrouter.errors import BackendTimeout, BackendUnreachable
from smarterrouter.inference.engines.base import Plan
from smarterrouter.observability.tasks import spawn

_LOG_CHARACTERS = 4096


class Child:
    """Starts a worker, knows its last words, ends it."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._process: asyncio.subprocess.Process | None = None
        self._log = ""
        self._reading: asyncio.Task[None] | None = None

    @property
    def process_id(self) -> int | None:
        """None before the start."""
        return self._process.pid if self._process else None

    @property
    def last_words(self) -> str:
        """The first error of its log, which says what was wrong, and the last line, which says what came of it."""
        lines = [line for line in self._log.splitlines() if line.strip()]
        first = next((line for line in lines if " E " in line), "")
        last = lines[-1] if lines else "It said nothing."
        return last if first in {"", last} else f"{last} ({first.partition(' E ')[2]})"

    async def start(self, seconds: float) -> None:
        """Return when the model answers. Raise `BackendUnreachable` with its last words, or `BackendTimeout`."""
        self._unbind()
        pipe = asyncio.subprocess.PIPE
        try:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "smarterrouter.inference.worker", self.plan.name),
                stdin=pipe,
                stdout=pipe,
                stderr=pipe,
                start_new_session=True,  # a signal for the terminal's group is the parent's business
            )
        except OSError as error:
            raise BackendUnreachable(f"No worker can be started for {self.plan.name}: {error.strerror}.") from error
        log = cast(asyncio.StreamReader, self._process.stderr)
        self._reading = spawn(self._read(log), f"log of {self.plan.name}")
        try:
            await asyncio.wait_for(self._ready(self._process), seconds)
        except TimeoutError:
            raise BackendTimeout(f"{self.plan.name} was not loaded within {seconds:g} s. {self.last_words}") from None

    async def ended(self) -> int:
        """Wait for its end; the status, negative for a signal."""
        return await self._process.wait() if self._process else 0

    async def stop(self, grace: float) -> None:
        """End it: politely, and after `grace` seconds for certain. Returns when it is gone."""
        process = self._process
        if process is None:
            return
        self._signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), grace)
        except TimeoutError:
            self._signal(signal.SIGKILL)
            await process.wait()
        await self._drained(process)
        self._unbind()

    async def _ready(self, process: asyncio.subprocess.Process) -> None:
        plan = msgspec.structs.replace(self.plan, parent=os.getpid())
        cast(asyncio.StreamWriter, process.stdin).write(msgspec.json.encode(plan) + b"\n")
        if not await cast(asyncio.StreamReader, process.stdout).readline():
            await process.wait()
            await self._drained(process)
            raise BackendUnreachable(f"The worker of {self.plan.name} ended while loading. {self.last_words}")

    async def _drained(self, process: asyncio.subprocess.Process) -> None:
        """Read what the ended process has left in its pipes, so that their transports close."""
        cast(asyncio.StreamWriter, process.stdin).close()
        await cast(asyncio.StreamReader, process.stdout).read()
        if self._reading:
            await self._reading

    async def _read(self, stream: asyncio.StreamReader) -> None:
        while chunk := await stream.read(_LOG_CHARACTERS):
            self._log = (self._log + chunk.decode(errors="replace"))[-_LOG_CHARACTERS:]

    def _unbind(self) -> None:
        """Remove the socket: a killed worker leaves it behind, and then nobody can bind it again."""
        Path(self.plan.socket).unlink(missing_ok=True)

    def _signal(self, number: signal.Signals) -> None:
        if self._process and self._process.returncode is None:
            self._process.send_signal(number)
