"""Difficulty in logits, as the learned model counts it, and complexity from 0 to 1, as people see it."""

from math import exp, log

_MIDDLE, _SPREAD = -0.3, 0.94
"""Difficulty in logits at a complexity of 0.5, and logits for each logit of complexity: the step to "medium" (0.2) then
lies where a good model of 8 billion parameters still solves five of six, the step to "hard" (0.5) where it solves not
much more than half."""
_EDGE = 0.005


def complexity_of(difficulty: float) -> float:
    """A difficulty in logits as a complexity, 0 to 1 (rows B3 and B8)."""
    return 1 / (1 + exp(-(difficulty - _MIDDLE) / _SPREAD))


def difficulty_of(complexity: float) -> float:
    """The way back."""
    inside = min(max(complexity, _EDGE), 1 - _EDGE)
    return _MIDDLE + _SPREAD * log(inside / (1 - inside))
