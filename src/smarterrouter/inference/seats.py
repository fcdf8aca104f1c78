"""What the manager keeps for each model: its `Seat`; and what it hands out: a `Hold`."""

import asyncio
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from smarterrouter.errors import GatewayError
from smarterrouter.inference.child import Child

_LONGEST_DELAY = 60.0
"""Seconds between two attempts at a model that keeps failing."""


class Runtime(Struct, frozen=True):
    """What the runtime may use."""

    models: Path | None = None
    """Directory of the user's GGUF files."""
    samples: Path | None = None
    """Directory for the two test models; None for none."""
    workers: int = 2
    """Most models in memory at the same time."""
    context: int = 8192
    """Tokens of one request, prompt and answer together, where the model was made for that many."""
    parallel: int = 2
    """Requests that one worker answers at the same time."""
    threads: int = 0
    """Compute threads of one worker; 0 for half of the cores, at most 8."""
    gpu_layers: int = -1
    """Layers on the accelerator; -1 for as many as fit."""
    idle_seconds: float | None = None
    """Stop a worker that nobody has held for so long; None: never."""
    ready_seconds: float = 300.0
    """Longest time that loading may take."""
    grace_seconds: float = 5.0
    """How long a worker gets to end by itself."""


class Hold:
    """The right to use one model's worker, at `socket` with `api_key`, until `release` is called."""

    __slots__ = ("_release", "api_key", "socket")

    def __init__(self, socket: str, api_key: str, release: Callable[[], None]) -> None:
        self.socket = socket
        self.api_key = api_key
        self._release: Callable[[], None] | None = release

    def release(self) -> None:
        """Give the right back; a second call does nothing."""
        release, self._release = self._release, None
        if release is not None:
            release()


class Seat:
    """One model's place: its address, which outlives the processes that serve at it, and the process there now."""

    def __init__(self, name: str, socket: str) -> None:
        self.name = name
        self.socket = socket
        self.api_key = secrets.token_urlsafe(24)
        self.child: Child | None = None
        self.starting: asyncio.Task[GatewayError | None] | None = None
        self.stopping: asyncio.Task[None] | None = None
        self.watching: asyncio.Task[None] | None = None
        self.holds = 0
        self.used = 0.0
        self.begun = 0.0
        self.failures = 0
        self.not_before = 0.0
        self.last_words = ""
        self.timer: asyncio.TimerHandle | None = None

    @property
    def free(self) -> bool:
        """May its worker be stopped to make room?"""
        return self.child is not None and self.holds == 0 and self.starting is None and self.stopping is None


def delay(failures: int) -> float:
    """Seconds to wait after so many failures in a row: none after the first, then 0.5, 1, 2 … up to a minute."""
    return 0.0 if failures < 2 else min(_LONGEST_DELAY, 0.5 * 2.0 ** min(failures - 2, 10))


def threads() -> int:
    """Half of the cores, at most 8: with more threads than free cores llama.cpp collapses instead of slowing down."""
    return max(1, min(8, (os.cpu_count() or 2) // 2))
