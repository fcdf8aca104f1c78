from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarterrouter.routing.learned import steps

numbers = st.floats()
shares = st.floats(0, 1)


weights = st.lists(shares, min_size=8, max_size=8).filter(lambda values: max(values) > 1e-3)


@given(weights, st.floats(-9, 9))
def test_probabilities_add_up_to_one_in_any_order_and_stay_where_they_are(values, difficulty):
    found = steps.reading(values, difficulty, 0.5)
    assert sum(found.categories) == sum(reversed(found.categories)) == 1.0
    assert min(found.categories) >= 0
    assert steps.reading(found.categories, found.difficulty, found.familiarity) == found
    assert all(
        abs(share - value / sum(values)) < 8 / 1024 for share, value in zip(found.categories, values, strict=True)
    )


def test_what_rounding_leaves_goes_to_the_largest():
    assert steps.reading([0.1] * 3, 0.0).categories == (342 / 1024, 341 / 1024, 341 / 1024)


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
