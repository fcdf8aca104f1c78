"""The list of strategies."""

from collections.abc import Callable, Mapping

from msgspec import Struct

from smarterrouter.routing.strategies.base import Strategy
from smarterrouter.routing.strategies.best import Best
from smarterrouter.routing.strategies.cascade import Cascade
from smarterrouter.routing.strategies.cheapest import Cheapest
from smarterrouter.routing.strategies.dispatcher import Dispatcher
from smarterrouter.routing.strategies.fixed import Fixed
from smarterrouter.routing.strategies.split import Split

BUILT_IN: Mapping[str, Callable[[Strategy], Strategy]] = {
    "scored": lambda scored: scored,
    Cheapest.name: Cheapest,
    Best.name: Best,
    Dispatcher.name: Dispatcher,
}
"""Name to what makes it of the default strategy; all of them order its candidates."""


class Wanted(Struct, frozen=True):
    """The strategies that an operator named, by the operator's names."""

    fixed: Mapping[str, str] = {}
    """Name to the model that goes first."""
    cascades: tuple[str, ...] = ()
    splits: Mapping[str, Mapping[str, float]] = {}
    """Name to the strategies of its arms with their shares."""


class Strategies:
    """Every strategy of one gateway. Immutable."""

    def __init__(self, scored: Strategy, wanted: Wanted | None = None, default: str = "scored") -> None:
        """`default` is the name that an empty one stands for. Raise `ValueError` for arms and names that cannot be."""
        wanted = wanted or Wanted()
        self._single = {name: make(scored) for name, make in BUILT_IN.items()}
        self._single |= {name: Fixed(name, model, scored) for name, model in wanted.fixed.items()}
        self._single |= {name: Cascade(name, scored) for name in wanted.cascades}
        self._splits = {name: self._split(name, arms) for name, arms in wanted.splits.items()}
        self._arms = {arm.name: arm for split in self._splits.values() for arm in split.arms.values()}
        self._default = default
        if default not in self.names:
            raise ValueError(f"there is no strategy {default!r}; known are {', '.join(self.names)}")

    @property
    def names(self) -> tuple[str, ...]:
        """What a caller, a rule or a setting may name."""
        return (*self._single, *self._splits)

    def find(self, name: str, unit: bytes) -> Strategy | None:
        """The strategy called `name`, empty for the default; None when there is none.

        `unit` is whom a split assigns: the key of a conversation, else of a caller, else the request's id. The name of
        one arm as records have it (`experiment:best`) gives that arm, so that a record can be decided again.
        """
        name = name or self._default
        split = self._splits.get(name)
        if split is not None:
            return split.arm(unit)
        return self._single.get(name) or self._arms.get(name)

    def _split(self, name: str, arms: Mapping[str, float]) -> Split:
        unknown = [arm for arm in arms if arm not in self._single]
        if unknown:
            raise ValueError(f"{name}: there is no strategy {unknown[0]!r}; known are {', '.join(self._single)}")
        return Split(name, {arm: (self._single[arm], share) for arm, share in arms.items()})


def plain(name: str) -> str:
    """The strategy behind a name of a record: `best` of `experiment:best`, any other name as it is."""
    return name.rpartition(":")[2]
