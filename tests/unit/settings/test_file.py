from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarterrouter.settings.file import BackendEntry, Contents, FileConfig, read

NAME = "smarterrouter.yaml"


def parse(text: str, **environment: str) -> Contents:
    return read(text, NAME, environment)


def problem(text: str, **environment: str) -> str:
    found = parse(text, **environment).problems
    assert len(found) == 1, found
    return found[0]


def entry(**values: Any) -> BackendEntry:
    return BackendEntry.model_validate({"name": "a", "kind": "vllm", **values})


def test_a_whole_file_is_read() -> None:
    found = parse(
        """
        backends:
          - name: work.station-1
            kind: ollama
            url: http://192.168.1.20:11434/
            include: ["gemma*", "q?"]
            exclude: "*q2_*, *q3_*"
            timeout_seconds: 30
            context_tokens: "8192"
            prefix: p/
            headers: {x-team: blue}
          - {name: groq, kind: groq, api_key: k}
        aliases:
          fast: groq/small
          smart: [groq/big, work.station-1/qwen3:32b]
        prices:
          "groq/*": {input_per_million: 0.15, output_per_million: 1}
        settings: {port: 1}
        """
    )
    assert found.problems == []
    first, second = found.config.backends
    assert (first.name, first.kind, first.url) == ("work.station-1", "ollama", "http://192.168.1.20:11434")
    assert (first.include, first.exclude) == (("gemma*", "q?"), ("*q2_*", "*q3_*"))
    assert (first.timeout_seconds, first.context_tokens, first.prefix) == (30.0, 8192, "p/")
    assert first.headers["x-team"].get_secret_value() == "blue"
    assert second.url is None
    assert second.api_key is not None
    assert second.api_key.get_secret_value() == "k"
    assert found.config.aliases == {"fast": ["groq/small"], "smart": ["groq/big", "work.station-1/qwen3:32b"]}
    assert found.config.prices["groq/*"].input_per_million == 0.15
    assert found.settings == {"port": 1}


@pytest.mark.parametrize("text", ["", "# only a comment", "backends:\naliases:\nsettings:\n", "{}"])
def test_an_empty_file_changes_nothing(text: str) -> None:
    assert parse(text) == Contents(FileConfig(), {}, [])


@pytest.mark.parametrize("form", ["${TOKEN}", "os.environ/TOKEN"])
def test_secrets_are_taken_from_the_environment(form: str) -> None:
    found = parse(f'backends: [{{name: a, kind: x, api_key: "{form}"}}]', TOKEN="s3cret")
    key = found.config.backends[0].api_key
    assert key is not None
    assert key.get_secret_value() == "s3cret"
    assert "s3cret" not in repr(found)


def test_a_reference_may_stand_inside_a_text() -> None:
    found = parse('backends: [{name: a, kind: x, headers: {Authorization: "Bearer ${T}"}}]', T="abc")
    assert found.config.backends[0].headers["Authorization"].get_secret_value() == "Bearer abc"
    assert parse("aliases: {a: see-os.environ/T}").config.aliases == {"a": ["see-os.environ/T"]}


def test_variables_that_are_missing_or_blank_are_problems() -> None:
    text = "backends: [{name: a, kind: x, api_key: '${GONE}', prefix: os.environ/BLANK}]"
    assert parse(text, BLANK="").problems == [
        f"{NAME}: backends[0].api_key: the environment has no value for GONE",
        f"{NAME}: backends[0].prefix: the environment has no value for BLANK",
    ]


@pytest.mark.parametrize(
    ("text", "where", "right"),
    [
        ("backend: []", "backend", "backends"),
        ("alias: {}", "alias", "aliases"),
        ("setings: {}", "setings", "settings"),
        ("backends: [{name: a, kind: x, ur: http://x}]", "backends[0].ur", "url"),
        ("prices: {m: {inputs_per_million: 1}}", "prices.m.inputs_per_million", "input_per_million"),
    ],
)
def test_unknown_keys_are_problems_with_the_nearest_right_name(text: str, where: str, right: str) -> None:
    assert problem(text) == f"{NAME}: {where}: there is no such name. Did you mean {right}?"


@pytest.mark.parametrize(
    ("text", "line"),
    [("a: [\n b: c\n", 3), ("aliases: {}\naliases: {}", 2), ("x:\n\ty: 1", 2), ("a: !python/object:os.system x", 1)],
)
def test_malformed_yaml_is_a_problem_with_its_line(text: str, line: int) -> None:
    assert problem(text).startswith(f"{NAME}, line {line}: ")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("- a", "must be a mapping"),
        ("aliases: &x {a: *x}", "contains itself"),
        ("settings: 5", "settings: must be a mapping"),
        ("backends: {a: 1}", "backends: must be a list of backends"),
        ("backends: [a]", "backends[0]: must be a mapping"),
        ("backends: [{kind: x}]", "backends[0].name: is missing"),
        ("backends: [{name: a/b, kind: x}]", "backends[0].name: must consist of"),
        ("backends: [{name: a, kind: x, url: ftp://x}]", "backends[0].url: must begin with http"),
        ("backends: [{name: a, kind: x}, {name: A, kind: x}]", "backends: has several entries with the name 'a'"),
        ("backends: [{name: a, kind: x, timeout_seconds: soon}]", "timeout_seconds: 'soon' is not a number"),
        ("backends: [{name: a, kind: x, headers: {'a b': x}}]", "headers: has a name or value"),
        ("backends: [{name: a, kind: x, headers: {a: \"x\\r\\ny\"}}]", "headers: has a name or value"),
        ("aliases: {a: []}", "aliases.a: must name at least one model"),
        ("aliases: {a: 5}", "aliases.a: must be a model or a list of models"),
        ("prices: {a: 5}", "prices.a: must be a mapping"),
        ("prices: {a: {input_per_million: -1}}", "input_per_million: '-1' is not a number of at least 0"),
    ],
)  # fmt: skip
def test_every_fault_has_a_sentence(text: str, says: str) -> None:
    assert says in problem(text)


def test_a_wrong_key_is_not_repeated() -> None:
    assert "12345" not in problem("backends: [{name: a, kind: x, api_key: [12345]}]")


def test_blank_members_count_as_not_given() -> None:
    assert entry(url="", api_key=" ", include="", timeout_seconds=None) == entry()


@given(st.text())
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    found = parse(text)
    assert all(isinstance(sentence, str) and sentence.startswith(NAME) for sentence in found.problems)
