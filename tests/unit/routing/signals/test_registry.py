"""The list of signals."""

from smarterrouter.routing.signals.registry import default_signals
from smarterrouter.routing.weights import RoutingWeights, weights_for


def test_names_are_unique_and_weights_are_found_under_them() -> None:
    listed = default_signals(RoutingWeights())
    names = [weighed.signal.name for weighed in listed]
    assert len(set(names)) == len(names)
    assert all(weighed.weight == getattr(RoutingWeights(), weighed.signal.name) for weighed in listed)


def test_a_weight_of_zero_leaves_the_signal_out() -> None:
    names = {weighed.signal.name for weighed in default_signals(weights_for(prefer_smaller=False, prefer_newer=False))}
    assert not names & {"smaller", "freshness"}


def test_preference_scales_quality_up_and_speed_down() -> None:
    listed = {weighed.signal.name: weighed for weighed in default_signals(RoutingWeights())}
    assert listed["affinity"].factor(1.0) > listed["affinity"].factor(0.0)
    assert listed["smaller"].factor(1.0) == 0
    assert listed["minimum"].factor(1.0) == listed["minimum"].factor(0.0)
