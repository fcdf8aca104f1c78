"""Beliefs about models."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarterrouter.domain.intent import Category
from smarterrouter.domain.knowledge import Ability
from smarterrouter.jobs.training.skills import DEVIATION, WIDE, combine, stack

PRIOR = Ability(0.5, 0.8)
CODE, LOGIC = Category.CODE, Category.LOGIC


def test_without_evidence_every_category_is_as_wide_as_the_prior_and_the_deviation() -> None:
    belief = combine(PRIOR, [])
    assert all(one.mean == pytest.approx(0.5) for one in belief.values())
    assert belief[CODE].sd == pytest.approx(math.hypot(0.8, DEVIATION))


def test_a_sure_number_is_believed_and_tells_a_little_of_the_rest() -> None:
    belief = combine(PRIOR, [(CODE, Ability(2.0, 0.05))])
    assert belief[CODE].mean == pytest.approx(2.0, abs=0.03)
    assert 0.5 < belief[LOGIC].mean < 2.0
    assert belief[LOGIC].sd < combine(PRIOR, [])[LOGIC].sd


def test_it_is_the_exact_gaussian() -> None:
    """By the covariance matrix: general ability, then two skills with one measurement each."""
    general, deviation = 0.8**2, DEVIATION**2
    prior = np.full((2, 2), general) + np.eye(2) * deviation
    noise = np.diag([0.3**2, 0.5**2])
    gain = prior @ np.linalg.inv(prior + noise)
    expected = 0.5 + gain @ (np.array([1.0, -1.0]) - 0.5)
    belief = combine(PRIOR, [(CODE, Ability(1.0, 0.3)), (LOGIC, Ability(-1.0, 0.5))])
    assert (belief[CODE].mean, belief[LOGIC].mean) == pytest.approx(tuple(expected))
    spread = np.sqrt(np.diag(prior - gain @ prior))
    assert (belief[CODE].sd, belief[LOGIC].sd) == pytest.approx(tuple(spread))


@given(st.floats(), st.floats())
def test_numbers_that_mean_nothing_do_no_harm(mean: float, sd: float) -> None:
    strange = Ability(mean, sd)
    belief = combine(strange, [(CODE, strange)])
    assert all(math.isfinite(one.mean) and one.sd > 0 for one in belief.values())
    (row,) = stack([{CODE: strange}])
    assert all(math.isfinite(one.mean) and one.sd > 0 for one in row)


def test_what_is_missing_is_wide() -> None:
    assert stack([{}]) == [(WIDE,) * len(Category)]
    assert stack([]) == []
