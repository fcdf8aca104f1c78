from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarterrouter.routing.learned import steps

numbers = st.floats()
shares = st.floats(0, 1)


@given(st.lists(shares, min_size=1, max_size=12))
def test_probabilities_add_up_to_one_in_any_order_and_stay_where_they_are(values):
    found = steps.probabilities(values)
    assert sum(found) == sum(reversed(found)) == 1.0
    assert min(found) >= 0
    assert steps.probabilities(found) == found


@given(st.lists(numbers, max_size=12))
def test_any_numbers_become_probabilities(values):
    found = steps.probabilities(values)
    assert sum(found) == (1.0 if values else 0)
    assert all(0 <= share <= 1 for share in found)


def test_what_rounding_leaves_goes_to_the_largest():
    thirds = steps.probabilities([1 / 3] * 3)
    assert thirds == (342 / 1024, 341 / 1024, 341 / 1024)
    assert steps.probabilities([0.0, nan, -1.0]) == thirds


@given(numbers)
def test_every_step_is_its_own(value):
    for kind in (steps.share, steps.logit, steps.fine):
        assert kind(kind(value)) == kind(value)


@given(st.floats(-30, 30), shares)
def test_a_step_is_near(logit, share):
    assert abs(steps.logit(logit) - logit) <= 1 / 2048
    assert abs(steps.fine(share) - share) <= 1 / 2048
    assert abs(steps.share(share) - share) <= 0.0005 + 1e-12


@pytest.mark.parametrize("value", [0.0, 0.2, 0.5, 0.05, 0.63, 1.0])
def test_what_people_write_is_a_step(value):
    assert steps.share(value) == value


def test_what_is_no_number_counts_as_little_as_can_be():
    assert (steps.logit(nan), steps.fine(nan), steps.share(nan)) == (0.0, 0.0, 0.0)
    assert steps.logit(inf) == -steps.logit(-inf) == 32767 / 1024
    assert (steps.share(inf), steps.fine(inf)) == (1.0, 1.0)


def test_a_reading_lies_on_its_steps_altogether():
    found = steps.reading([0.5, 0.25, 0.1], 1.23456, 0.77)
    assert found == steps.reading(found.categories, found.difficulty, found.familiarity)
    assert sum(found.categories) == 1.0


@given(st.lists(st.floats(0, 1), min_size=8, max_size=8).filter(lambda values: max(values) > 1e-3), st.floats(-9, 9))
def test_weights_of_a_softmax_become_the_same_reading(weights: list[float], difficulty: float) -> None:
    quick = steps.reading_of(weights, difficulty, 0.5)
    slow = steps.reading([weight / sum(weights) for weight in weights], difficulty, 0.5)
    assert sum(quick.categories) == 1.0
    assert min(quick.categories) >= 0
    assert (quick.difficulty, quick.familiarity) == (slow.difficulty, slow.familiarity)
    assert all(abs(one - other) < 8 / 1024 for one, other in zip(quick.categories, slow.categories, strict=True))
