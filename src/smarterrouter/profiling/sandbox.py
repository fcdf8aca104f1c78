"""`Sandbox`: runs a function that a model wrote, where it can reach nothing and not for long.

The code runs in Monty (https://github.com/pydantic/monty), a Python interpreter without files, network, processes and
clock, in a process of its own with limits of the operating system around it. Expected values never go in: results come
out as JSON and are compared here. Why: docs/decisions/0029-sandbox.md.
"""

import asyncio
import json
import os
import secrets
import shutil
import sysconfig
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from msgspec import Struct

from smarterrouter.profiling import unsupported
from smarterrouter.profiling.checks import Run

LONGEST_CODE = 50_000
"""Characters. More is no answer to any task of ours."""
_LONGEST_OUTPUT = 300_000
_GRACE_SECONDS = 2.0
_PROCESS_MB = 512
_NOT_STARTED = (126, 127)
"""What a shell answers for a program that cannot be run."""
# Outside of what Monty promises: processor seconds, address space, no files to write, few to open, no core dump.
_SHELL = """
ulimit -t {seconds}
ulimit -v {kilobytes} 2>/dev/null
ulimit -f 0
ulimit -n 32
ulimit -c 0
exec "$0" "$@"
"""
_DRIVER = """

def {name}():
    import json
    results = []
    for arguments in {arguments}:
        results.append({function}(*arguments))
    print()
    print({mark!r} + json.dumps(results))

{name}()
"""


class Limits(Struct, frozen=True):
    """What one run may use."""

    seconds: float = 2.0
    memory_mb: int = 64


class Outcome(Struct, frozen=True):
    """What came of running an answer."""

    passed: bool
    detail: str = ""
    void: bool = False
    """The code may be right, but uses a part of Python that the sandbox does not know."""


class SandboxBroken(Exception):
    """The sandbox itself does not work; says nothing about the code."""


class Sandbox:
    """Runs code; holds nothing open between runs."""

    def __init__(self, program: Path | None = None) -> None:
        """`program` is Monty's executable; found beside Python or on the path when not given."""
        self._program = program or _installed()

    @property
    def available(self) -> bool:
        """Can code be run at all?"""
        return self._program is not None

    async def run(self, code: str, function: str, runs: Iterable[Run], limits: Limits = Limits()) -> Outcome:  # noqa: B008
        """Run `function` of `code` on each of `runs`, in order. Raises `SandboxBroken` when that is impossible."""
        runs = list(runs)
        if len(code) > LONGEST_CODE:
            return Outcome(passed=False, detail="the code is too long")
        if f"def {function}" not in code:
            return Outcome(passed=False, detail=f"no function {function} in the answer")
        mark = secrets.token_hex(8)
        driver = _DRIVER.format(
            name=f"_{mark}", arguments=repr([run.arguments for run in runs]), function=function, mark=mark
        )
        status, output = await self._executed(code + driver, limits)
        results = _results(output, mark)
        if results is None:
            return _failure(status, output)
        return _compared(runs, results)

    async def _executed(self, code: str, limits: Limits) -> tuple[int | None, str]:
        """Exit status and output; None for a run that had to be stopped."""
        with tempfile.TemporaryDirectory(prefix="smarterrouter-") as folder:
            process = await asyncio.create_subprocess_exec(
                *self._command(_written(folder, code), limits),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                cwd=folder,
                env={},
                start_new_session=True,
            )
            try:
                async with asyncio.timeout(limits.seconds + _GRACE_SECONDS):
                    output = await _bounded(process)
                    status = await process.wait() if len(output) < _LONGEST_OUTPUT else None
            except TimeoutError:
                output, status = b"", None
            finally:
                await _ended(process)
        return status, output.decode("utf-8", "replace")

    def _command(self, file: Path, limits: Limits) -> list[str]:
        if self._program is None:
            raise SandboxBroken("Monty is not installed: pip install pydantic-monty-runtime")
        monty = [
            str(self._program),
            *("--max-memory", f"{limits.memory_mb}MB", "--max-feed-duration", str(limits.seconds)),
            *("--max-recursion-depth", "600", "--max-sleep", "0", "--max-total-sleep", "0"),
            str(file),
        ]
        if os.name == "nt":
            return monty
        shell = _SHELL.format(seconds=int(limits.seconds) + 2, kilobytes=_PROCESS_MB * 1024)
        return ["/bin/sh", "-c", shell, *monty]


def _installed() -> Path | None:
    beside = shutil.which("monty", path=sysconfig.get_path("scripts"))
    found = beside or shutil.which("monty")
    return Path(found) if found else None


def _written(folder: str, code: str) -> Path:
    file = Path(folder, "answer.py")
    file.write_text(code, encoding="utf-8", errors="replace")
    return file


async def _bounded(process: asyncio.subprocess.Process) -> bytes:
    output = bytearray()
    while process.stdout and len(output) < _LONGEST_OUTPUT and (piece := await process.stdout.read(65_536)):
        output += piece
    return bytes(output)


async def _ended(process: asyncio.subprocess.Process) -> None:
    """Stopped and reaped, its pipe read to the end so that its transport closes."""
    if process.returncode is None:
        process.kill()
    while process.stdout and await process.stdout.read(1 << 20):
        pass
    await process.wait()


def _results(output: str, mark: str) -> list[Any] | None:
    line = output.rpartition(f"\n{mark}")[2].partition("\n")[0] if f"\n{mark}" in output else ""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, list) else None


def _failure(status: int | None, output: str) -> Outcome:
    if status is None:
        return Outcome(passed=False, detail="ran too long or wrote too much")
    if status == 2 and "Usage:" in output:
        raise SandboxBroken(f"this version of Monty takes other options: {output[:200]}")
    if status in _NOT_STARTED:
        raise SandboxBroken(f"Monty does not start: {output[:200]}")
    reason = unsupported.reason(output)
    last = output.strip().rpartition("\n")[2][:160]
    return Outcome(passed=False, detail=reason or last or "no result", void=bool(reason))


def _compared(runs: list[Run], results: list[Any]) -> Outcome:
    if len(results) != len(runs):
        return Outcome(passed=False, detail="not every call returned")
    for run, result in zip(runs, results, strict=True):
        if not _equal(run.returns, result):
            return Outcome(
                passed=False, detail=f"{_short(run.arguments)} gave {_short(result)} instead of {_short(run.returns)}"
            )
    return Outcome(passed=True)


def _equal(wanted: Any, found: Any) -> bool:
    """As Python compares, with lists for tuples and a little room for floating point."""
    if isinstance(wanted, list | tuple):
        pairs_up = isinstance(found, list) and len(wanted) == len(found)
        return pairs_up and all(_equal(one, two) for one, two in zip(wanted, found, strict=True))
    if isinstance(wanted, dict):
        return (
            isinstance(found, dict) and set(wanted) == set(found) and all(_equal(wanted[k], found[k]) for k in wanted)
        )
    if isinstance(wanted, float) and isinstance(found, int | float):
        return abs(wanted - found) <= 1e-9 * max(1.0, abs(wanted))
    return bool(wanted == found)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
