"""Published names against our models: a long table of real spellings, and what must never match."""

import json
import math
import re
from collections.abc import Iterable
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarterrouter.catalog.identity import parse
from smarterrouter.catalog.matching import Matcher, explain, same
from smarterrouter.domain.models import Model, Size

TABLE = json.loads((Path(__file__).parents[2] / "golden/data/spellings.json").read_text(encoding="utf-8"))
ROWS = TABLE["rows"]
SPELLINGS = [row["spelling"] for row in ROWS]
PARTS = {
    "shown": [row for row in ROWS if row["round"] == 1 and not row["held_out"]],
    "held out": [row for row in ROWS if row["held_out"]],
    "second round": [row for row in ROWS if row["round"] == 2],
    "third round": [row for row in ROWS if row["round"] == 3],
    "all": ROWS,
}


def _count(rows: list[dict[str, str]]) -> tuple[int, int, int]:
    """True matches, wrong matches and missed matches over all pairs."""
    right = wrong = missed = 0
    for one, other in combinations(rows, 2):
        matched, meant = same(one["spelling"], other["spelling"]), one["model"] == other["model"]
        right += matched and meant
        wrong += matched and not meant
        missed += meant and not matched
    return right, wrong, missed


def _wilson(hits: int, tries: int) -> float:
    """Lower end of the 95 % interval."""
    z, share = 1.96, hits / tries
    middle = share + z * z / (2 * tries)
    return (middle - z * math.sqrt(share * (1 - share) / tries + z * z / (4 * tries * tries))) / (1 + z * z / tries)


@pytest.mark.parametrize("part", PARTS)
def test_real_spellings_are_matched_with_precision_and_recall(part: str) -> None:
    right, wrong, missed = _count(PARTS[part])
    assert right / (right + wrong) >= 0.99
    assert right / (right + missed) >= 0.95
    assert _wilson(right, right + wrong) >= 0.95
    assert _wilson(right, right + missed) >= 0.9


def test_the_table_is_long_enough_and_says_where_each_spelling_was_seen() -> None:
    first = [row for row in ROWS if row["round"] == 1]
    assert len(first) >= 300
    assert abs(sum(row["held_out"] for row in first) - len(first) / 2) <= 1
    assert len(set(SPELLINGS)) == len(SPELLINGS)
    assert {row["source"] for row in ROWS} == set(TABLE["sources"])


def test_w08_ollama_tags_find_their_leaderboard_names() -> None:
    pairs = {
        "llama3.1:8b": "meta-llama/Meta-Llama-3.1-8B-Instruct", "llama3.2:3b": "meta-llama/Llama-3.2-3B-Instruct",
        "llama3.3:70b": "meta-llama/Llama-3.3-70B-Instruct", "llama3:70b": "meta-llama/Meta-Llama-3-70B-Instruct",
        "mistral:7b": "mistralai/Mistral-7B-Instruct-v0.3", "mixtral:8x7b": "mistralai/Mixtral-8x7B-Instruct-v0.1",
        "mistral-nemo:12b": "mistralai/Mistral-Nemo-Instruct-2407", "qwen2.5:7b": "Qwen/Qwen2.5-7B-Instruct",
        "qwen2.5:72b": "Qwen/Qwen2.5-72B-Instruct", "qwen2.5-coder:0.5b": "Qwen/Qwen2.5-Coder-0.5B-Instruct",
        "gemma2:9b": "google/gemma-2-9b-it", "gemma3:27b": "google/gemma-3-27b-it", "phi3:mini":
        "microsoft/Phi-3-mini-4k-instruct", "phi4:14b": "microsoft/phi-4",
        "deepseek-r1:14b": "deepseek-ai/DeepSeek-R1-Distill-Qwen-14B",
        "command-r-plus:104b": "CohereForAI/c4ai-command-r-plus",
        "codellama:34b": "codellama/CodeLlama-34b-Instruct-hf",
    }  # fmt: skip
    assert len(pairs) == 17
    matcher = Matcher(_models(pairs))
    assert {name: [model.name for model in matcher.match(name)] for name in pairs.values()} == {
        name: [tag] for tag, name in pairs.items()
    }


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("llama3.1:8b", "llama3.1:70b"),
        ("llama3.1:8b", "llama3.2:3b"),
        ("meta-llama/Llama-3.1-8B", "meta-llama/Llama-3.1-8B-Instruct"),
        ("qwen2.5:7b", "qwen2.5-coder:7b"),
        ("qwen2.5:7b", "Qwen/Qwen2.5-VL-7B-Instruct"),
        ("qwen2.5:7b", "Qwen/Qwen2.5-Math-7B-Instruct"),
        ("gpt-4o", "gpt-4o-mini"),
        ("gpt-4.1-mini", "gpt-4.1-nano"),
        ("gemini-2.5-flash", "gemini-2.5-flash-lite"),
        ("gemini-2.5-flash", "gemini-2.5-flash-lite-preview-06-17"),
        ("gpt-4o", "gpt-4o-2024-05-13"),
        ("gpt-4o-2024-08-06", "gpt-4o-2024-05-13"),
        ("deepseek-v3", "deepseek-v3-0324"),
        ("deepseek-r1", "deepseek-r1:7b"),
        ("deepseek-r1", "deepseek-r1-distill-llama-70b"),
        ("deepseek-r1:8b", "deepseek-r1-distill-llama-8b"),
        ("qwen3:30b", "Qwen/Qwen3-30B-A3B"),
        ("claude-3-7-sonnet", "claude-3-7-sonnet-thinking"),
        ("llama3.1:8b", "songfy/llama3.1:8b"),
        ("llama3.1:8b", "mlabonne/Meta-Llama-3.1-8B-Instruct-abliterated"),
        ("llama3.1:8b", "NousResearch/Hermes-3-Llama-3.1-8B"),
        ("qwen2.5:72b", "MaziyarPanahi/calme-2.1-qwen2.5-72b"),
        ("phi-3-mini-4k-instruct", "phi-3-mini-128k-instruct"),
        ("qwq-32b", "qwq-32b-preview"),
        ("o3-mini", "o3-mini-high"),
        ("mixtral:8x7b", "mixtral:8x22b"),
        ("gemma-3n-e2b-it", "gemma-3n-e4b-it"),
        ("mistral-small-2409", "mistral-small-2501"),
        ("glm-4.5", "glm-4.5-air"),
        ("glm-4.5", "glm-4.5v"),
        ("gpt-5", "gpt-5-chat-latest"),
        ("nova-2-pro", "amazon.nova-2-pro-preview-20251202-v1:0"),
        ("gemini-2.5-pro", "gemini-2.5-pro-exp-03-25"),
        ("gemini-2.0-flash", "gemini-2.0-flash-001"),
        ("Qwen3-235B-A22B", "Qwen3-235B-A22B-Instruct-2507"),
        ("mistral-small-3.1", "mistral-small-2506"),
        ("mpt-7b-chat", "mpt-7b-instruct"),
        ("gpt-3.5-turbo", "gpt-3.5-turbo-instruct"),
        ("gpt-4", "gpt-4-vision-preview"),
        ("Qwen/Qwen-7B", "Qwen/Qwen-7B-Chat"),
        ("starcoder2:15b", "starcoder2:15b-instruct"),
        ("codellama:7b", "codellama:7b-python"),
    ],
)
def test_models_that_are_told_apart(one: str, other: str) -> None:
    assert not same(one, other)
    assert explain(one, other).startswith("Different: ")


def _models(names: Iterable[str]) -> list[Model]:
    return [Model(key=f"a/{name}", backend="a", name=name) for name in names]


def test_all_quantisations_and_backends_of_a_model_are_found() -> None:
    names = ["llama3.1:8b-instruct-q4_K_M", "llama3.1:8b-instruct-q8_0", "llama3.1:70b", "Llama-3.1-8B-Instruct.gguf"]
    found = Matcher(_models(names)).match("Llama 3.1 Instruct 8B")
    assert [model.name for model in found] == [names[0], names[1], names[3]]
    assert Matcher(_models(names)).match("Llama 3.1 Instruct 405B") == ()


def test_an_undated_name_means_the_only_snapshot_that_is_known() -> None:
    dated = "newmodel-pro-20300101"
    assert [model.name for model in Matcher(_models([dated])).match("newmodel-pro")] == [dated]
    assert Matcher(_models([dated, "newmodel-pro-20300601"])).match("newmodel-pro") == ()
    undated = Matcher(_models(["newmodel-pro"]), published=[dated, "newmodel-pro-20300601"])
    assert undated.match(dated) == ()
    assert len(Matcher(_models(["newmodel-pro"]), published=[dated]).match(dated)) == 1


def test_a_bare_tag_is_matched_by_what_it_was_measured_to_hold() -> None:
    def tag(name: str, billions: float) -> list[Model]:
        return [Model(key=f"a/{name}", backend="a", name=name, size=Size(parameters_b=billions))]

    assert Matcher(tag("deepseek-coder-v2", 15.7)).match("DeepSeek-Coder-V2-Lite-Instruct")
    assert not Matcher(tag("deepseek-coder-v2", 15.7)).match("DeepSeek-Coder-V2")
    assert not Matcher(tag("deepseek-r1", 8.2)).match("deepseek-ai/DeepSeek-R1")
    assert Matcher(tag("deepseek-r1", 671.0)).match("deepseek-ai/DeepSeek-R1")
    assert not Matcher(tag("llama3.1", 70.6)).match("meta-llama/Llama-3.1-8B-Instruct")


def test_names_without_a_word_match_only_themselves() -> None:
    matcher = Matcher(_models(["7b", "llama3.1"]))
    assert [model.name for model in matcher.match(" 7B ")] == ["7b"]
    assert matcher.match("8b") == ()


def test_b34_each_name_is_read_once_and_looked_up_once() -> None:
    models = _models(f"family{index}-7b" for index in range(500))
    parse.cache_clear()
    matcher = Matcher(models)
    assert all(matcher.match(f"acme/Family{index}-7B-GGUF") for index in range(500))
    read = parse.cache_info()
    assert read.hits + read.misses == 1000


@pytest.mark.parametrize(
    ("one", "other", "says"),
    [
        ("llama3.1:8b-instruct-q4_K_M", "llama3.1:8b-instruct-q8_0", "The same model, stored as Q4_K_M and Q8_0."),
        ("llama3.1:8b", "Llama 3.1 8B", "The same model."),
        ("llama3.1:8b", "llama3.2:3b", "Different: version 3.1 against 3.2; size 8B against 3B."),
        ("google/gemma-2-9b", "gemma2:9b", "Different: tuning base against instruct."),
        ("qwen3-30b-a3b", "qwen3-30b-a5b", "Different: active parameters 3B against 5B."),
        ("7b", "llama3", "`7b` names no model that we can read."),
        ("llama3", "7b", "`7b` names no model that we can read."),
        ("7b", "7B", "Same text."),
    ],
)
def test_explanations(one: str, other: str, says: str) -> None:
    assert Matcher(()).explain(one, other) == says


NAMES = st.sampled_from(SPELLINGS) | st.text(max_size=40)


@given(NAMES, NAMES)
def test_same_is_reflexive_and_symmetric(one: str, other: str) -> None:
    assert same(one, one)
    assert same(one, other) == same(other, one)
    assert explain(one, other)


_SIZE = re.compile(r"(?<![a-zA-Z\d.])(?:\d+x)?\d+(?:\.\d+)?(?=[bB](?![a-zA-Z\d])[^/]*$)")
SIZED = [name for name in SPELLINGS if _SIZE.search(name)]


@given(st.sampled_from(SIZED), st.integers(0, 9), st.integers(0, 9))
def test_another_digit_in_the_size_is_another_model(name: str, place: int, digit: int) -> None:
    match = _SIZE.search(name)
    assert match is not None
    places = [match.start() + index for index, letter in enumerate(match[0]) if letter.isdigit()]
    at = places[place % len(places)]
    changed = f"{name[:at]}{digit}{name[at + 1 :]}"
    assert same(name, changed) == (changed == name)


def test_every_real_spelling_can_be_read() -> None:
    assert [name for name in SPELLINGS if parse(name) is None] == []
