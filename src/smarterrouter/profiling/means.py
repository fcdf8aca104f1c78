"""`Means`: what the profiler is given to do its work with."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from msgspec import Struct

from smarterrouter.profiling.base import Answer, Task, Verdict
from smarterrouter.profiling.judge import Judge
from smarterrouter.profiling.questions import Ask, Hooks, Untouched
from smarterrouter.profiling.timeouts import Limits


class Means(Struct, frozen=True):
    """The ways out of the profiler."""

    ask: Ask
    check: Callable[[Task, Answer], Awaitable[Verdict]]
    """Is the answer right?"""
    hooks: Hooks = Untouched()
    limits: Limits = Limits()
    judge: Judge | None = None
    """Grades free prose beside its checks; without one the checks alone count."""
    sleep: Callable[[float], Awaitable[Any]] = asyncio.sleep
    """Waits so many seconds before a busy backend is asked again."""
