"""What a routing is worth."""

import numpy as np
import pytest
from bench.routing_metrics import hull, worth

SCORES = np.array([[1.0, 1.0], [0.0, 1.0], [1.0, 1.0], [0.0, 1.0]])
COSTS = np.tile([1.0, 10.0], (4, 1))


def test_knowing_the_answers_closes_everything_and_a_constant_nothing() -> None:
    perfect = worth(SCORES, SCORES, COSTS)
    assert perfect.closed == pytest.approx(100)
    assert perfect.saved == pytest.approx(45)
    constant = worth(np.tile([0.5, 1.0], (4, 1)), SCORES, COSTS)
    assert constant.closed == pytest.approx(0, abs=1e-6)
    assert constant.gain == 0


def test_knowing_the_wrong_way_round_is_worse_than_a_mix() -> None:
    assert worth(np.array([[0.2, 1.0], [1.0, 0.9]] * 2), SCORES, COSTS).closed < 0


def test_the_hull_is_concave_and_never_falls() -> None:
    assert hull([(1, 0.2), (2, 0.1), (2, 0.5), (3, 0.55), (4, 0.9), (5, 0.9)]) == [(1, 0.2), (2, 0.5), (4, 0.9)]


def test_where_nothing_costs_anything_nothing_is_saved() -> None:
    free = worth(SCORES, SCORES, np.zeros_like(COSTS))
    assert (free.saved, free.gain) == (0, 0)
