"""Cells of others: what becomes a row, what a problem, what is left out."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarterrouter.benchmarks.reading import LIMITS, Reader, Scale, model_name, number
from smarterrouter.domain.columns import COLUMNS
from smarterrouter.domain.knowledge import Unit

_ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=40),
    st.lists(st.integers(), max_size=2),
    st.just(10**400),
    st.just("1" * 5000),
)


def _reader() -> Reader:
    return Reader("table", "https://example.org/table", date="2025-01-01", reported_by="someone")


def test_a_cell_becomes_a_row_with_everything_known_about_it():
    reader = _reader()
    assert reader.add("  Llama 3.1 8B ", "ifeval", "80.4%", reported_by="Meta")
    (row,) = reader.fetched().rows
    assert (row.model, row.column, row.value, row.unit) == ("Llama 3.1 8B", "ifeval", 80.4, Unit.PERCENT)
    assert (row.source, row.url, row.date) == ("table", "https://example.org/table", "2025-01-01")
    assert row.reported_by == "Meta"
    assert row.estimated is False


def test_shares_become_percent_because_the_column_says_so():
    reader = _reader()
    reader.add("m", "mmlu", 1, scale=Scale.SHARE)
    reader.add("n", "mmlu", 1)
    reader.add("o", "mmlu", 0.7, scale=Scale.SHARE)
    assert [row.value for row in reader.rows] == [100.0, 1.0, 70.0]


@pytest.mark.parametrize("cell", [None, "", " ", "-", "n/a", "N/A", "null"])
def test_empty_cells_are_left_out_in_silence(cell):
    reader = _reader()
    assert not reader.add("m", "mmlu", cell)
    assert reader.fetched().problems == ()


@pytest.mark.parametrize(
    "cell", [math.nan, math.inf, "nan", "inf", "1e999", 10**400, True, "eighty", [80], {"a": 1}, 100.1, -1, "0x50"]
)
def test_bad_cells_are_problems_and_cost_themselves(cell):
    reader = _reader()
    reader.add("m", "mmlu", cell)
    reader.add("m", "gpqa", 40)
    fetched = reader.fetched()
    assert [row.column for row in fetched.rows] == ["gpqa"]
    assert len(fetched.problems) == 1


@pytest.mark.parametrize("name", [None, "", "  ", 7, "a\nb", "a\x00b", "\ud800", "x" * 201, ["m"]])
def test_what_cannot_be_a_name_is_a_problem(name):
    reader = _reader()
    assert not reader.add(name, "mmlu", 50)
    assert len(reader.fetched().problems) == 1


def test_a_thousand_problems_are_told_in_a_few_lines():
    reader = _reader()
    for _ in range(1000):
        reader.add("m", "mmlu", "bad")
    problems = reader.fetched().problems
    assert len(problems) == 21
    assert problems[-1] == "and 980 more"


def test_problems_stay_short_and_on_one_line():
    reader = _reader()
    reader.add("m\n" * 500, "mmlu", "y\r\n" * 500)
    (problem,) = reader.fetched().problems
    assert len(problem) < 200
    assert "\n" not in problem


def test_an_unknown_column_is_our_own_fault():
    with pytest.raises(KeyError):
        _reader().add("m", "no such column", 1)


@given(_ANYTHING, _ANYTHING, st.sampled_from(sorted(COLUMNS)), st.sampled_from(list(Scale)))
def test_whatever_comes_a_row_is_within_its_limits(model, cell, column, scale):
    reader = _reader()
    reader.add(model, column, cell, scale=scale)
    for row in reader.fetched().rows:
        least, most = LIMITS[COLUMNS[column].unit]
        assert least <= row.value <= most
        assert row.unit is COLUMNS[column].unit
        assert row.model == row.model.strip() != ""


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e9, max_value=1e9))
def test_numbers_survive_being_written_as_text(value):
    assert number(str(round(value, 6))) == round(value, 6)


@given(st.text(max_size=300))
def test_names_never_hold_control_characters(text):
    name = model_name(text)
    assert name is None or (name.splitlines() == [name] and len(name) <= 200 and name.encode())


def test_hard_blanks_in_names_are_blanks():
    assert model_name("\u00a0GPT\u00a04.1 mini ") == "GPT 4.1 mini"


def test_every_unit_has_limits():
    assert set(LIMITS) == set(Unit)
