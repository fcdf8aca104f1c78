"""Words, versions, dates and sizes in a name proper."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarterrouter.catalog import spelling


@pytest.mark.parametrize(
    ("text", "words", "versions", "sizes"),
    [
        ("qwen2.5-coder:7b-instruct-q4_k_m", ("qwen", "coder", "instruct"), ("2.5",), ("7b",)),
        ("llama-3-1-instruct-8b", ("llama", "instruct"), ("3.1",), ("8b",)),
        ("llama-v3p1-70b-instruct", ("llama", "instruct"), ("3.1",), ("70b",)),
        ("qwen2p5-coder-32b-instruct", ("qwen", "coder", "instruct"), ("2.5",), ("32b",)),
        ("qwen3-30b-a3b", ("qwen",), ("3",), ("30b", "a3b")),
        ("mixtral-8x22b-instruct-v0.1", ("mixtral", "instruct"), ("0.1",), ("8x22b",)),
        ("qwen2.5vl:7b", ("qwen", "vl"), ("2.5",), ("7b",)),
        ("gpt4o", ("gpt", "4o"), (), ()),
        ("gemma-3n-e4b-it", ("gemma", "3n", "it"), (), ("e4b",)),
        ("glm-4-5v", ("glm", "4.5v"), (), ()),
        ("kimi-k2-5", ("kimi", "k2.5"), (), ()),
        ("mistral7b", ("mistral",), (), ("7b",)),
        ("phi-3-mini-4k-instruct", ("phi", "mini", "4k", "instruct"), ("3",), ()),
        ("command-r+", ("command", "r", "plus"), (), ()),
        ("gpt-4.1-fc", ("gpt",), ("4.1",), ()),
        ("open-mistral-nemo-fc-auto", ("open", "mistral", "nemo"), (), ()),
        ("xlam-7b-fc-r", ("xlam", "fc", "r"), (), ("7b",)),
        ("claude-3-7-sonnet-thinking-64k", ("claude", "sonnet", "thinking"), ("3.7",), ()),
        ("claude 3.7 sonnet (32k thinking tokens)", ("claude", "sonnet", "thinking"), ("3.7",), ()),
        ("qwen3.8-27b-ud-q4_k_m", ("qwen",), ("3.8",), ("27b",)),
        ("phi-4-quantized.w4a16", ("phi",), ("4",), ()),
        ("gemini-2.0-flash-001", ("gemini", "flash", "001"), ("2",), ()),
        ("ai21-jamba-1.5-mini", ("ai21", "jamba", "mini"), ("1.5",), ()),
    ],
)
def test_parts(text: str, words: tuple[str, ...], versions: tuple[str, ...], sizes: tuple[str, ...]) -> None:
    parts = spelling.read(text)
    assert (parts.words, parts.versions, parts.sizes, parts.date) == (words, versions, sizes, "")


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("claude-sonnet-4-5-20250929", "20250929"),
        ("gpt-4o-2024-05-13", "20240513"),
        ("chatgpt-4o-latest (2025-01-29)", "20250129"),
        ("gpt-4-1106-preview", "1106"),
        ("mistral-small-2503", "2503"),
        ("command-r-08-2024", "2408"),
        ("gemini-2.5-flash-lite-preview-06-17", "0617"),
        ("claude 3.5 sonnet (oct '24)", "2410"),
        ("claude-35-sonnet-june-24", "2406"),
        ("phi-3-mini-4k-instruct-june-2024", "2406"),
        ("deepseek v3 0324 (mar '25)", "0324"),
        ("codestral 25.01", "2501"),
        ("mistral-medium-23-12", "2312"),
        ("r1-1776", ""),
        ("llama3-70b-8192", ""),
        ("mixtral-8x7b-32768", ""),
        ("qwen2.5-72b", ""),
        ("gemini-1.5-pro-002", ""),
    ],
)
def test_dates(text: str, date: str) -> None:
    assert spelling.read(text).date == date


@given(st.text(max_size=300))
def test_any_text_has_parts(text: str) -> None:
    parts = spelling.read(text.lower())
    assert all(parts.words)
    assert all(number[0].isdigit() for number in parts.versions)
