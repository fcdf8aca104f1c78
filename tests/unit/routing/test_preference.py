"""What the preference turns into."""

from hypothesis import given
from hypothesis import strategies as st

from smarterrouter.routing.preference import rates
from smarterrouter.routing.weights import RoutingWeights

WEIGHTS = RoutingWeights()


def test_in_the_middle_the_weights_count_as_they_stand() -> None:
    middle = rates(0.5, WEIGHTS)
    assert (1 / middle.dollar, 1 / middle.second) == (WEIGHTS.good_answer_dollars, WEIGHTS.good_answer_seconds)


@given(st.floats(0, 1), st.floats(0, 1))
def test_who_wants_quality_pays_and_waits_for_it(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert rates(high, WEIGHTS).dollar <= rates(low, WEIGHTS).dollar
    assert rates(high, WEIGHTS).second <= rates(low, WEIGHTS).second


def test_the_range_is_that_of_the_weights() -> None:
    assert abs(rates(0.0, WEIGHTS).dollar / rates(1.0, WEIGHTS).dollar - WEIGHTS.preference_range**2) < 1e-6
