"""Which of several numbers is taken."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from smarterrouter.benchmarks.merge import instant, merge
from smarterrouter.domain.knowledge import Published, Unit

_ROW = Published("m", "mmlu", 50.0, Unit.PERCENT, "first", "https://example.org", "2025-01-01", "someone")


def _row(**changes):
    return replace(_ROW, **changes)


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (_row(source="first", value=1.0), _row(source="second", date="2026-01-01")),
        (_row(source="second"), _row(source="unknown", date="2026-01-01")),
        (_row(source="second"), _row(source="first", estimated=True)),
        (_row(source="unknown"), _row(source="first", date="2026-01-01", estimated=True)),
        (_row(date="2025-01-02"), _row(date="2025-01-01")),
        (_row(date="2025-01-01"), _row(date="")),
        (_row(date="2025-02"), _row(date="2025-01-31")),
        (_row(date="2026"), _row(date="2025-12-31T23:59:59+00:00")),
        (_row(estimated=True, date="2025-01-02"), _row(estimated=True)),
    ],
)
def test_the_better_one_is_taken_whatever_the_order(better, worse):
    for order in permutations((better, worse)):
        assert merge(order, ("first", "second")) == (better,)


def test_models_and_columns_do_not_mix_and_come_in_order():
    rows = [_row(model="b"), _row(model="a", column="gpqa"), _row(model="a"), _row(model="A")]
    assert [(row.model, row.column) for row in merge(rows)] == [
        ("A", "mmlu"),
        ("a", "gpqa"),
        ("a", "mmlu"),
        ("b", "mmlu"),
    ]


def test_where_it_came_from_stays():
    assert merge([_ROW]) == (_ROW,)


def test_of_equals_the_first_stays():
    assert merge([_row(value=1.0), _row(value=2.0)]) == (_row(value=1.0),)


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("", "2024"),
        ("nonsense", "2024"),
        ("2024", "2024-02"),
        ("2024-06-01", "2024-06-01T10:00:00"),
        ("2024-06-01T10:00:00+02:00", "2024-06-01T09:00:00"),
        ("2024-06-01T10:00:00Z", "2024-06-01 10:00:01.5"),
        ("2024-13", "2024"),
    ],
)
def test_naive_and_aware_dates_compare(earlier, later):
    assert instant(earlier) < instant(later)


@given(st.text(max_size=30))
def test_any_text_is_a_moment(text):
    assert instant(text).tzinfo is not None


@given(
    st.lists(
        st.builds(
            _row,
            model=st.sampled_from("ab"),
            column=st.sampled_from(["mmlu", "gpqa"]),
            source=st.sampled_from(["first", "second", "third"]),
            date=st.sampled_from(["", "2024", "2025-01-01", "2025-01-01T10:00:00+00:00"]),
            estimated=st.booleans(),
        ),
        max_size=12,
    )
)
def test_one_row_for_each_and_a_guess_never_hides_a_measurement(rows):
    merged = merge(rows, ("first", "second"))
    keys = [(row.model, row.column) for row in merged]
    assert keys == sorted({(row.model, row.column) for row in rows})
    assert set(merged) <= set(rows)
    for row in merged:
        if row.estimated:
            assert all(other.estimated for other in rows if (other.model, other.column) == (row.model, row.column))
