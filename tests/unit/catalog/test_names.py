"""One spelling for many, and what may be a name at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarterrouter.catalog import names
from smarterrouter.errors import BadRequest


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Llama-3.1-8B_Instruct", "llama3.1-8b-instruct"),
        ("llama3.1:8b-instruct", "llama3.1-8b-instruct"),
        ("gpt-4o", "gpt4o"),
        ("gemma-3n-E4B-it", "gemma3n-e4b-it"),
        ("meta-llama/Llama-2-7b-chat-hf", "llama2-7b-chat-hf"),
        ("C:\\models\\Qwen3-8B-Q4_K_M.gguf", "qwen3-8b-q4-k-m"),
        ("/models/big-00001-of-00003.gguf", "big"),
        ("org/tinyllama-1.1b/ggml-model-q4_0.gguf", "tinyllama-1.1b-ggml-model-q4-0"),
        ("command-r-08-2024", "command-r-08-2024"),
    ],
)
def test_canonical_spelling(name: str, expected: str) -> None:
    assert names.canonical(name) == expected


@pytest.mark.parametrize(
    "name", ["llama3:70b", "hf.co/org/model:Q4_K_M", "@cf/meta/llama-3-8b", "a", "My model+lora", "x" * 256]
)
def test_ordinary_names_are_allowed(name: str) -> None:
    names.check(name)


@pytest.mark.parametrize("name", ["", "   ", "a\nb", "a\x00", "x" * 257, "llama<script>", "modèle", "a;b", 'a"b'])
def test_what_cannot_be_a_name_is_refused(name: str) -> None:
    with pytest.raises(BadRequest) as caught:
        names.check(name)
    assert caught.value.param == "model"


def test_words_match_whole() -> None:
    mini = names.tokens("mini", r"phi3")
    assert mini.search("phi4-mini-instruct")
    assert not mini.search("gemini2.5-pro")
    assert not mini.search("phi3.5-vision")


def test_first_match_respects_order() -> None:
    rows = ((names.tokens("a"), 1), (names.tokens("b"), 2))
    assert names.first_match("b-a", rows) == 1
    assert names.first_match("c", rows) is None


@given(st.text())
def test_any_text_has_a_canonical_form_that_is_stable(text: str) -> None:
    once = names.canonical(text)
    assert names.canonical(once).replace("-", "") == once.replace("-", "") or "/" in text or "\\" in text or "." in text
    assert ":" not in once
    assert "_" not in once
