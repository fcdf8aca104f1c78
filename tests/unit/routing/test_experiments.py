"""What is said of the arms of a split."""

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarterrouter.domain.experiments import ArmCounts
from smarterrouter.routing.experiments import ArmReport, Comparison, experiments
from smarterrouter.routing.sequential import ALPHA, Outcomes, compare


def counts(arm: str, good: float = 0, rated: int = 0, split: str = "x") -> ArmCounts:
    return ArmCounts(split, arm, rated * 2, rated, good, min(rated, 9))


def arms(*given: ArmCounts, **configured: list[str]) -> tuple[ArmReport, ...]:
    (found,) = experiments(given, configured)
    return found.arms


def compared(first: tuple[float, int], *others: tuple[float, int]) -> list[Comparison]:
    made = [counts("ABCDE"[place], *one) for place, one in enumerate((first, *others))]
    return [arm.comparison for arm in arms(*made) if arm.comparison is not None]


def test_arms_come_as_configured_and_others_by_name() -> None:
    found = experiments(
        [counts("z", split="old"), counts("b", split="old"), counts("gone"), counts("best", 3, 4)],
        {"x": ["scored", "best"], "new": ["best", "cheapest"]},
    )
    assert [(one.split, [arm.arm for arm in one.arms]) for one in found] == [
        ("x", ["scored", "best", "gone"]),
        ("new", ["best", "cheapest"]),
        ("old", ["b", "z"]),
    ]
    assert found[0].arms[0] == ArmReport("scored", 0, 0, 0, None, None)
    assert found[0].arms[1].share == 0.75
    assert experiments([], {}) == ()


def test_the_first_arm_is_what_others_are_compared_with() -> None:
    first, second = arms(counts("a", 50, 100), counts("b", 75, 100))
    assert (first.comparison, first.share, first.requests, first.voters) == (None, 0.5, 200, 9)
    found, expected = second.comparison, compare(Outcomes(50, 100), Outcomes(75, 100))
    assert found is not None
    assert (found.difference, found.low, found.high, found.p_value, found.decided) == (
        expected.difference,
        expected.low,
        expected.high,
        expected.p_value,
        True,
    )


def test_an_arm_alone_is_compared_with_nothing() -> None:
    assert [arm.comparison for arm in arms(counts("a", 5, 9))] == [None]


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        ((50, 100), (75, 100), "B is better than A by 3 to 45 points."),
        ((75, 100), (50, 100), "B is worse than A by 3 to 45 points."),
        ((500, 1000), (570, 1000), "B is better than A by up to 14 points."),
        ((10, 20), (9, 17), "No difference between A and B can be told yet: 37 rated answers."),
        ((10, 20), (0, 0), "No difference between A and B can be told yet: no answer of B is rated."),
        ((0, 0), (0, 0), "No difference between A and B can be told yet: no answer of A or B is rated."),
    ],
)
def test_one_plain_sentence(first: tuple[float, int], second: tuple[float, int], words: str) -> None:
    (found,) = compared(first, second)
    assert found.words == words


def test_more_arms_find_no_more_by_chance() -> None:
    (alone,) = compared((50, 100), (73, 100))
    same, other = compared((50, 100), (73, 100), (50, 100))
    assert alone.decided
    assert same.p_value == pytest.approx(2 * alone.p_value)
    assert same.low < alone.low
    assert other.p_value == 1.0


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(1, 300)), min_size=2, max_size=5))
def test_sentence_interval_and_p_value_say_the_same(given_: list[tuple[int, int]]) -> None:
    for found in compared(*[(float(min(good, rated)), rated) for good, rated in given_]):
        assert found.low <= found.difference <= found.high
        assert 0 <= found.p_value <= 1
        assert found.decided is (" is better " in found.words or " is worse " in found.words)
        if abs(found.p_value - ALPHA) > 1e-9:
            assert found.decided is (found.p_value < ALPHA)


@given(st.permutations([counts("a", 5, 9), counts("b", 9, 9), counts("c", 2, 9), counts("d", 1, 5, "y")]))
def test_the_order_of_counts_changes_nothing(shuffled: list[ArmCounts]) -> None:
    assert experiments(shuffled, {"x": ["b"]}) == experiments(sorted(shuffled, key=repr), {"x": ["b"]})


@pytest.mark.parametrize("number", [2, 4])
def test_equal_arms_are_rarely_told_apart_however_often_one_looks(number: int) -> None:
    drawn, runs, told = random.Random(3), 120, 0
    for _ in range(runs):
        good, rated = [0] * number, [0] * number
        looks = []
        for answer in range(400):
            arm = drawn.randrange(number)
            rated[arm] += 1
            good[arm] += drawn.random() < 0.7
            if answer % 20 == 19:
                looks.append(compared(*zip(map(float, good), rated, strict=True)))
        told += any(one.decided for look in looks for one in look)
    assert told / runs <= ALPHA


def test_labels_that_are_dealt_anew_leave_the_report_as_it_was() -> None:
    """Which answers were the good ones does not matter, nor in which order they were rated."""
    outcomes = [("a", 1.0)] * 30 + [("a", 0.25)] * 12 + [("b", 1.0)] * 11 + [("b", 0.0)] * 31
    reports = []
    for seed in range(4):
        random.Random(seed).shuffle(outcomes)
        made = [counts(arm, sum(one for name, one in outcomes if name == arm), 42) for arm in "ab"]
        reports.append(arms(*made))
    assert all(one == other for one, other in pairwise(reports))
