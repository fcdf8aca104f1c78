"""Is one arm of a split better? A test that may be looked at after every answer, and stopped at any look.

The mixture sequential probability ratio test: R. Johari, P. Koomen, L. Pekelis and D. Walsh, "Always Valid Inference:
Continuous Monitoring of A/B Tests", Operations Research 70 (2022), https://arxiv.org/abs/1512.04922. Under the null
hypothesis that both arms give the same share of good answers, the likelihood ratio against a normal mixture of
differences exceeds 1/alpha at any time with a probability of at most alpha. A usual p-value that is looked at again and
again does not: it finds a difference sooner or later where there is none.

The shares are estimated, and the difference is normal only in the long run; the pseudo-counts below keep the promise
true for few answers, rare failures and unequal arms too, which a simulation in the tests shows.

`routing/experiments.py` feeds it with what users said: see docs/decisions/0036-strategies.md.
"""

from math import exp, log, sqrt

from msgspec import Struct

ALPHA = 0.05
_TYPICAL = 0.1
"""The difference that the test is quickest to find: ten good answers more in a hundred."""
_PSEUDO = 2.0
"""Good and bad answers, each, that every arm is taken to have had before the first."""


class Outcomes(Struct, frozen=True):
    """What came of one arm so far."""

    good: float = 0
    """Answers that were rated good; a label that is not sure may count as a part of one."""
    rated: float = 0
    """All that were rated."""


class Finding(Struct, frozen=True):
    """What is known of the difference: share of good answers of the second arm minus that of the first."""

    difference: float
    low: float
    high: float
    """The true difference lies between the two, at every look at once, with a confidence of 1 - alpha."""
    p_value: float
    """Below alpha at any look: the arms differ. It may rise again at a later look; the smallest seen counts."""

    @property
    def decided(self) -> bool:
        """Is 0 outside?"""
        return self.low > 0 or self.high < 0


def compare(first: Outcomes, second: Outcomes, alpha: float = ALPHA) -> Finding:
    """What the outcomes so far say. Without any in one of the arms they say nothing."""
    if not first.rated or not second.rated:
        return Finding(0.0, -1.0, 1.0, 1.0)
    (share, error), (other, more) = _estimate(first), _estimate(second)
    difference, variance, mixture = other - share, error + more, _TYPICAL**2
    total = variance + mixture
    ratio = 0.5 * log(variance / total) + mixture * difference**2 / (2 * variance * total)
    half = sqrt(variance * total / mixture * (log(total / variance) - 2 * log(alpha)))
    return Finding(
        difference=difference,
        low=max(difference - half, -1.0),
        high=min(difference + half, 1.0),
        p_value=min(exp(-ratio), 1.0) if ratio > 0 else 1.0,
    )


def _estimate(outcomes: Outcomes) -> tuple[float, float]:
    """The share of good answers, and the variance of that estimate."""
    count = outcomes.rated + 2 * _PSEUDO
    share = (outcomes.good + _PSEUDO) / count
    return share, share * (1 - share) / count
