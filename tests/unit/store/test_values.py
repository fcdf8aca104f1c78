from datetime import UTC, datetime, timedelta, timezone

import pytest

from smarterrouter.store.values import first_of, name_fault, searched, shown, text_fault, utc


@pytest.mark.parametrize(
    ("text", "fault"),
    [("llama3.2:3b", ""), ("", ""), ("模型", ""), ("a\0b", "NUL"), ("\ud800", "Unicode"), (3, "text"), (None, "text")],
)
def test_text_that_a_database_cannot_keep_is_named(text: object, fault: str) -> None:
    assert fault in text_fault(text)
    assert bool(text_fault(text)) == bool(fault)


def test_length_is_counted_in_bytes() -> None:
    assert text_fault("é" * 5, 10) == ""
    assert text_fault("é" * 6, 10) == "is longer than 10 bytes"


def test_a_name_is_not_empty() -> None:
    assert (name_fault(""), name_fault("a")) == ("is empty", "")


def test_an_impossible_name_is_searched_as_none() -> None:
    assert (searched("a/b"), searched("a\0b")) == ("a/b", "")


def test_somebody_elses_text_is_shown_short_and_on_one_line() -> None:
    assert shown("a\nb") == r"'a\nb'"
    assert len(shown("x" * 999)) == 60


def test_ac12_times_with_and_without_a_zone_compare() -> None:
    naive = datetime(2026, 5, 1, 12)  # noqa: DTZ001
    east = datetime(2026, 5, 1, 14, tzinfo=timezone(timedelta(hours=2)))
    assert utc(naive) == utc(east) == datetime(2026, 5, 1, 12, tzinfo=UTC)
    assert utc(east).tzinfo is UTC


def test_a_long_list_of_problems_is_cut_and_counted() -> None:
    assert first_of(["a", "b"], 2) == ("a", "b")
    assert first_of(["a", "b", "c", "d"], 2) == ("a", "b", "and 2 more")
