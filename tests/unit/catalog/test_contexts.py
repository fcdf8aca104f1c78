"""Context lengths that names speak of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarterrouter.catalog import contexts


@pytest.mark.parametrize(
    ("name", "tokens"),
    [
        ("Phi-3-mini-4k-instruct", 4096),
        ("Phi-3-medium-128k-instruct", 131_072),
        ("moonshot-v1-8k", 8192),
        ("gpt-3.5-turbo-16k", 16_384),
        ("llama3-70b-8192", 8192),
        ("mixtral-8x7b-32768", 32_768),
        ("Qwen2.5-7B-Instruct-1M", 1_000_000),
        ("gpt-4o-mini", 128_000),
        ("gpt-4", 8192),
        ("gpt-4-32k", 32_768),
        ("openai/gpt-4.1-nano", 1_047_576),
        ("claude-3-5-haiku-20241022", 200_000),
        ("claude-sonnet-4-20250514", 200_000),
        ("gemini-2.5-flash", 1_048_576),
        ("o3-mini", 200_000),
        ("llama3.1:8b", None),
        ("gpt-oss:20b", None),
        ("qwen3-235b-a22b-instruct-2507", None),
        ("TinyStories-1M", None),
        ("smollm2:135m", None),
        ("gemini-next", None),
    ],
)
def test_read_name(name: str, tokens: int | None) -> None:
    assert contexts.read_name(name) == tokens


@given(st.text(max_size=300))
def test_any_text_gives_a_positive_length_or_none(text: str) -> None:
    found = contexts.read_name(text)
    assert found is None or found >= 0
