import sys

import pytest

from smarterrouter.inference.engines import registry
from smarterrouter.inference.engines.base import EngineFailed


def test_every_engine_is_made_anew():
    for name, maker in registry.ENGINES.items():
        assert isinstance(registry.engine(name), maker)
        assert registry.engine(name) is not registry.engine(name)


def test_an_unknown_engine_names_the_known_ones():
    with pytest.raises(EngineFailed, match="'steam'; known: llama_cpp"):
        registry.engine("steam")


def test_without_the_package_there_is_none(monkeypatch):
    assert registry.available()
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    assert not registry.available()
