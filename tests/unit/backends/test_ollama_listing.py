"""What Ollama says of its models, as offers."""

from typing import Any

import pytest
from tests.doubles.ollama_double_models import DoubleModel

from smarterrouter.backends import ollama_listing
from smarterrouter.domain.models import Offer
from smarterrouter.errors import BackendGarbage

TAG = {
    "name": "qwen2.5:7b",
    "model": "qwen2.5:7b",
    "size": 5,
    "digest": "abc",
    "modified_at": "1970-01-01T01:00:09.123456789+01:00",
}


def offer(tag: dict[str, Any] | None = None, shown: dict[str, Any] | None = None, most: int | None = None) -> Offer:
    return ollama_listing.offer({**TAG, **(tag or {})}, shown or {}, "ollama", most)


def test_everything_that_show_says() -> None:
    found = offer(shown=DoubleModel("x", capabilities=("completion", "tools", "insert")).show())
    assert found.capabilities == {"chat", "tools", "json"}
    assert found.denied == {"vision", "thinking", "embeddings"}
    assert found.parameters_b == pytest.approx(7.615616512)
    assert (found.quantisation, found.family, found.context_tokens) == ("Q4_K_M", "qwen2", 32768)
    assert (found.created, found.size_bytes, found.digest, found.local) == (9, 5, "abc", True)


def test_the_list_alone_gives_less_and_claims_nothing() -> None:
    found = offer()
    assert (found.capabilities, found.denied, found.parameters_b, found.context_tokens) == (
        None,
        frozenset(),
        None,
        None,
    )


def test_an_embedding_model() -> None:
    found = offer(shown={"capabilities": ["embedding"]})
    assert found.capabilities == {"embeddings"}
    assert "chat" in found.denied


def test_the_operators_limit_and_cloud_models() -> None:
    shown = DoubleModel("x").show()
    assert offer(shown=shown, most=8192).context_tokens == 8192
    assert offer(shown=shown, most=10**6).context_tokens == 32768
    assert offer({"remote_host": "https://ollama.com:443"}).local is False


@pytest.mark.parametrize(
    ("printed", "billions"),
    [
        ("7.6B", 7.6),
        ("494.03M", 0.49403),
        ("8x7B", 56),
        ("1T", 1000),
        ("22.57M", 0.02257),
        ("", None),
        ("big", None),
        (7, None),
    ],
)
def test_printed_sizes(printed: Any, billions: float | None) -> None:
    found = offer({"details": {"parameter_size": printed}}).parameters_b
    assert found == (None if billions is None else pytest.approx(billions))


def test_odd_values_do_no_harm() -> None:
    odd = {"size": "x", "digest": 5, "modified_at": None, "details": "none", "capabilities": {}}
    found = offer(odd, {"model_info": [], "details": {"quantization_level": "unknown", "family": 3}})
    assert (found.size_bytes, found.digest, found.created, found.quantisation, found.family) == (
        None,
        None,
        0,
        None,
        None,
    )


def test_lists() -> None:
    assert ollama_listing.listed({"models": None}, "o") == []
    assert ollama_listing.listed({"models": [TAG, {"size": 1}, "x"]}, "o") == [TAG]
    for bad in ({}, [], None, {"models": 3}):
        with pytest.raises(BackendGarbage):
            ollama_listing.listed(bad, "o")


def test_what_is_in_memory() -> None:
    row = {"name": "m:1b", "size": 10, "size_vram": 4, "context_length": 8192}
    assert ollama_listing.loaded(row) == ollama_listing.Loaded("m:1b", 10, 4, 8192)
    assert ollama_listing.loaded({"model": "m:1b"}) == ollama_listing.Loaded("m:1b")
