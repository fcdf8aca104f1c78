"""How big a model is for the purpose of judging it: one number in billions, never None."""

from math import log, sqrt

from smarterrouter.domain.models import Model
from smarterrouter.routing.names import smallness
from smarterrouter.routing.weights import RoutingWeights


def effective_b(model: Model, weights: RoutingWeights) -> float:
    """Billions of parameters of a dense model that would answer about as well.

    Dense: its parameters. Mixture of experts: the geometric mean of all and active parameters, a rule of thumb of
    people who train such models (Mixtral 8x7B, 47 and 13, counts as 25). Unknown: a prior by where it runs and what
    its name admits.
    """
    size = model.size
    if size.parameters_b is None:
        prior = weights.unknown_local_b if model.local else weights.unknown_remote_b
        return prior / smallness(model.name)
    return sqrt(size.parameters_b * size.active_b) if size.active_b else size.parameters_b


def active_b(model: Model, weights: RoutingWeights) -> float:
    """Billions of parameters that one token passes through: what time per token grows with."""
    return model.size.active_b or effective_b(model, weights)


def place(billions: float, low: float, high: float) -> float:
    """Where a size lies between `low` (0) and `high` (1) on a logarithmic scale."""
    if billions <= low:
        return 0.0
    return min(log(billions / low) / log(high / low), 1.0)
