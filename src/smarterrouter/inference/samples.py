"""The two test models that a fresh installation serves until it has real ones. They say that they are test models."""

import asyncio
import json
import sys
from pathlib import Path

from smarterrouter.errors import BackendUnreachable

_HINT = (" Connect Ollama,", " llama.cpp", " or any", " OpenAI-compatible", " server", " to get", " real answers.")
_FIRST = ("I am", " a test model.", *_HINT)
_SECOND = ("This is", " the second", " test model;", " its embeddings", " mean nothing.", *_HINT)
SCRIPTS: dict[str, list[str]] = {
    "test-tiny-a": ["--script", json.dumps(_FIRST)],
    "test-tiny-b": ["--script", json.dumps(_SECOND), "--seed", "2", "--pooling", "1"],
}
"""Model names and how `inference.tiny` is asked to write them."""


async def write_missing(directory: Path) -> None:
    """Write those that are not there yet, each by a process of its own. Raise `BackendUnreachable` with the reason."""
    missing = [name for name in SCRIPTS if not (directory / f"{name}.gguf").is_file()]
    writing = (_write(directory / f"{name}.gguf", name) for name in missing)
    outcomes = await asyncio.gather(*writing, return_exceptions=True)  # so that none still runs when this raises
    for outcome in outcomes:
        if outcome is not None:
            raise outcome


async def _write(path: Path, name: str) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "smarterrouter.inference.tiny", str(path), "--name", name, *SCRIPTS[name]),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        _, log = await process.communicate()
    except asyncio.CancelledError:
        process.kill()
        await process.communicate()
        raise
    if process.returncode:
        words = log.decode(errors="replace").strip().rpartition("\n")[2]
        raise BackendUnreachable(f"The test model {name} could not be written: {words}")
