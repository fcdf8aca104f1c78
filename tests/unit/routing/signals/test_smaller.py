"""Simple prompts leave large models free."""

from tests.unit.routing.by_hand import intent, model

from smarterrouter.domain.decisions import Moment
from smarterrouter.routing.signals.smaller import Smaller
from smarterrouter.routing.weights import RoutingWeights


def opinion(billions: float, complexity: float) -> float:
    return Smaller(RoutingWeights()).score(intent(complexity=complexity), model("a", billions), Moment())


def test_b21_small_models_gain_on_simple_prompts_only() -> None:
    assert opinion(0.5, 0.1) == opinion(1, 0.1) == 1.0
    assert 1 > opinion(7, 0.1) > opinion(27, 0.1) > opinion(70, 0.1) == 0.0
    assert opinion(1, 0.2) == 0.0
