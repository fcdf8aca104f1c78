"""The user's own file or address."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.doubles.benchmark_pages import HTML, Answer

from smarterrouter.benchmarks.local_file import LocalFile, is_place
from smarterrouter.errors import BackendGarbage
from smarterrouter.transport.client import HttpClient
from smarterrouter.transport.downloads import Downloads

_PAGE = Path(__file__).parents[3] / "docs" / "reference" / "benchmark-file.md"


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("./scores.csv", True),
        ("scores.JSON", True),
        ("/etc/scores", True),
        ("https://example.org/scores", True),
        ("huggingface", False),
        ("artificial_analysis", False),
    ],
)
def test_places_and_names_are_told_apart(entry, expected):
    assert is_place(entry) is expected


async def _fetch(tmp_path, downloads, name, text):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return await LocalFile(str(path), downloads).fetch()


def _examples():
    """Every code block of the reference page, with its language."""
    parts = _PAGE.read_text(encoding="utf-8").split("```")
    return [part.split("\n", 1) for part in parts[1::2]]


async def test_every_example_of_the_reference_page_is_read_without_a_problem(tmp_path, downloads):
    blocks = [(kind, text) for kind, text in _examples() if kind in {"json", "csv"}]
    assert len(blocks) >= 3
    for kind, text in blocks:
        fetched = await _fetch(tmp_path, downloads, f"scores.{kind}", text)
        assert fetched.problems == ()
        assert fetched.rows


async def test_long_json_with_everything(tmp_path, downloads):
    line = {
        "model": "llama3.2:3b",
        "column": "ifeval",
        "value": 77.4,
        "url": "https://example.org/a",
        "date": "2024-09-25",
        "reported_by": "Meta",
        "estimated": True,
    }
    fetched = await _fetch(tmp_path, downloads, "a.json", json.dumps({"rows": [line]}))
    (row,) = fetched.rows
    assert (row.model, row.column, row.value, row.url) == ("llama3.2:3b", "ifeval", 77.4, "https://example.org/a")
    assert (row.date, row.reported_by, row.estimated) == ("2024-09-25", "Meta", True)
    assert row.source == str(tmp_path / "a.json")


async def test_a_list_is_enough(tmp_path, downloads):
    fetched = await _fetch(tmp_path, downloads, "a.json", '[{"model": "a", "column": "mmlu", "value": 50}]')
    assert [row.value for row in fetched.rows] == [50.0]


async def test_units_are_said_and_never_guessed(tmp_path, downloads):
    text = (
        "model,column,value,unit\n"
        "a,mmlu,0.7,share\nb,mmlu,0.7,\nc,mmlu,0.7,percent\nd,arena_elo,1200,share\ne,mmlu,70,elo\n"
    )
    fetched = await _fetch(tmp_path, downloads, "a.csv", text)
    assert {row.model: row.value for row in fetched.rows} == {"a": 70.0, "b": 0.7, "c": 0.7}
    assert len(fetched.problems) == 2


async def test_wide_csv(tmp_path, downloads):
    text = "model,mmlu,gpqa,reported_by,estimated\na,70,,me,yes\nb,,40%,,no\n"
    fetched = await _fetch(tmp_path, downloads, "a.csv", text)
    assert [(row.model, row.column, row.value, row.estimated) for row in fetched.rows] == [
        ("a", "mmlu", 70.0, True),
        ("b", "gpqa", 40.0, False),
    ]
    assert fetched.rows[0].reported_by == "me"


async def test_bad_lines_cost_themselves(tmp_path, downloads):
    lines = [
        7,
        None,
        {},
        {"model": "a", "column": "no such", "value": 1},
        {"model": "a", "column": ["mmlu"], "value": 1},
        {"model": "a", "column": "mmlu", "value": "NaN"},
        {"model": "a", "column": "mmlu", "value": 50, "unit": 7},
        {"model": None, "mmlu": 50},
        {"model": "a", "what": 50},
        {"model": "good", "mmlu": 50},
    ]
    fetched = await _fetch(tmp_path, downloads, "a.json", json.dumps(lines))
    assert [row.model for row in fetched.rows] == ["good"]
    assert len(fetched.problems) == 8


@pytest.mark.parametrize("text", ["", "{", '{"a": 1}', "<html>", '{"rows": 7}', "only one column\n1\n"])
async def test_another_kind_of_file_is_an_error(tmp_path, downloads, text):
    with pytest.raises(BackendGarbage):
        await _fetch(tmp_path, downloads, "a.txt", text)


async def test_a_file_that_is_not_there_is_an_error(tmp_path, downloads):
    with pytest.raises(FileNotFoundError):
        await LocalFile(str(tmp_path / "a.csv"), downloads).fetch()


async def test_a_file_beyond_all_reason_is_not_read(tmp_path, downloads):
    path = tmp_path / "a.csv"
    with path.open("wb") as file:
        file.truncate(65 * 2**20)
    with pytest.raises(BackendGarbage, match="larger"):
        await LocalFile(str(path), downloads).fetch()


async def test_an_address_is_fetched_and_its_secrets_are_not_shown(pages, downloads):
    pages.put("/scores.csv", Answer(b"", 302, {"location": "/new"}))
    pages.put("/new", Answer(b"model,mmlu\na,70\n"))
    source = LocalFile(f"http://127.0.0.1:{pages.port}/scores.csv?token=secret", downloads)
    fetched = await source.fetch()
    assert source.hosts == (f"127.0.0.1:{pages.port}",)
    assert source.name == f"127.0.0.1:{pages.port}/scores.csv"
    assert [row.value for row in fetched.rows] == [70.0]
    assert "secret" not in str(fetched)
    assert "token=secret" in pages.asked[0]


async def test_an_address_that_gives_a_page_for_people_is_an_error(pages, downloads):
    pages.put("/scores.csv", HTML)
    with pytest.raises(BackendGarbage):
        await LocalFile(pages.url("/scores.csv"), downloads).fetch()


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
_LINE = st.dictionaries(st.sampled_from(["model", "column", "value", "unit", "mmlu", "url", "date", "x"]), _JSON)
_NAMED = st.fixed_dictionaries({"model": _JSON, "column": st.just("mmlu") | _JSON, "value": _JSON, "unit": _JSON})


@given(st.lists(_LINE | _NAMED | _JSON, max_size=5))
def test_any_json_lines_give_rows_or_problems_and_no_fault(lines):
    source = LocalFile("a.json", Downloads(HttpClient()))
    fetched = source._read(json.dumps(lines).encode())
    assert all(0 <= row.value <= 100 and row.column == "mmlu" for row in fetched.rows)


@given(st.lists(st.lists(st.text(max_size=6), max_size=5), max_size=6))
def test_any_csv_lines_give_rows_or_problems_and_no_fault(lines):
    body = "\n".join(["model,column,value,mmlu", *(",".join(line) for line in lines)]).encode(errors="replace")
    fetched = LocalFile("a.csv", Downloads(HttpClient()))._read(body)
    assert all(row.model for row in fetched.rows)
