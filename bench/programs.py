"""Starts the programs of a measurement, waits until they answer, and ends exactly those."""

import contextlib
import http.client
import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Self

import msgspec

from load import Plan, Result

HERE = Path(__file__).parent
POLL_SECONDS = 0.005
START_LIMIT_SECONDS = 60.0
END_LIMIT_SECONDS = 15.0


class Broken(Exception):
    """A program did not do its part; the measurement cannot go on."""


class Program:
    """A process in a folder of its own, with its output in a file. Use it as a context: leaving ends the process."""

    def __init__(
        self, name: str, command: list[str], folder: Path, environment: Mapping[str, str] | None = None
    ) -> None:
        """Nothing runs yet. The process sees no variable of ours but PATH, so settings of the user have no effect."""
        self.name = name
        self.command = command
        self.folder = folder
        self.environment = {"PATH": os.defpath, "HOME": str(folder), "LANG": "C.UTF-8", **(environment or {})}
        self.log = folder / f"{name}.log"

    def __enter__(self) -> Self:
        """Start the process, in a process group of its own so that Ctrl-C reaches only us."""
        self.started_at = time.perf_counter()
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE if self.name == "load" else log,
                stderr=log,
                process_group=0,
            )
        return self

    def __exit__(self, *_: object) -> None:
        """Ask the process to end; kill it if it does not."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.communicate(timeout=END_LIMIT_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()

    @property
    def pid(self) -> int:
        """The process id."""
        return self.process.pid

    def broken(self, what: str) -> Broken:
        """An error that quotes the end of the program's output."""
        tail = self.log.read_text(errors="replace")[-2000:]
        return Broken(f"{self.name}: {what}\n{shlex.join(self.command)}\n{tail}")


class Server(Program):
    """A program that listens on a port of 127.0.0.1."""

    port: int

    def wait_for(self, path: str) -> float:
        """Poll `path` until it answers 200; the seconds from the start of the process until then. Raises `Broken`."""
        while time.perf_counter() - self.started_at < START_LIMIT_SECONDS:
            if self.process.poll() is not None:
                raise self.broken(f"ended with code {self.process.returncode} before it answered {path}")
            with contextlib.suppress(OSError, http.client.HTTPException):
                if self.get(path)[0] == 200:
                    return time.perf_counter() - self.started_at
            time.sleep(POLL_SECONDS)
        raise self.broken(f"did not answer {path} within {START_LIMIT_SECONDS:g} s")

    def wait_for_model(self, name: str) -> None:
        """Poll the list of models until it holds `name`. Raises `Broken`."""
        self.wait_for("/v1/models")
        while time.perf_counter() - self.started_at < START_LIMIT_SECONDS:
            status, body = self.get("/v1/models")
            ids = [model["id"] for model in json.loads(body)["data"]] if status == 200 else []
            if any(each == name or each.endswith(f"/{name}") for each in ids):
                return
            time.sleep(0.05)
        raise self.broken(f"does not list the model {name}")

    def get(self, path: str) -> tuple[int, bytes]:
        """Status and body of a GET request."""
        return self._ask("GET", path, None)

    def post(self, path: str, body: object) -> tuple[int, bytes]:
        """Status and body of a POST request with a JSON body."""
        return self._ask("POST", path, json.dumps(body))

    def _ask(self, method: str, path: str, body: str | None) -> tuple[int, bytes]:
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)) as connection:
            connection.request(method, path, body, {"content-type": "application/json"})
            reply = connection.getresponse()
            return reply.status, reply.read()


class Upstream(Server):
    """The fake model server."""

    def __init__(self, folder: Path) -> None:
        """It listens on a free port."""
        self.port = free_port()
        super().__init__("upstream", [sys.executable, str(HERE / "upstream.py"), str(self.port)], folder)

    @property
    def base_url(self) -> str:
        """Where OpenAI's API begins."""
        return f"http://127.0.0.1:{self.port}/v1"


class Relay(Server):
    """The floor."""

    def __init__(self, folder: Path, upstream: Upstream) -> None:
        """It listens on a free port."""
        self.port = free_port()
        options = "--loop uvloop --http httptools --no-access-log --log-level warning --host 127.0.0.1"
        command = [sys.executable, "-m", "uvicorn", "relay:app", "--app-dir", str(HERE), "--port", str(self.port)]
        super().__init__("relay", command + options.split(), folder, {"RELAY_UPSTREAM": upstream.base_url})


class Gateway(Server):
    """What is measured: the gateway with journal and metrics in an empty folder, learning nothing in the background."""

    def __init__(self, folder: Path, upstream: Upstream, command: str | None = None) -> None:
        """It listens on a free port. `command` runs instead, filled in with {python}, {port}, {upstream}, {bench}."""
        self.port = free_port()
        arguments = [sys.executable, "-m", "smarterrouter", "serve"]
        if command is not None:
            arguments = shlex.split(
                command.format(python=sys.executable, port=self.port, upstream=upstream.base_url, bench=HERE)
            )
        environment = {
            "ROUTER_PROVIDER": "openai",
            "ROUTER_OPENAI_BASE_URL": upstream.base_url,
            "ROUTER_DISCOVERY_ENABLED": "false",
            "ROUTER_OFFLINE": "true",
            "ROUTER_MODEL_AUTO_PROFILE_ENABLED": "false",
            "ROUTER_BENCHMARK_SOURCES": "[]",
            "ROUTER_PROVIDER_DB_ENABLED": "false",
            "ROUTER_HOST": "127.0.0.1",
            "ROUTER_PORT": str(self.port),
            "ROUTER_LOG_LEVEL": "WARNING",
        }
        super().__init__("gateway", arguments, folder, environment)


class Load(Program):
    """The load generator, kept running so that its prompts are made once."""

    def __init__(self, folder: Path) -> None:
        """It reads plans from its standard input."""
        super().__init__("load", [sys.executable, str(HERE / "load.py"), "--serve"], folder)

    def perform(self, plan: Plan) -> Result:
        """Do one run. Raises `Broken` when the load generator itself fails."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        try:
            self.process.stdin.write(msgspec.json.encode(plan) + b"\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            raise self.broken("ended early") from None
        line = self.process.stdout.readline()
        if not line:
            raise self.broken("ended early")
        return msgspec.json.decode(line, type=Result)


def free_port() -> int:
    """A port of 127.0.0.1 that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def ended_by_signals() -> Iterator[None]:
    """Turn SIGTERM into an orderly exit, so that it ends our programs as Ctrl-C does."""

    def leave(number: int, _: object) -> None:
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
