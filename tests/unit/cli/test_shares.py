import pytest

from smarterrouter.cli.shares import share
from smarterrouter.domain.knowledge import Ability


@pytest.mark.parametrize(
    ("mean", "sd", "text"),
    [
        (0.0, 0.2, "50 ±8"),
        (1.0, 0.3, "73 ±10"),
        (-1.0, 0.3, "27 ±10"),
        (0.0, 1.5, "50 ±42"),
        (5.0, 0.01, "99 ±1"),
        (1e6, 1.0, "100 ±1"),
        (-1e6, 1e6, "0 ±50"),
    ],
)
def test_an_ability_is_a_share_with_half_of_its_interval(mean, sd, text):
    assert share(Ability(mean, sd)) == text
