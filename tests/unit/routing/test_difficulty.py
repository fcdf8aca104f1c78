"""Logits and complexity."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarterrouter.routing.difficulty import complexity_of, difficulty_of


@given(st.floats(0.01, 0.99))
def test_there_and_back(complexity: float) -> None:
    assert complexity_of(difficulty_of(complexity)) == pytest.approx(complexity)


@given(st.floats(-1e6, 1e6))
def test_any_number_is_finite(value: float) -> None:
    assert -10 < difficulty_of(value) < 10


@given(st.floats(-6, 6), st.floats(-6, 6))
def test_harder_is_more_complex(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert complexity_of(low) <= complexity_of(high)
