import importlib.metadata

import pytest

from smarterrouter.backends import registry
from smarterrouter.backends.llama_cpp import LlamaCpp
from smarterrouter.backends.ollama import Ollama
from smarterrouter.backends.openai import OpenAICompatible
from smarterrouter.backends.spec import BackendSpec
from smarterrouter.backends.vendors import VENDORS
from smarterrouter.transport.client import HttpClient

URL = "http://127.0.0.1:1/v1"


class Foreign(OpenAICompatible):
    """A backend of somebody else's package."""


@pytest.fixture
def foreign(monkeypatch):
    """Somebody else's package, as if it were installed."""
    point = importlib.metadata.EntryPoint("foreign", f"{__name__}:Foreign", registry.ENTRY_POINTS)
    monkeypatch.setattr(importlib.metadata.EntryPoint, "load", lambda self: Foreign)
    known = importlib.metadata.EntryPoints([point])
    monkeypatch.setattr(importlib.metadata, "entry_points", known.select)


@pytest.mark.parametrize("kind", registry.kinds())
async def test_every_listed_kind_can_be_made(kind):
    spec = BackendSpec("one", kind, URL, keep_alive=60)
    backend = registry.make(spec, HttpClient())
    assert (backend.name, backend.kind) == ("one", kind)
    assert backend.address.startswith("http://127.0.0.1:1")
    for method in ("offers", "chat", "complete", "embed", "count", "close"):
        assert callable(getattr(backend, method))


def test_every_vendor_is_a_kind():
    assert set(registry.kinds()) >= {*VENDORS, "ollama", "llama.cpp"}


def test_kinds_with_a_protocol_of_their_own_have_their_own_class():
    client = HttpClient()
    assert type(registry.make(BackendSpec("a", "ollama", URL), client)) is Ollama
    assert type(registry.make(BackendSpec("a", "llama.cpp", URL), client)) is LlamaCpp
    assert type(registry.make(BackendSpec("a", "vllm", URL), client)) is OpenAICompatible


def test_an_unknown_kind_is_told():
    with pytest.raises(KeyError, match="nobody"):
        registry.make(BackendSpec("a", "nobody", URL), HttpClient())


def test_a_package_outside_can_bring_a_kind(foreign):
    assert "foreign" in registry.kinds()
    assert type(registry.make(BackendSpec("a", "foreign", URL), HttpClient())) is Foreign
    with pytest.raises(KeyError):
        registry.make(BackendSpec("a", "nobody", URL), HttpClient())
