"""The running gateway for tests: as a process of its own, or in the test's own event loop. Real sockets in both.

    from tests.doubles.gateway import GatewayProcess, InProcessGateway, backends_yaml

    config = backends_yaml(("one", "llama.cpp", server.url), ("two", "ollama", double.url))
    async with InProcessGateway(config, ROUTER_CASCADING_ENABLED="false") as gateway:     # fast: for most tests
        gateway.url, gateway.base_url          # "http://127.0.0.1:PORT" without a path, and the same with "/v1"
        gateway.house.services                 # everything that was built; gateway.house.client, .backends
        gateway.tasks(), gateway.callers(), gateway.upstreams()   # tasks, open connections of callers, to backends
        await gateway.settle()                 # until tasks and callers are back at their value after the start
        await gateway.look_again()             # asks all backends for their models now
        await gateway.rows()                   # the log of requests as dicts, oldest first, after all is written
    async with GatewayProcess(config, ROUTER_LOG_LEVEL="DEBUG") as gateway:     # `python -m smarterrouter serve`
        gateway.process_id, gateway.admin_key, gateway.log()
        await gateway.stop()                   # SIGTERM; fails unless it ends cleanly; again afterwards does nothing
        gateway.rows_written()                 # the same rows, read from the file
    both: answer = await gateway.get("/health"); answer.status, answer.headers, answer.body, answer.json()
          answer = await gateway.post("/v1/chat/completions", {…}, {"X-Request-ID": "a"})   # bytes go as they are
          readings = await gateway.metrics(); readings.sum("requests_total", endpoint="chat")   # 0.0 when there is none
          await until(lambda: …)               # wait for what must become true; fails after a minute
          gateway.directory                    # where it runs; data/router.db and smarterrouter.yaml are in it
          openai.AsyncOpenAI(base_url=gateway.base_url, api_key=gateway.admin_key)

`config` is the text of smarterrouter.yaml, `directory=` a folder that outlives the gateway, `wait=False` returns before
the first look for models has ended. Nothing of the environment reaches the gateway but what is given; discovery and
learning in the background are off unless they are given. The admin key is `ADMIN_KEY`; ROUTER_ADMIN_API_KEY="" lets the
gateway make one of its own.
"""

import asyncio
import contextlib
import os
import re
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import uvicorn
from tests.doubles.gateway_parts import ADMIN_KEY, Answer, Gateway, Readings, until

from smarterrouter.api.connection import limited
from smarterrouter.app import create_app
from smarterrouter.bootstrap import House, build
from smarterrouter.settings.loading import load

__all__ = ["ADMIN_KEY", "Answer", "GatewayProcess", "InProcessGateway", "Readings", "backends_yaml", "until"]
STOP_SECONDS = 30.0
_PASSED = ("PATH", "HOME", "TMPDIR", "LANG", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "PYTHONPATH")


def backends_yaml(*backends: tuple[str, str, str], more: str = "") -> str:
    """A smarterrouter.yaml with one entry for each (name, kind, url), in the order of preference, and `more` after."""
    entries = [f"  - name: {name}\n    kind: {kind}\n    url: {url}\n" for name, kind, url in backends]
    return "backends:\n" + "".join(entries) + more


class InProcessGateway(Gateway):
    """The gateway in the test's own event loop; see the top of this file."""

    house: House

    def __init__(
        self, config: str = "", *, directory: Path | None = None, wait: bool = True, **environment: str
    ) -> None:
        super().__init__(config, directory=directory, wait=wait, **environment)
        self._server: _Server | None = None
        self._serving: asyncio.Task[None] | None = None
        self._idle_tasks = 0

    async def start(self) -> None:
        """Build from the settings, listen, and return when the models are known."""
        loaded = load(self._environment, self.directory)
        self.house = build(loaded.settings, loaded.warnings)
        # With the protocol named asyncio sends small pieces at once; without it each answer waits 40 ms for an ACK.
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.bind(("127.0.0.1", 0))
        listener.listen(2048)
        self.port = listener.getsockname()[1]
        config = uvicorn.Config(
            create_app(self.house),
            http=limited(loaded.settings.server.request_body_timeout_seconds),
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=10,
        )
        self._server = _Server(config)
        self._serving = asyncio.get_running_loop().create_task(self._server.serve(sockets=[listener]))
        await until(self._started)
        if self._wait:
            await until(lambda: self.house.services.find.looked, "the first look for models does not end")
        self._idle_tasks = self.tasks()

    def _started(self) -> bool:
        assert self._server is not None
        assert self._serving is not None
        assert not self._serving.done(), "the gateway ended instead of starting"
        return self._server.started and self.house.services.database.ready.is_set()

    async def stop(self) -> None:
        """End as the process does on SIGTERM; return when everything is closed."""
        if self._server is None or self._serving is None:
            return
        self._server.should_exit = True
        await self._serving
        self._server = self._serving = None

    def tasks(self) -> int:
        """How many tasks the loop runs, those of the test included."""
        return len(asyncio.all_tasks())

    def callers(self) -> int:
        """Open connections of callers."""
        return len(self._server.server_state.connections) if self._server else 0

    def upstreams(self) -> int:
        """Connections to backends that are in use: pooled ones that wait do not count."""
        sessions = [*self.house.client._sessions.values(), *self.house.client._fresh.values()]
        return sum(len(session.connector._acquired) for session in sessions if session.connector is not None)

    async def settle(self) -> None:
        """Wait until nothing of past requests is left; fail with the names of the tasks when something stays."""
        if self._session is not None:
            await self._session.close()
            self._session = None
        try:
            await until(lambda: self.tasks() <= self._idle_tasks and not self.callers() and not self.upstreams())
        except AssertionError:
            names = sorted(task.get_name() for task in asyncio.all_tasks())
            raise AssertionError(
                f"left over: {self.callers()} callers, {self.upstreams()} upstreams, tasks {names}"
            ) from None

    async def look_again(self) -> None:
        """Ask all backends for their models now."""
        await self.house.services.find.run()

    async def rows(self) -> list[dict[str, Any]]:
        """The log of requests, oldest first, once everything that waits has been written."""
        await until(lambda: not self.house.services.journal.waiting, "the journal does not write")
        return self.rows_written()


class GatewayProcess(Gateway):
    """The gateway as people start it; see the top of this file."""

    def __init__(
        self, config: str = "", *, directory: Path | None = None, wait: bool = True, **environment: str
    ) -> None:
        super().__init__(config, directory=directory, wait=wait, **environment)
        self._process: asyncio.subprocess.Process | None = None
        self._log = b""
        self._reading: asyncio.Task[None] | None = None

    @property
    def process_id(self) -> int:
        """The gateway's process."""
        assert self._process is not None
        return self._process.pid

    def log(self) -> str:
        """What it has written so far, to both of its outputs."""
        return self._log.decode(errors="replace")

    async def start(self) -> None:
        """Start, or start again in the same directory; return when it is ready."""
        self.port = self.port or _free_port()
        environment = {name: value for name in _PASSED if (value := os.getenv(name))} | self._environment  # noqa: TID251
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "smarterrouter", "serve", "--host", "127.0.0.1", "--port", str(self.port)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            cwd=self.directory,
            env=environment,
        )
        assert self._process.stdout is not None
        self._log = b""
        self._reading = asyncio.get_running_loop().create_task(self._read(self._process.stdout))
        with _reported(self):
            await until(self._ready, "it does not become ready")
        if made := re.search(r"Admin key \(shown only now\): (sr-admin-\S+)$", self.log(), re.MULTILINE):
            self.admin_key = made[1]

    async def _ready(self) -> bool:
        assert self._process is not None
        assert self._process.returncode is None, "the gateway ended instead of starting"
        with contextlib.suppress(aiohttp.ClientError):
            return (await self.get("/readyz" if self._wait else "/health")).status == 200
        return False

    async def _read(self, output: asyncio.StreamReader) -> None:
        while chunk := await output.read(2**16):
            self._log += chunk

    async def stop(self) -> None:
        """SIGTERM and wait. Fail, after killing it, unless it ends by itself and without an error."""
        process, self._process = self._process, None
        if process is None:
            return
        try:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(STOP_SECONDS):
                await process.wait()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
            if self._reading is not None:
                await self._reading
        with _reported(self):
            assert process.returncode in {0, -signal.SIGTERM}, f"it ended with status {process.returncode}"
            assert "Traceback" not in self.log()

    async def kill(self) -> None:
        """Kill it as a crash would, and wait for its end."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            await process.wait()
            if self._reading is not None:
                await self._reading


class _Server(uvicorn.Server):
    """Leaves the signals to the test run."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def _reported(gateway: GatewayProcess) -> Iterator[None]:
    """An error in the block carries the gateway's log."""
    try:
        yield
    except (AssertionError, TimeoutError) as error:
        raise AssertionError(f"{error or 'it does not end'}; its log:\n{gateway.log()}") from error
