"""The list of engines."""

import importlib.util
from collections.abc import Callable

from smarterrouter.inference.engines.base import Engine, EngineFailed
from smarterrouter.inference.engines.llama_cpp import LlamaCpp

ENGINES: dict[str, Callable[[], Engine]] = {"llama_cpp": LlamaCpp}


def available() -> bool:
    """Is there an engine's package at all? It comes with `smarterrouter[local]`."""
    return importlib.util.find_spec("xllamacpp") is not None


def engine(name: str) -> Engine:
    """A new engine of that name. Raise `EngineFailed` when there is none."""
    made = ENGINES.get(name)
    if made is None:
        raise EngineFailed(f"There is no engine {name!r}; known: {', '.join(ENGINES)}.")
    return made()
