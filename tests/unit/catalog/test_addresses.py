"""Routes, accounts and tags around a model's name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarterrouter.catalog import addresses


@pytest.mark.parametrize(
    ("name", "text", "owner"),
    [
        ("Qwen/Qwen2.5-7B-Instruct", "qwen2.5-7b-instruct", "qwen"),
        ("hf.co/bartowski/Qwen3-8B-GGUF:Q4_K_M", "qwen3-8b-gguf:q4_k_m", "bartowski"),
        ("https://huggingface.co/THUDM/GLM-4-32B-0414", "glm-4-32b-0414", "thudm"),
        ("accounts/fireworks/models/llama-v3p1-70b-instruct", "llama-v3p1-70b-instruct", ""),
        ("bedrock/us-east-1/anthropic.claude-3-5-haiku-20241022-v1:0", "claude-3-5-haiku-20241022", ""),
        ("us.meta.llama3-1-8b-instruct-v1:0", "llama3-1-8b-instruct", ""),
        ("mistral.mistral-7b-instruct-v0:2", "mistral-7b-instruct-v0.2", ""),
        ("us.deepseek.r1-v1:0", "deepseek-r1", ""),
        ("openai.gpt-oss-20b-1:0", "gpt-oss-20b", ""),
        ("meta-llama/llama-3.3-70b-instruct:free", "llama-3.3-70b-instruct", "meta-llama"),
        ("anthropic/claude-3.7-sonnet:thinking", "claude-3.7-sonnet-thinking", "anthropic"),
        ("meta-llama_Meta-Llama-3-8B-Instruct", "meta-llama-3-8b-instruct", "meta-llama"),
        ("/models/Qwen2.5-14B-Instruct-Q6_K-00001-of-00002.gguf", "qwen2.5-14b-instruct-q6_k", ""),
        ("C:\\llm\\gemma-2-9b-it-IQ4_XS.gguf", "gemma-2-9b-it-iq4_xs", ""),
        ("gpt-oss:120b-cloud", "gpt-oss:120b", ""),
        ("", "", ""),
    ],
)
def test_route_and_account_are_taken_off(name: str, text: str, owner: str) -> None:
    address = addresses.read(name)
    assert (address.text, address.owner) == (text, owner)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("llama3.1", "llama3.1:8b"),
        ("llama3.1:latest", "llama3.1:8b"),
        ("mistral", "mistral:7b-instruct-v0.3"),
        ("deepseek-r1:7b", "deepseek-r1-distill-qwen-7b"),
        ("deepseek-r1:70b-q8_0", "deepseek-r1-distill-llama-70b"),
        ("deepseek-coder-v2:latest", "deepseek-coder-v2-lite"),
        ("deepseek-coder-v2", "deepseek-coder-v2"),
        ("llama4", "llama4:scout"),
        ("llama3.1:70b", "llama3.1:70b"),
        ("Llama 3.1", "llama 3.1"),
    ],
)
def test_short_tags_of_ollama_are_spelled_out(name: str, text: str) -> None:
    assert addresses.read(name).text == text


@pytest.mark.parametrize("name", ["qwen3:30b", "qwen3:4b-q4_K_M", "deepseek-r1:8b", "deepseek-r1:latest"])
def test_tags_that_were_moved_are_marked(name: str) -> None:
    assert addresses.read(name).moved
    assert not addresses.read("qwen3:8b").moved


def test_strangers_are_neither_makers_nor_repackers() -> None:
    assert addresses.stranger(addresses.read("songfy/llama3.1:8b"))
    assert not addresses.stranger(addresses.read("unsloth/Llama-3.2-3B-Instruct"))
    assert not addresses.stranger(addresses.read("somebody/Llama-3.2-3B-Instruct-GGUF"))
    assert not addresses.stranger(addresses.read("llama3.1:8b"))


def test_a_hub_has_nothing_before_the_account() -> None:
    assert addresses.read("google/gemma-2-9b").hub
    assert not addresses.read("@cf/google/gemma-2-9b").hub
    assert not addresses.read("gemma-2-9b").hub


@given(st.text(max_size=300))
def test_any_text_has_an_address(text: str) -> None:
    assert addresses.read(text).text == addresses.read(text).text.lower()
