"""Real llama.cpp servers with tiny real models, for every test that needs an upstream.

    from tests.doubles.tiny_models import SCRIPT, TOOL_SCRIPT, TinyServer, tiny_model

    async with TinyServer() as server:    # always answers "".join(SCRIPT); a tool call while tools are offered
        server.url, server.base_url       # "http://127.0.0.1:PORT" without a path, and the same with "/v1"
        server.name, server.api_key, server.socket, server.process_id
        await server.busy()               # slots that are generating right now; `server.quiet()` waits for none
        await server.get("/v1/models")    # decoded JSON of a GET; `server.ask(path, {…})` of a POST (not streamed)
        await server.kill()               # SIGKILL, waits; `await server.start()` brings it back at the same address
    TinyServer(script=())                 # random words until max_tokens ("length"): long streams
    TinyServer(script=("Four", "."), tool_script=(…), name="b", context=512, parallel=4, api_key="secret")
    TinyServer(script=THINKING_SCRIPT)    # answers with reasoning_content "Two and two" and content "Four."
    TinyServer(pooling=1)                 # /v1/embeddings works too (chat as well), one request at a time
    TinyServer(unix=True)                 # on server.socket instead of TCP
    tiny_model(name="b", script=(…), context=…) -> Path    # a GGUF, written once for the process; copy it to change it

`context` is tokens for one request (llama.cpp rounds up to a multiple of 256). One piece of a script is one token; a
piece that is a token already (a single character) is joined to the piece before it.
A start takes about 0.3 s. Each server is a process of its own and is gone when the block is left.
"""

import asyncio
import atexit
import functools
import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any, Self

import msgspec

from smarterrouter.inference import tiny
from smarterrouter.inference.engines.base import Plan

SCRIPT = ("Hello", "! This", " is", " a", " scripted", " answer", ".")
TOOL_SCRIPT = ("<tool_call>\n", '{"name": "get_weather", "arguments": ', '{"city": "Paris"}', "}\n</tool_call>")
THINKING_SCRIPT = ("<think>\nTwo", " and", " two", "\n</think>\n\nFour", ".")
READY_SECONDS = 60.0
"""Far more than a start takes, even beside eight other test runs."""


@functools.cache
def _shelf() -> Path:
    directory = Path(tempfile.mkdtemp(prefix="tiny-models-"))
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    return directory


@functools.cache
def tiny_model(
    name: str = "tiny",
    *,
    script: tuple[str, ...] = SCRIPT,
    tool_script: tuple[str, ...] = (),
    context: int = 4096,
    pooling: int = 0,
    seed: int = 1,
) -> Path:
    """The path of a GGUF of that shape."""
    path = _shelf() / str(len(list(_shelf().iterdir()))) / f"{name}.gguf"
    tiny.write(path, tiny.Shape(name, seed, script, tool_script, context, pooling))
    return path


class TinyServer:
    """One real llama.cpp HTTP server in a process of its own; see the top of this file."""

    def __init__(
        self,
        model: Path | None = None,
        *,
        name: str = "tiny",
        script: tuple[str, ...] = SCRIPT,
        tool_script: tuple[str, ...] | None = None,
        context: int = 1024,
        parallel: int = 2,
        api_key: str = "",
        pooling: int = 0,
        seed: int = 1,
        unix: bool = False,
        port: int = 0,
    ) -> None:
        tools = tool_script if tool_script is not None else TOOL_SCRIPT if script else ()
        trained = max(4096, context)
        self.model = model or tiny_model(
            name, script=script, tool_script=tools, context=trained, pooling=pooling, seed=seed
        )
        self.name = name
        self.api_key = api_key
        self.context = context
        self.parallel = parallel
        self.pooling = pooling
        self.port = port
        self._directory = Path(tempfile.mkdtemp(prefix="ts-")) if unix else None
        self.socket = str(self._directory / "s.sock") if self._directory else None
        self._process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        """Address without a path."""
        return "http://localhost" if self.socket else f"http://127.0.0.1:{self.port}"

    @property
    def base_url(self) -> str:
        """Address for an OpenAI client."""
        return f"{self.url}/v1"

    @property
    def process_id(self) -> int:
        """The server's process."""
        assert self._process is not None
        return self._process.pid

    async def __aenter__(self) -> Self:
        try:
            await self.start()
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def start(self) -> None:
        """Start, or start again at the same address; return when it answers `/health`."""
        plan = Plan(
            self.name,
            str(self.model),
            self.context,
            parallel=self.parallel,
            socket=self.socket or "",
            port=self.port,
            api_key=self.api_key,
            pooling=self.pooling,
            parent=os.getpid(),
        )
        self._unbind()
        pipe = asyncio.subprocess.PIPE
        command = (sys.executable, "-m", "smarterrouter.inference.worker", self.name)
        self._process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(msgspec.json.encode(plan) + b"\n")
        line = await asyncio.wait_for(self._process.stdout.readline(), READY_SECONDS)
        assert line, f"the server of {self.model} ended instead of starting; its log is above"
        if not self.socket:
            self.port = int(msgspec.json.decode(line)["address"].rpartition(":")[2])
        assert (await self.get("/health"))["status"] == "ok"

    async def kill(self) -> None:
        """Kill it as a crash would, and wait for its end."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            process.send_signal(signal.SIGKILL)
        await process.communicate()  # also reads the pipes to their end, so that their transports close

    async def close(self) -> None:
        """Kill it and remove its socket."""
        await self.kill()
        if self._directory:
            shutil.rmtree(self._directory, ignore_errors=True)

    def _unbind(self) -> None:
        """A killed server leaves its socket behind, and then it cannot be bound."""
        if self.socket:
            Path(self.socket).unlink(missing_ok=True)

    async def busy(self) -> int:
        """How many of its slots are generating."""
        return sum(slot["is_processing"] for slot in await self.get("/slots"))

    async def quiet(self) -> None:
        """Return when none of its slots is generating."""
        for _ in range(6000):
            if not await self.busy():
                return
            await asyncio.sleep(0.01)
        raise AssertionError("the server is still generating after a minute")

    async def get(self, path: str) -> Any:
        """The decoded JSON that a GET answers, any status."""
        return await self._exchange("GET", path, b"")

    async def ask(self, path: str, body: Any) -> Any:
        """The decoded JSON that a POST of `body` answers, any status."""
        return await self._exchange("POST", path, msgspec.json.encode(body))

    async def _exchange(self, method: str, path: str, body: bytes) -> Any:
        if self.socket:
            reader, writer = await asyncio.open_unix_connection(self.socket)
        else:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            head += f"Content-Length: {len(body)}\r\nAuthorization: Bearer {self.api_key}\r\n\r\n"
            writer.write(head.encode() + body)
            _, _, answer = (await reader.read()).partition(b"\r\n\r\n")
            return msgspec.json.decode(answer)
        finally:
            writer.close()
            await writer.wait_closed()
