"""Runs real programs beside the gateway: each in a folder of its own, ended by its process id."""

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest

START_SECONDS = 60.0
"""Far more than any start takes, so that a busy machine fails no test."""
END_SECONDS = 20.0


class Gateway(msgspec.Struct, frozen=True):
    """A running gateway in front of one real model server."""

    url: str
    """Address without a path."""
    model: str
    """The model that its one backend serves."""
    folder: Path

    @property
    def base_url(self) -> str:
        """Address for an OpenAI client."""
        return f"{self.url}/v1"

    def chat(self, text: str = "Say hello.", **members: object) -> dict[str, Any]:
        """The body of a chat request to the model."""
        return {"model": self.model, "messages": [{"role": "user", "content": text}], **members}


def program(name: str) -> str:
    """The path of a system program. A missing one is a failure, never a skip."""
    path = shutil.which(name)
    if path is None:
        pytest.fail(f"the program {name} is missing: run `make setup-system`", pytrace=False)
    return path


def new_folder(path: Path, **files: str) -> Path:
    """A new folder with these files; an underscore in a name stands for the point before its ending."""
    path.mkdir()
    for name, text in files.items():
        (path / name.replace("_", ".")).write_text(text)
    return path


def free_port() -> int:
    """A port of 127.0.0.1 that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def free_origin() -> tuple[int, str]:
    """A free port and the address of what will listen there."""
    port = free_port()
    return port, f"http://127.0.0.1:{port}"


async def fetch(url: str) -> tuple[int, str]:
    """Status and text of a GET."""
    async with aiohttp.ClientSession() as session, session.get(url) as reply:
        return reply.status, await reply.text()


async def until(condition: Callable[[], Awaitable[bool]], what: str) -> None:
    """Ask again and again until `condition` holds; fail the test when it never does."""
    try:
        async with asyncio.timeout(START_SECONDS):
            while not await condition():  # noqa: ASYNC110 - another process changes, and it sets no event of ours
                await asyncio.sleep(0.05)
    except TimeoutError:
        pytest.fail(f"not within {START_SECONDS:g} s: {what}")


async def answers(url: str) -> bool:
    """Does a GET give 200?"""
    with contextlib.suppress(aiohttp.ClientError, OSError):
        return (await fetch(url))[0] == 200
    return False


async def lists(url: str, model: str) -> bool:
    """Does the gateway offer `model`?"""
    status, text = await fetch(url)
    return status == 200 and any(row["id"].endswith(model) for row in msgspec.json.decode(text)["data"])


@contextlib.asynccontextmanager
async def running(
    command: list[str], folder: Path, ready_url: str, environment: Mapping[str, str] | None = None
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process that serves `ready_url` until the block is left. Its output is shown when it does not get that far."""
    log = folder / f"{Path(command[0]).name}.log"
    variables = {"PATH": os.defpath, "HOME": str(folder), "LANG": "C.UTF-8", **(environment or {})}
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *command, cwd=folder, env=variables, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
    try:
        await until(lambda: _ready(process, ready_url, log), f"{ready_url} answers")
        yield process
    finally:
        await _end(process)


async def _ready(process: asyncio.subprocess.Process, url: str, log: Path) -> bool:
    if process.returncode is not None:
        pytest.fail(f"the process ended with {process.returncode}:\n{_tail(log)}", pytrace=False)
    return await answers(url)


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-3000:]


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.send_signal(signal.SIGTERM)
    try:
        async with asyncio.timeout(END_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


async def finish(command: list[str], stdin: str = "") -> tuple[int, str]:
    """Run a program to its end: exit code, and standard output and error together."""
    process = await asyncio.create_subprocess_exec(
        *command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        async with asyncio.timeout(START_SECONDS):
            output, _ = await process.communicate(stdin.encode())
    except TimeoutError:
        process.kill()
        output, _ = await process.communicate()
        pytest.fail(f"{command} did not end within {START_SECONDS:g} s:\n{output.decode(errors='replace')[-3000:]}")
    assert process.returncode is not None
    return process.returncode, output.decode(errors="replace")


@contextlib.asynccontextmanager
async def gateway_before(base_url: str, model: str, folder: Path, **settings: str) -> AsyncIterator[Gateway]:
    """The gateway as a user starts it, in an empty folder, with one OpenAI-compatible backend at `base_url`."""
    port, url = free_origin()
    environment = {
        "ROUTER_PROVIDER": "openai",
        "ROUTER_OPENAI_BASE_URL": base_url,
        "ROUTER_DISCOVERY_ENABLED": "false",
        "ROUTER_OFFLINE": "true",
        "ROUTER_PORT": str(port),
        **settings,
    }
    async with running([sys.executable, "-m", "smarterrouter", "serve"], folder, f"{url}/health", environment):
        await until(lambda: lists(f"{url}/v1/models", model), f"{model} in the list of models")
        yield Gateway(url, model, folder)
