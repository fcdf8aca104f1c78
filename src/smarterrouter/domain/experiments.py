"""`ArmCounts`: what came of the requests of one arm of a split."""

from msgspec import Struct


class ArmCounts(Struct, frozen=True):
    """One arm. A request has one outcome at most: 1 for a good answer, 0 for a bad one, anything between."""

    split: str
    arm: str
    requests: int = 0
    """All that it decided, whatever became of them."""
    rated: int = 0
    """Those with an outcome that counts."""
    good: float = 0.0
    """Sum of these outcomes."""
    voters: int = 0
    """How many voters the outcomes come from."""
