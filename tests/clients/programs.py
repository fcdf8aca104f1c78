"""Runs the programs of other projects: each in a folder of its own, without the outside world, ended by its id."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest

START_SECONDS = 600.0
"""The largest of them takes half a minute on an idle machine; this is for a busy one."""
RUN_SECONDS = 600.0
END_SECONDS = 60.0
_NOWHERE = "http://127.0.0.1:9"
"""Nobody listens on the port of the discard service: what a program wants to tell the world fails at once."""


def variables(home: Path, **more: str) -> dict[str, str]:
    """The environment of a program: nothing of ours, and no way out but to this machine."""
    proxies = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), _NOWHERE)
    local = dict.fromkeys(("no_proxy", "NO_PROXY"), "127.0.0.1,localhost")
    basics = {"PATH": os.defpath, "HOME": str(home), "LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1"}
    return {**basics, **proxies, **local, "HF_HUB_OFFLINE": "1", "DO_NOT_TRACK": "1", "OMP_NUM_THREADS": "1", **more}


def free_port() -> int:
    """A port of 127.0.0.1 that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.asynccontextmanager
async def serving(
    command: list[str], folder: Path, ready_url: str, more: Mapping[str, str] | None = None
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A server, from the moment when a GET of `ready_url` gives 200; its last lines are shown when it never does."""
    log = folder / f"{Path(command[0]).name}.log"
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=folder,
            env=variables(folder, **(more or {})),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,  # some start children of their own; the whole group ends together
        )
    try:
        await _until_ready(process, ready_url, log)
        yield process
    finally:
        await _end(process)


async def _until_ready(process: asyncio.subprocess.Process, url: str, log: Path) -> None:
    try:
        async with asyncio.timeout(START_SECONDS):
            while not await _answers(url):
                if process.returncode is not None:
                    pytest.fail(f"it ended with {process.returncode}:\n{_tail(log)}", pytrace=False)
                await asyncio.sleep(0.2)
    except TimeoutError:
        pytest.fail(f"{url} does not answer:\n{_tail(log)}", pytrace=False)


async def _answers(url: str) -> bool:
    with contextlib.suppress(aiohttp.ClientError, OSError):
        async with aiohttp.ClientSession() as session, session.get(url) as reply:
            return reply.status == 200
    return False


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-4000:]


async def _end(process: asyncio.subprocess.Process) -> None:
    """SIGTERM to the group that it leads, SIGKILL to what stays."""
    _signal_group(process.pid, signal.SIGTERM)
    try:
        async with asyncio.timeout(END_SECONDS):
            await process.wait()
    except TimeoutError:
        pass
    _signal_group(process.pid, signal.SIGKILL)
    await process.wait()


def _signal_group(leader: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, number)


async def finish(command: list[str], folder: Path, more: Mapping[str, str] | None = None) -> str:
    """Run a program to its end and give its standard output; any exit code but 0 fails with its last lines."""
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        env=variables(folder, **(more or {})),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(RUN_SECONDS):
            output, errors = await process.communicate()
    except TimeoutError:
        process.kill()
        output, errors = await process.communicate()
    said = output.decode(errors="replace")
    if process.returncode:
        pytest.fail(f"{command} ended with {process.returncode}:\n{(said + errors.decode())[-4000:]}", pytrace=False)
    return said


async def told(command: list[str], folder: Path, more: Mapping[str, str] | None = None) -> Any:
    """What a program says as JSON on the last line of its standard output."""
    said = await finish(command, folder, more)
    return msgspec.json.decode(said.strip().splitlines()[-1])
