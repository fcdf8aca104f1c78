"""What the arms of a split have shown so far: each one against the first, by a test that may always be looked at."""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from smarterrouter.domain.experiments import ArmCounts
from smarterrouter.routing.sequential import ALPHA, Finding, Outcomes, compare


class Comparison(Struct, frozen=True):
    """One arm against the first. Shares are of 1."""

    difference: float
    """Share of good answers minus that of the first arm; drawn towards 0 while there are few."""
    low: float
    high: float
    """The true difference lies between the two; of several arms all at once, with a confidence of 95 %."""
    p_value: float
    """Below 0.05: they differ. Multiplied by the number of comparisons, so that more arms find no more by chance."""
    decided: bool
    words: str
    """The same as a sentence."""


class ArmReport(Struct, frozen=True):
    """One arm."""

    arm: str
    requests: int
    rated: int
    voters: int
    share: float | None
    """Of rated answers that were good; None when none was rated."""
    comparison: Comparison | None
    """With the first arm; None for the first arm itself."""


class Experiment(Struct, frozen=True):
    """One split."""

    split: str
    arms: tuple[ArmReport, ...]
    """The one that others are compared with comes first."""


def experiments(
    counts: Iterable[ArmCounts], configured: Mapping[str, Iterable[str]], alpha: float = ALPHA
) -> tuple[Experiment, ...]:
    """A report of every split, those of now before those of the past.

    `configured`: split to the names of its arms; they come in this order and whether they were counted or not, others
    by name. `alpha` is divided among the comparisons of one split.
    """
    by_split = {split: {arm: ArmCounts(split, arm) for arm in arms} for split, arms in configured.items()}
    for one in sorted(counts, key=lambda one: (one.split, one.arm)):
        by_split.setdefault(one.split, {})[one.arm] = one
    return tuple(_experiment(split, tuple(arms.values()), alpha) for split, arms in by_split.items())


def _experiment(split: str, arms: tuple[ArmCounts, ...], alpha: float) -> Experiment:
    first, *others = arms
    count = len(others)
    compared = [_compared(first, other, alpha, count) for other in others]
    return Experiment(split, tuple(map(_arm, arms, [None, *compared])))


def _arm(counts: ArmCounts, comparison: Comparison | None) -> ArmReport:
    share = counts.good / counts.rated if counts.rated else None
    return ArmReport(counts.arm, counts.requests, counts.rated, counts.voters, share, comparison)


def _compared(first: ArmCounts, other: ArmCounts, alpha: float, comparisons: int) -> Comparison:
    finding = compare(Outcomes(first.good, first.rated), Outcomes(other.good, other.rated), alpha / comparisons)
    return Comparison(
        difference=finding.difference,
        low=finding.low,
        high=finding.high,
        p_value=min(finding.p_value * comparisons, 1.0),
        decided=finding.decided,
        words=_words(first, other, finding),
    )


def _words(first: ArmCounts, other: ArmCounts, finding: Finding) -> str:
    if not finding.decided:
        unrated = " or ".join(one.arm for one in (first, other) if not one.rated)
        why = f"no answer of {unrated} is rated" if unrated else f"{first.rated + other.rated} rated answers"
        return f"No difference between {first.arm} and {other.arm} can be told yet: {why}."
    better = finding.low > 0
    near, far = (finding.low, finding.high) if better else (-finding.high, -finding.low)
    return f"{other.arm} is {'better' if better else 'worse'} than {first.arm} {_points(near, far)}."


def _points(near: float, far: float) -> str:
    """Both in whole good answers of a hundred."""
    low, high = round(near * 100), round(far * 100)
    return f"by {low} to {high} points" if low else f"by up to {high} points"
