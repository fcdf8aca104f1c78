"""The zero of the scale."""

import numpy as np
import pytest

from smarterrouter.jobs.training.difficulty import SLOPE, sigma
from smarterrouter.jobs.training.scale import YARDSTICKS, ability_for, zero_of

DIFFICULTIES = np.linspace(-2, 2, 50)


@pytest.mark.parametrize("ability", [-2.0, 0.0, 1.5])
def test_the_ability_that_solves_a_share_is_found_again(ability: float) -> None:
    share = float(sigma(SLOPE * (ability - DIFFICULTIES)).mean())
    assert ability_for(DIFFICULTIES, share) == pytest.approx(ability, abs=1e-6)


def test_zero_is_the_mean_of_the_yardsticks() -> None:
    shares = {YARDSTICKS[0]: 0.5, YARDSTICKS[1]: 0.5, "another": 0.99}
    assert zero_of(DIFFICULTIES, shares) == pytest.approx(0, abs=1e-6)
    assert zero_of(DIFFICULTIES, {"another": 0.5}) is None
