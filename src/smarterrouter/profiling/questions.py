"""What the profiler says and hears: `Question`, `Heard`, and the ways it is given to reach a model."""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from msgspec import Struct

from smarterrouter.domain.models import Model
from smarterrouter.profiling.base import Answer

KEEP_ALIVE_SECONDS = 300.0
"""How long a local model is to stay in memory after a question, so that it is not loaded again for the next one."""


class Question(Struct, frozen=True):
    """One thing to ask one model. Members that a backend does not know it may leave out."""

    model: Model
    messages: tuple[dict[str, Any], ...]
    """In OpenAI's shape."""
    max_tokens: int
    timeout: float
    """Seconds until the whole answer must be there."""
    tools: tuple[dict[str, Any], ...] = ()
    response_format: dict[str, Any] | None = None
    keep_alive: float = 0.0
    """Seconds for which the model should stay loaded afterwards; 0 where that is not ours to say."""
    temperature: float = 0.0
    seed: int = 0


class Heard(Struct, frozen=True):
    """What came back."""

    answer: Answer
    prompt_tokens: int = 0
    completion_tokens: int = 0
    """With reasoning; 0 when the backend does not count."""
    first_token_ms: float | None = None
    """None when the answer came in one piece."""
    total_ms: float = 0.0
    thought: bool = False
    """Did the model reason before it answered?"""


Ask = Callable[[Question], Awaitable[Heard]]
"""Asks one model. Raises an error of `smarterrouter.errors` where no answer comes."""


class Hooks(Protocol):
    """What the profiler wants done around its questions; see `Untouched` for a backend that can do none of it."""

    async def gate(self) -> None:
        """Return when there is room for one more call beside the users' own. Awaited before every question."""

    async def load(self, model: Model, *, keep_alive: float, timeout: float) -> float | None:
        """Put the model into memory within `timeout` seconds; the seconds it took.

        None where it loads by itself when it is first asked. Raises an error of `smarterrouter.errors` on failure.
        """

    async def unload(self, model: Model) -> None:
        """Take the model out of memory. Called only for local models that were not loaded before."""

    async def memory_gb(self, model: Model) -> float | None:
        """Memory that the model takes now, None when nobody can tell."""


class Untouched:
    """Hooks of a model that is served elsewhere."""

    async def gate(self) -> None:
        """There is always room."""

    async def load(self, model: Model, *, keep_alive: float, timeout: float) -> float | None:
        """It is loaded, or loads by itself."""
        return None

    async def unload(self, model: Model) -> None:
        """It is not ours to unload."""

    async def memory_gb(self, model: Model) -> float | None:
        """Nobody can tell."""
        return None
