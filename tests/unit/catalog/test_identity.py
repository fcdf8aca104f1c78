"""Any spelling of a name becomes one identity, and what is not understood keeps models apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarterrouter.catalog.identity import Identity, actives_agree, dates_agree, parse, with_size


def _read(name: str) -> Identity:
    identity = parse(name)
    assert identity is not None
    return identity


def test_everything_that_a_name_says() -> None:
    assert _read("hf.co/bartowski/Qwen2.5-Coder-7B-Instruct-GGUF:Q4_K_M") == Identity(
        family="qwen",
        vendor="alibaba",
        versions=("2.5",),
        size_b=7.0,
        active_b=7.0,
        variant=frozenset({"coder"}),
        quantisation="Q4_K_M",
        written_size=True,
    )
    claude = _read("claude-sonnet-4-5-20250929")
    assert (claude.family, claude.vendor, claude.version, claude.date) == ("claude", "anthropic", "4.5", "20250929")
    mixture = _read("Qwen/Qwen3-235B-A22B-Thinking-2507")
    assert (mixture.size_b, mixture.active_b, mixture.date) == (235, 22, "2507")
    assert mixture.variant == {"thinking"}


@pytest.mark.parametrize("name", ["", "   ", "7b", "123", "///", "-:-", "x" * 257, "4.5-20240101"])
def test_what_names_nothing(name: str) -> None:
    assert parse(name) is None


@pytest.mark.parametrize(
    ("name", "is_base"),
    [
        ("meta-llama/Llama-3.1-8B", True),
        ("unsloth/Meta-Llama-3.1-8B-bnb-4bit", True),
        ("meta-llama/Llama-2-70b-hf", True),
        ("mistralai/Mistral-7B-v0.1", True),
        ("mistral-7b-v0.1.Q5_K_M.gguf", True),
        ("Qwen/Qwen2.5-Coder-7B", True),
        ("google/gemma-2-9b", True),
        ("llama3.1:8b-text-q4_0", True),
        ("Qwen/Qwen3-8B-Base", True),
        ("meta-llama/Llama-4-Scout-17B-16E", True),
        ("llama3.1:8b", False),
        ("Llama 3.1 8B", False),
        ("gemma-2-9b", False),
        ("Qwen/Qwen3-8B", False),
        ("meta-llama/llama-4-scout", False),
        ("deepseek-ai/DeepSeek-V3", False),
        ("meta-llama/llama-guard-3-8b", False),
        ("nvidia/Llama-3.1-Nemotron-70B-Instruct-HF", False),
    ],
)
def test_the_untuned_are_told_from_the_tuned(name: str, is_base: bool) -> None:
    assert _read(name).is_base is is_base


@pytest.mark.parametrize(
    ("name", "date"),
    [
        ("gpt-4o", ""),
        ("gpt-4o-mini", "20240718"),
        ("gpt-4-1106-preview", "20231106"),
        ("deepseek-v3-0324", "20250324"),
        ("deepseek-v3", ""),
        ("mistral-small-3.1", "2503"),
        ("Mistral-Small-3.1-24B-Instruct-2503", "2503"),
        ("claude-3-5-sonnet", ""),
        ("claude-3-5-sonnet-latest", "20241022"),
        ("Claude 3.5 Sonnet (Oct '24)", "20241022"),
        ("claude-3-5-haiku", "20241022"),
    ],
)
def test_which_snapshot_is_meant(name: str, date: str) -> None:
    assert _read(name).date == date


def test_a_distillate_is_of_the_family_it_was_poured_into() -> None:
    identity = _read("deepseek-ai/DeepSeek-R1-Distill-Qwen-7B")
    assert (identity.family, identity.size_b) == ("qwen", 7)
    assert _read("deepseek-r1:7b").key == identity.key
    assert _read("deepseek-r1").key != identity.key


def test_sizes_that_cannot_be_read_stay_in_the_name() -> None:
    assert _read("olmoe-1b-7b").key != _read("olmoe-2b-7b").key
    assert _read("newmodel-e4b").key != _read("newmodel-e5b").key
    assert _read("llama-4-scout-17b").key != _read("llama-4-scout-18b").key


def test_a_measured_size_overrules_one_that_is_only_implied() -> None:
    bare = _read("deepseek-coder-v2")
    assert (bare.size_b, bare.variant) == (236, {"coder"})
    small = with_size(bare, 15.7)
    assert (small.size_b, small.variant) == (16, {"coder", "lite"})
    assert with_size(bare, 235.7) == bare
    written = _read("llama3.1:8b")
    assert with_size(written, 70) == written
    sizeless = _read("granite4:micro")
    assert with_size(sizeless, 3.4) == sizeless


def test_dates_and_their_short_forms() -> None:
    assert dates_agree("20241022", "1022")
    assert dates_agree("2410", "20241022")
    assert not dates_agree("20241022", "20240620")
    assert not dates_agree("1022", "2410")


def test_active_parameters_only_speak_where_both_say_them() -> None:
    assert actives_agree(_read("qwen3-30b"), _read("qwen3-30b-a3b"))
    assert actives_agree(_read("newmodel-80b"), _read("newmodel-80b-a8b"))
    assert not actives_agree(_read("newmodel-80b-a3b"), _read("newmodel-80b-a8b"))


@given(st.text(max_size=300))
def test_any_text_is_read_without_an_error(text: str) -> None:
    identity = parse(text)
    assert identity is None or identity.key == _read(text).key


@given(st.text(alphabet="abqlm0123456789.-_:/ ()'+", max_size=60))
def test_names_of_the_usual_letters_are_read_without_an_error(text: str) -> None:
    identity = parse(text)
    assert identity is None or identity.family
