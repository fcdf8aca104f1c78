"""Whom a strategy that looks for the cheap may not take: models below the minimum size, and hopeless ones."""

from collections.abc import Sequence
from operator import attrgetter

from smarterrouter.domain.decisions import Candidate, Moment

HOPE = 0.5
"""A model that is expected to give fewer than half as many good answers as the best one is hopeless: whoever asks again
because the answer was bad has paid for both."""

_MINIMUM = "minimum"
_quality = attrgetter("quality")


class Trust:
    """What is expected of these candidates, beside each other."""

    __slots__ = ("_busy", "_least", "_someone_fits")

    def __init__(self, candidates: Sequence[Candidate], moment: Moment | None = None) -> None:
        """`moment`: without one nobody counts as busy."""
        self._least = HOPE * max(map(_quality, candidates), default=0.0)
        self._someone_fits = any(_fits(one) for one in candidates)
        self._busy = moment.busy if moment is not None else frozenset()

    def busy(self, candidate: Candidate) -> bool:
        """Is its backend left alone for now?"""
        return candidate.model.backend in self._busy

    def missing(self, candidate: Candidate) -> bool:
        """Is it hopeless, or below the minimum size of this kind of work while another one is not?"""
        return candidate.quality < self._least or (self._someone_fits and not _fits(candidate))


def _fits(candidate: Candidate) -> bool:
    return candidate.signals.get(_MINIMUM, 0.0) >= 0


def by_quality(candidate: Candidate) -> tuple[float, float, float, str]:
    """Sorts the best first; among equals the cheaper, then the faster one, whatever order they came in."""
    return -candidate.quality, candidate.dollars, candidate.seconds, candidate.model.key


def by_cost(candidate: Candidate) -> tuple[float, float, float, str]:
    """Sorts the cheapest first; among equals the faster, then the better one, whatever order they came in."""
    return candidate.dollars, candidate.seconds, -candidate.quality, candidate.model.key
