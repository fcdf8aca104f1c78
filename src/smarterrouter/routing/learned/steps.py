"""The fixed steps on which the numbers of an intent lie, so that its record holds them without loss.

What people set or see lies on thousandths, where 0.2, 0.5 and every percent are. What the learned model says lies on
1/1024: such numbers are the same in single and double precision, and probabilities add up to exactly 1 in any order.
"""

from collections.abc import Sequence

from smarterrouter.domain.intent import Reading

THOUSAND = 1000
FINE = 1024
_LOGIT_AT_MOST = 32767 / FINE
"""What fits into two bytes with a sign: almost 32 logits, where every chance is 0 or 1."""


def share(value: float) -> float:
    """`value` between 0 and 1, on thousandths; 0 for what is no number."""
    return thousandths(value) / THOUSAND


def thousandths(value: float) -> int:
    """`value` between 0 and 1 as a whole number of thousandths."""
    return int(min(max(value, 0.0), 1.0) * THOUSAND + 0.5) if value == value else 0  # noqa: PLR0124  # NaN is not


def logit(value: float) -> float:
    """`value` on steps of 1/1024, within about 32 either way; 0 for what is no number."""
    return logit_steps(value) / FINE


def logit_steps(value: float) -> int:
    """The same as a whole number of steps."""
    return round(min(max(value, -_LOGIT_AT_MOST), _LOGIT_AT_MOST) * FINE) if value == value else 0  # noqa: PLR0124


def fine(value: float) -> float:
    """`value` between 0 and 1 on steps of 1/1024; 0 for what is no number."""
    return fine_steps(value) / FINE


def fine_steps(value: float) -> int:
    """The same as a whole number of steps."""
    return round(min(max(value, 0.0), 1.0) * FINE) if value == value else 0  # noqa: PLR0124


def reading(weights: Sequence[float], difficulty: float, familiarity: float = 1.0) -> Reading:
    """A `Reading` with all its numbers on their steps, its probabilities with a sum of exactly 1.

    `weights` are what a softmax is made of: none is negative, and some are above 0. What rounding leaves over goes to
    the largest. For the path of every request: divided by their sum and put on their steps in one go.
    """
    scale = FINE / sum(weights)
    whole = [(weight * scale + 0.5) // 1 for weight in weights]
    whole[whole.index(max(whole))] += FINE - sum(whole)
    return Reading(tuple([step / FINE for step in whole]), logit(difficulty), fine(familiarity))
