"""The test that may be looked at after every answer."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarterrouter.routing.sequential import ALPHA, Outcomes, compare

LOOKS = np.unique(np.geomspace(4, 4000, 60).astype(int))
"""A patient peeker looks often in the beginning, where the test is weakest."""


def decided(first: float, second: float, share: float, runs: int = 300, answers: int = 4000) -> tuple[float, float]:
    """Share of runs in which some look finds a difference, and the median number of answers until then."""
    random = np.random.default_rng(1)
    when = []
    for _ in range(runs):
        arm = random.random(answers) < share
        good = random.random(answers) < np.where(arm, second, first)
        rated, right = np.cumsum(arm), np.cumsum(good & arm)
        whole = np.cumsum(good)
        looks = (
            at
            for at in LOOKS
            if compare(
                Outcomes(int(whole[at - 1] - right[at - 1]), int(at - rated[at - 1])),
                Outcomes(int(right[at - 1]), int(rated[at - 1])),
            ).decided
        )
        when.append(next(looks, answers + 1))
    found = [at for at in when if at <= answers]
    return len(found) / runs, float(np.median(when))


@pytest.mark.parametrize("share", [0.5, 0.1])
@pytest.mark.parametrize("good", [0.03, 0.3, 0.7, 0.97])
def test_ab3_peeking_at_equal_arms_finds_a_difference_in_no_more_than_alpha_of_all_cases(
    good: float, share: float
) -> None:
    assert decided(good, good, share)[0] <= ALPHA


@pytest.mark.parametrize(
    ("first", "second", "share", "answers"),
    [(0.5, 0.7, 0.5, 400), (0.7, 0.8, 0.5, 900), (0.6, 0.4, 0.5, 400), (0.7, 0.9, 0.1, 700)],
)
def test_a_difference_is_found_and_soon(first: float, second: float, share: float, answers: int) -> None:
    power, median = decided(first, second, share, runs=60)
    assert power >= 0.95
    assert median <= answers


def test_the_interval_holds_the_true_difference_at_every_look() -> None:
    random = np.random.default_rng(7)
    missed = 0
    for _ in range(200):
        first, second = np.cumsum(random.random(2000) < 0.6), np.cumsum(random.random(2000) < 0.75)
        findings = [
            compare(Outcomes(int(first[at - 1]), int(at)), Outcomes(int(second[at - 1]), int(at)))
            for at in LOOKS
            if at <= 2000
        ]
        missed += any(not found.low <= 0.15 <= found.high for found in findings)
    assert missed / 200 <= ALPHA


def test_without_outcomes_nothing_is_known() -> None:
    for first, second in ((Outcomes(), Outcomes()), (Outcomes(5, 9), Outcomes()), (Outcomes(), Outcomes(1, 1))):
        found = compare(first, second)
        assert not found.decided
        assert (found.low, found.high, found.p_value) == (-1.0, 1.0, 1.0)


@given(st.integers(0, 500), st.integers(1, 500), st.integers(0, 500), st.integers(1, 500))
def test_interval_and_p_value_say_the_same(good: int, rated: int, better: int, more: int) -> None:
    found = compare(Outcomes(min(good, rated), rated), Outcomes(min(better, more), more))
    assert found.low <= found.difference <= found.high
    assert 0 <= found.p_value <= 1
    if abs(found.p_value - ALPHA) > 1e-9:
        assert found.decided is (found.p_value < ALPHA)


@given(st.integers(0, 300), st.integers(1, 300), st.integers(0, 300), st.integers(1, 300))
def test_the_arms_may_change_places(good: int, rated: int, better: int, more: int) -> None:
    first, second = Outcomes(min(good, rated), rated), Outcomes(min(better, more), more)
    one, other = compare(first, second), compare(second, first)
    assert one.p_value == pytest.approx(other.p_value)
    assert one.low == pytest.approx(-other.high)


def test_a_finer_alpha_needs_more() -> None:
    first, second = Outcomes(50, 100), Outcomes(75, 100)
    assert compare(first, second).decided
    assert not compare(first, second, alpha=1e-6).decided
    assert compare(first, second).p_value == pytest.approx(compare(first, second, alpha=0.5).p_value)
