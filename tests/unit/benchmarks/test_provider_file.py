"""The file provider.db: both schemas, and files that are no good."""

import sqlite3

import pytest
from tests.doubles.benchmark_pages import write_provider_db

from smarterrouter.benchmarks import provider_file
from smarterrouter.errors import BackendGarbage

_URL = "https://example.org/provider.db"
_WHEN = "2026-03-01 04:00:00+00:00"


def _read(path):
    return provider_file.read(path, "provider_db", _URL)


def _values(fetched):
    return {(row.model, row.column): row.value for row in fetched.rows}


@pytest.mark.parametrize("archived", [False, True])
def test_both_schemas_are_read_and_every_value_is_flagged_as_estimated(tmp_path, archived):
    path = tmp_path / "provider.db"
    more = (0,) if archived else ()
    write_provider_db(path, [("openai/gpt-4o", 81.5, 79.0, 80.25, 1285, _WHEN, *more)], archived=archived)
    provider_file.check(path)
    fetched = _read(path)
    assert _values(fetched) == {
        ("openai/gpt-4o", "reasoning"): 81.5,
        ("openai/gpt-4o", "coding"): 79.0,
        ("openai/gpt-4o", "general"): 80.25,
        ("openai/gpt-4o", "arena_elo"): 1285.0,
    }
    assert all(row.estimated for row in fetched.rows)
    assert {(row.source, row.date, row.url) for row in fetched.rows} == {("provider_db", "2026-03-01", _URL)}


def test_archived_models_are_left_out(tmp_path):
    path = tmp_path / "provider.db"
    rows = [("a/old", 50, 50, 50, 1100, _WHEN, 1), ("a/new", 50, 50, 50, 1100, _WHEN, 0)]
    write_provider_db(path, rows, archived=True)
    assert {row.model for row in _read(path).rows} == {"a/new"}


def test_what_its_makers_fill_in_when_they_know_nothing_is_no_score(tmp_path):
    path = tmp_path / "provider.db"
    write_provider_db(path, [("a/b", 0.0, 70.0, 0, 1000, _WHEN)], archived=False)
    assert _values(_read(path)) == {("a/b", "coding"): 70.0}


def test_bad_rows_cost_themselves(tmp_path):
    path = tmp_path / "provider.db"
    rows = [
        ("good/one:free", 50, 50, 50, 1100, _WHEN),
        ("a b; DROP TABLE x", 50, 50, 50, 1100, _WHEN),
        ("", 50, 50, 50, 1100, _WHEN),
        ("x" * 129, 50, 50, 50, 1100, _WHEN),
        (b"\xff", 50, 50, 50, 1100, _WHEN),
        ("c/odd", "lots", 500.0, b"\x00", 1100, 7),
    ]
    write_provider_db(path, rows, archived=False)
    fetched = _read(path)
    assert set(_values(fetched)) == {
        *(("good/one:free", column) for column in ("reasoning", "coding", "general", "arena_elo")),
        ("c/odd", "arena_elo"),
    }
    assert len(fetched.problems) == 7


def test_columns_that_are_gone_or_new_are_no_fault(tmp_path):
    path = tmp_path / "provider.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE model_benchmarks (model_id TEXT, coding_score REAL, novelty REAL)")
    connection.execute("INSERT INTO model_benchmarks VALUES ('a/b', 70.0, 1.0)")
    connection.commit()
    connection.close()
    assert _values(_read(path)) == {("a/b", "coding"): 70.0}


def _no_database(path):
    path.write_bytes(b"<!doctype html>" * 100)


def _empty(path):
    write_provider_db(path, [], archived=True)


def _other_table(path):
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE other (x)")
    connection.commit()
    connection.close()


def _no_scores(path):
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE model_benchmarks (model_id TEXT)")
    connection.commit()
    connection.close()


def _half(path):
    write_provider_db(path, [(f"a/{n}", 50, 50, 50, 1100, _WHEN) for n in range(2000)], archived=False)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.mark.parametrize("make", [_no_database, _empty, _other_table, _no_scores, _half])
def test_a_file_that_is_no_good_does_not_pass(tmp_path, make):
    path = tmp_path / "provider.db"
    make(path)
    with pytest.raises(BackendGarbage):
        provider_file.check(path)


def test_a_file_that_is_not_there_is_not_made(tmp_path):
    with pytest.raises(BackendGarbage):
        _read(tmp_path / "provider.db")
    assert list(tmp_path.iterdir()) == []


def test_reading_writes_nothing(tmp_path):
    path = tmp_path / "provider.db"
    write_provider_db(path, [("a/b", 50, 50, 50, 1100, _WHEN)], archived=False)
    before = path.read_bytes()
    _read(path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["provider.db"]


def test_a_file_that_takes_for_ever_is_given_up(tmp_path, monkeypatch):
    path = tmp_path / "provider.db"
    write_provider_db(path, [(f"a/{n}", 50, 50, 50, 1100, _WHEN) for n in range(5000)], archived=False)
    monkeypatch.setattr(provider_file, "_SECONDS", -1.0)
    monkeypatch.setattr(provider_file, "_STEPS", 10)
    with pytest.raises(BackendGarbage, match="interrupted"):
        _read(path)


def test_a_path_with_special_characters(tmp_path):
    path = tmp_path / "a b#c?d%20.db"
    write_provider_db(path, [("a/b", 50, 50, 50, 1100, _WHEN)], archived=False)
    assert len(_read(path).rows) == 4
