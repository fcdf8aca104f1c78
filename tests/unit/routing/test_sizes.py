"""One number for how big a model is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.routing.by_hand import model

from smarterrouter.routing.sizes import active_b, effective_b, place
from smarterrouter.routing.weights import RoutingWeights

WEIGHTS = RoutingWeights()


def test_dense_models_are_their_parameters() -> None:
    assert effective_b(model("a", 27.0), WEIGHTS) == pytest.approx(27)
    assert active_b(model("a", 27.0), WEIGHTS) == 27


def test_mixtures_lie_between_all_and_active() -> None:
    mixture = model("mixtral:8x7b", 46.7, active=12.9)
    assert effective_b(mixture, WEIGHTS) == pytest.approx(24.5, abs=0.1)
    assert active_b(mixture, WEIGHTS) == 12.9


def test_all_parameters_known_and_active_ones_not() -> None:
    assert effective_b(model("a", 46.7, active=0.0), WEIGHTS) == 46.7


@pytest.mark.parametrize(
    ("name", "local", "billions"),
    [("mystery", True, 7.0), ("mystery", False, 30.0), ("mystery-mini", False, 7.5), ("mystery-nano", True, 0.7)],
)
def test_unknown_sizes_have_a_prior(name: str, local: bool, billions: float) -> None:
    assert effective_b(model(name, local=local), WEIGHTS) == pytest.approx(billions)
    assert active_b(model(name, local=local), WEIGHTS) == pytest.approx(billions)


@given(st.floats(0, 2000), st.floats(0, 2000))
def test_place_grows_from_0_to_1(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert 0 <= place(low, 1, 70) <= place(high, 1, 70) <= 1
