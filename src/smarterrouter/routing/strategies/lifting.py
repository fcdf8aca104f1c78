"""Totals that follow the order of a strategy: whoever goes ahead of a better total is lifted to it, and it shows."""

from collections.abc import Iterator, Mapping, Sequence

from smarterrouter.domain.decisions import Candidate


class Lifted(Mapping[str, float]):
    """The terms of a candidate and what its strategy added; looked up only when somebody asks."""

    __slots__ = ("_lift", "_name", "_terms")

    def __init__(self, terms: Mapping[str, float], name: str, lift: float) -> None:
        self._terms = terms
        self._name = name
        self._lift = lift

    def __getitem__(self, name: str) -> float:
        return self._lift if name == self._name else self._terms[name]

    def __iter__(self) -> Iterator[str]:
        yield from self._terms
        yield self._name

    def __len__(self) -> int:
        return len(self._terms) + 1


def in_order(candidates: Sequence[Candidate], name: str) -> tuple[Candidate, ...]:
    """The same candidates in the same order, none with a total below that of a later one.

    Rules and conversations weigh totals, so these have to agree with the order. What was added stands among the terms
    under `name`.
    """
    found: list[Candidate] = []
    least = float("-inf")
    for one in reversed(candidates):
        if one.total < least:
            terms = Lifted(one.signals, name, least - one.total)
            one = Candidate(one.model, least, terms, one.quality, one.dollars, one.seconds)  # noqa: PLW2901  # as said
        least = one.total
        found.append(one)
    return tuple(reversed(found))
