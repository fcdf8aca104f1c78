"""The list of backends: built from specs; third parties by entry point."""

import importlib.metadata
from collections.abc import Callable

from smarterrouter.backends.base import Backend
from smarterrouter.backends.llama_cpp import LlamaCpp
from smarterrouter.backends.ollama import Ollama
from smarterrouter.backends.openai import OpenAICompatible
from smarterrouter.backends.spec import BackendSpec
from smarterrouter.backends.vendors import VENDORS
from smarterrouter.transport.client import HttpClient

Maker = Callable[[BackendSpec, HttpClient], Backend]

OWN: dict[str, Maker] = {
    "ollama": lambda spec, client: Ollama(spec, client, spec.keep_alive),
    "llama.cpp": LlamaCpp,
    **dict.fromkeys(VENDORS, OpenAICompatible),
}
"""Backends that are made from a spec alone. The embedded runtime is made by `bootstrap`, which owns its processes."""
ENTRY_POINTS = "smarterrouter.backends"


def kinds() -> list[str]:
    """Every kind that a configuration may name."""
    return sorted({*OWN, *(point.name for point in importlib.metadata.entry_points(group=ENTRY_POINTS))})


def make(spec: BackendSpec, client: HttpClient) -> Backend:
    """The backend that `spec` describes. Raise `KeyError` with the kind when nobody makes it."""
    if (maker := OWN.get(spec.kind)) is not None:
        return maker(spec, client)
    for point in importlib.metadata.entry_points(group=ENTRY_POINTS, name=spec.kind):
        loaded: Maker = point.load()
        return loaded(spec, client)
    raise KeyError(spec.kind)
