"""Names are found exactly: keys, names, aliases, prefixes, the router."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarterrouter.catalog.snapshot import Naming, Snapshot, build
from smarterrouter.domain.models import Model
from smarterrouter.errors import BadRequest


def model(backend: str, name: str, **rest: bool) -> Model:
    return Model(key=f"{backend}/{name}", backend=backend, name=name, **rest)


def keys(snapshot: Snapshot, name: str) -> list[str] | None:
    found = snapshot.find(name)
    return None if found is None else [one.key for one in found.models]


TWO = build(
    1,
    [
        model("ollama", "llama3:latest"),
        model("ollama", "qwen3:8b"),
        model("ollama", "hf.co/org/model:Q4_K_M"),
        model("lab", "qwen3:8b"),
        model("lab", "gpt-x"),
        model("lab", "mistral/small"),
        model("mistral", "small"),
    ],
    Naming(
        router="smarterrouter/main",
        aliases={
            "fast": ["nowhere", "qwen3:8b", "gpt-x"],
            "gpt-x": ["ollama/qwen3:8b"],
            "gone": ["nowhere"],
            "smart": ["gpt-x", "auto"],
            "gpt-4o": ["smarterrouter/main"],
        },
        prefixes={"lab": "team/"},
    ),
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ollama/qwen3:8b", ["ollama/qwen3:8b"]),
        ("lab/qwen3:8b", ["lab/qwen3:8b"]),
        ("qwen3:8b", ["ollama/qwen3:8b", "lab/qwen3:8b"]),
        ("llama3:latest", ["ollama/llama3:latest"]),
        ("llama3", ["ollama/llama3:latest"]),
        ("ollama/llama3", ["ollama/llama3:latest"]),
        ("hf.co/org/model:Q4_K_M", ["ollama/hf.co/org/model:Q4_K_M"]),
        ("ollama/hf.co/org/model:Q4_K_M", ["ollama/hf.co/org/model:Q4_K_M"]),
        ("team/qwen3:8b", ["lab/qwen3:8b"]),
        ("mistral/small", ["mistral/small"]),
        ("lab/mistral/small", ["lab/mistral/small"]),
        ("small", ["mistral/small"]),
        ("fast", ["ollama/qwen3:8b", "lab/qwen3:8b", "lab/gpt-x"]),
        ("gpt-x", ["ollama/qwen3:8b"]),
        ("lab/gpt-x", ["lab/gpt-x"]),
        ("gone", []),
    ],
)
def test_find(name: str, expected: list[str]) -> None:
    assert keys(TWO, name) == expected


@pytest.mark.parametrize(
    "name", ["l", "qwen", "qwen3", "qwen3:8", "QWEN3:8B", "8b", "ollama", "org/model:Q4_K_M", "ollama/"]
)
def test_w11_parts_of_a_name_find_nothing(name: str) -> None:
    assert TWO.find(name) is None


def test_w24_every_real_model_can_be_named() -> None:
    for key in TWO.by_key:
        assert keys(TWO, key) == [key]


def test_router_and_auto_are_routed() -> None:
    for name in ("auto", "smarterrouter/main"):
        found = TWO.find(name)
        assert found is not None
        assert (found.routed, found.models, found.alias) == (True, (), False)


def test_an_alias_may_end_in_the_router() -> None:
    smart, drop_in = TWO.find("smart"), TWO.find("gpt-4o")
    assert smart is not None
    assert drop_in is not None
    assert [one.key for one in smart.models] == ["lab/gpt-x"]
    assert smart.routed
    assert (drop_in.models, drop_in.routed) == ((), True)


@pytest.mark.parametrize("name", ["", "a\nb", "x" * 300, "läma"])
def test_what_cannot_be_a_name_is_a_bad_request(name: str) -> None:
    with pytest.raises(BadRequest):
        TWO.find(name)


def test_a_listed_name_with_strange_letters_is_found() -> None:
    assert keys(build(1, [model("x", "Mein Modell (v2)")], Naming()), "Mein Modell (v2)") == ["x/Mein Modell (v2)"]


def test_who_is_likely_to_answer_comes_first() -> None:
    snapshot = build(1, [model("a", "m", missing=True), model("b", "m", unreachable=True), model("c", "m")], Naming())
    assert keys(snapshot, "m") == ["c/m", "b/m", "a/m"]


def test_a_model_called_auto_is_reached_by_its_key() -> None:
    snapshot = build(1, [model("openrouter", "openrouter/auto"), model("x", "auto")], Naming())
    assert snapshot.find("auto") is not None
    assert keys(snapshot, "auto") == []
    assert keys(snapshot, "x/auto") == ["x/auto"]
    assert [name for name, _ in snapshot.listed] == ["openrouter/auto", "x/auto"]


def test_aliases_shadowed_by_a_key_are_not_listed() -> None:
    snapshot = build(1, [model("a", "m")], Naming(aliases={"a/m": ["auto"], "b": ["m"]}))
    assert list(snapshot.aliases) == ["b"]


def test_of_two_equal_keys_the_first_counts() -> None:
    assert build(1, [model("a", "m"), model("a", "m", missing=True)], Naming()).models == (model("a", "m"),)


def test_empty_is_a_clean_state() -> None:
    empty = build(1, [], Naming())
    assert empty.models == ()
    assert empty.listed == ()
    assert empty.find("llama3") is None
    assert empty.nearest("llama3") == []
    assert empty.find("auto") is not None


def test_nearest_names_for_a_hint() -> None:
    assert TWO.nearest("llama3:8b")[0] == "llama3:latest"
    assert TWO.nearest("qwen3") == ["lab/qwen3:8b"]
    assert "fast" in TWO.nearest("fst")
    assert TWO.nearest("zzzzzzzzzzzz") == []
    assert len(TWO.nearest("q")) <= 3


NAMES = st.sampled_from(
    [
        "m",
        "m:latest",
        "a/m",
        "b/m",
        "auto",
        "r/r",
        "alias",
        "x/y/z",
        "hf.co/o/m:Q4",
        "hf.co/o/m:latest",
        "p-m",
        "m:8b",
        "b/a/m",
    ]
)
BACKENDS = st.sampled_from(["a", "b", "x", "r"])
FLAGS = st.booleans()


@given(
    pairs=st.lists(st.tuples(BACKENDS, NAMES, FLAGS), max_size=12),
    aliases=st.dictionaries(NAMES, st.lists(NAMES, max_size=3), max_size=3),
    prefix=st.sampled_from(["", "p-", "a/"]),
)
def test_each_listed_name_means_exactly_its_model(
    pairs: list[tuple[str, str, bool]], aliases: dict[str, list[str]], prefix: str
) -> None:
    models = [model(backend, name, unreachable=flag) for backend, name, flag in pairs]
    snapshot = build(3, models, Naming(router="r/r", aliases=aliases, prefixes={"a": prefix}))
    for name, listed in snapshot.listed:
        found = snapshot.find(name)
        assert found is not None
        assert found.models == (listed,)
        assert not found.routed
    ids = [name for name, _ in snapshot.listed]
    assert len(ids) == len(set(ids))
    assert not set(ids) & set(snapshot.aliases)
    assert {listed.key for _, listed in snapshot.listed} == {
        key for key in snapshot.by_key if key not in {"r/r", "auto"}
    }
    for alias in snapshot.aliases:
        found = snapshot.find(alias)
        assert found is not None
        assert found.alias
    for known in snapshot.resolutions.values():
        assert all(one is snapshot.by_key[one.key] for one in known.models)
