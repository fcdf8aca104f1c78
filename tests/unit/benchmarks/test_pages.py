"""JSON, CSV and YAML of others as plain values, or a clear refusal."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarterrouter.benchmarks.pages import as_json, as_table, as_yaml, aside
from smarterrouter.errors import BackendGarbage


def test_json_may_hold_nan():
    assert str(as_json(b'{"a": NaN, "b": 1}')) == "{'a': nan, 'b': 1}"


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"a": ', b"\xff\xfe\x00", b"[" * 100_000, b"1" * 10_000])
def test_what_is_not_json_is_refused(body):
    with pytest.raises(BackendGarbage):
        as_json(body)


@given(st.binary(max_size=200))
def test_any_bytes_are_json_or_refused(body):
    try:
        as_json(body)
    except BackendGarbage:
        return
    json.loads(body)


def test_table_with_quotes_blank_lines_and_a_mark():
    body = '\ufeffmodel, rating ,note\r\n"a, b",1200,"two\nlines"\r\n\r\nshort,1\r\nlong,2,x,y,z\r\n'.encode()
    assert as_table(body) == [
        {"model": "a, b", "rating": "1200", "note": "two\nlines"},
        {"model": "short", "rating": "1"},
        {"model": "long", "rating": "2", "note": "x"},
    ]


@pytest.mark.parametrize("body", [b"", b"<!doctype html>,x\n", b"one\n1\n", b"\xff\xfe", b'a,b\n"' + b"x" * 200_000])
def test_what_is_not_a_table_is_refused(body):
    with pytest.raises(BackendGarbage):
        as_table(body)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_table_or_refused(body):
    try:
        rows = as_table(body)
    except BackendGarbage:
        return
    assert all(isinstance(row, dict) and row for row in rows)


@given(
    st.lists(
        st.lists(
            st.text(st.characters(exclude_characters="\0\r", exclude_categories=("Cs",)), max_size=9),
            min_size=2,
            max_size=2,
        ),
        max_size=5,
    )
)
def test_cells_survive_being_written_as_csv(lines):
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines]
    rows = as_table("\n".join(["a,b", *quoted]).encode())
    assert rows == [dict(zip("ab", line, strict=True)) for line in lines if any(cell.strip() for cell in line)]


@pytest.mark.parametrize("text", ["a: [", "a: !!python/object:os.system {}", "\t- x: y"])
def test_what_is_not_plain_yaml_is_refused(text):
    with pytest.raises(ValueError, match="not YAML"):
        as_yaml(text)


async def test_aside_gives_value_and_error():
    assert await aside(as_json, b"[1]") == [1]
    with pytest.raises(BackendGarbage):
        await aside(as_json, b"[1")
