"""What servers say in /v1/models: shapes as recorded from, or documented by, each server."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarterrouter.backends import listing
from smarterrouter.domain.models import Price

LLAMA_CPP = {
    "id": "tiny-a",
    "object": "model",
    "owned_by": "llamacpp",
    "created": 1795160105,
    "architecture": {"input_modalities": ["text"], "output_modalities": ["text"]},
    "meta": {"n_ctx": 1024, "n_ctx_train": 4096, "n_params": 437632, "size": 1750528, "ftype": "all F32"},
}
ROUTER = {"id": "big", "status": {"value": "unloaded"}, "architecture": {"input_modalities": ["text", "image"]}}
VLLM = {"id": "tiny-vllm", "object": "model", "created": 1795160927, "owned_by": "vllm", "max_model_len": 256}
MISTRAL = {
    "id": "pixtral-12b",
    "capabilities": {"completion_chat": True, "function_calling": False, "vision": True},
    "max_context_length": 131072,
}
OPENROUTER = {
    "id": "qwen/qwen3-32b",
    "context_length": 40960,
    "architecture": {"input_modalities": ["text"]},
    "supported_parameters": ["tools", "temperature", "structured_outputs"],
    "pricing": {"prompt": "0.0000001", "completion": "0.0000003"},
}


def test_llama_cpp_tells_size_and_context() -> None:
    offer = listing.read(LLAMA_CPP, "here", local=True)
    assert offer is not None
    assert (offer.name, offer.backend, offer.local) == ("tiny-a", "here", True)
    assert (offer.context_tokens, offer.size_bytes, offer.created) == (1024, 1750528, 1795160105)
    assert offer.parameters_b == pytest.approx(0.000437632)
    assert offer.denied == {"vision"}
    assert offer.capabilities is None


def test_router_mode_tells_what_is_loaded_and_sees_images() -> None:
    offer = listing.read(ROUTER, "here", local=True)
    assert offer is not None
    assert offer.loaded is False
    assert offer.capabilities == {"vision"}


def test_vllm_tells_its_context() -> None:
    offer = listing.read(VLLM, "v", local=True)
    assert offer is not None
    assert offer.context_tokens == 256
    assert offer.loaded is None


def test_mistral_tells_capabilities_both_ways() -> None:
    offer = listing.read(MISTRAL, "m", local=False)
    assert offer is not None
    assert offer.capabilities == {"chat", "vision"}
    assert offer.denied == {"tools"}
    assert offer.context_tokens == 131072


def test_openrouter_tells_prices_and_parameters() -> None:
    offer = listing.read(OPENROUTER, "o", local=False)
    assert offer is not None
    assert offer.capabilities == {"tools", "json"}
    assert offer.denied == {"vision"}
    assert offer.price == Price(pytest.approx(0.1), pytest.approx(0.3))


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("embedding", {"embeddings"}), ("embeddings", {"embeddings"}), ("vlm", {"vision", "chat"}), ("llm", {"chat"})],
)
def test_a_type_is_a_capability(kind: str, expected: set[str]) -> None:
    offer = listing.read({"id": "x", "type": kind}, "b", local=True)
    assert offer is not None
    assert offer.capabilities == expected


@pytest.mark.parametrize("pricing", [None, {}, {"prompt": "-1", "completion": "-1"}, {"prompt": "x", "completion": 1}])
def test_prices_that_mean_nothing_are_none(pricing: Any) -> None:
    offer = listing.read({"id": "x", "pricing": pricing}, "b", local=False)
    assert offer is not None
    assert offer.price is None


@pytest.mark.parametrize("item", [{}, {"id": ""}, {"id": None}, {"id": 3}])
def test_an_entry_without_a_name_is_no_offer(item: dict[str, Any]) -> None:
    assert listing.read(item, "b", local=True) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
MEMBERS = st.sampled_from(
    [
        "meta",
        "capabilities",
        "architecture",
        "supported_parameters",
        "pricing",
        "status",
        "state",
        "type",
        "created",
        "max_model_len",
        "context_window",
        "context_length",
    ]
)


@given(st.dictionaries(MEMBERS, JSON, max_size=6))
def test_whatever_a_server_writes_is_read_without_a_crash(extras: dict[str, Any]) -> None:
    offer = listing.read({"id": "x", **extras}, "b", local=True)
    assert offer is not None
    assert offer.context_tokens is None or offer.context_tokens > 0
