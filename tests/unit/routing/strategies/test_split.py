"""Two or more strategies side by side."""

from collections import Counter

import pytest
from tests.unit.routing.strategies.told import Told, line, order

from smarterrouter.routing.strategies.best import Best
from smarterrouter.routing.strategies.cheapest import Cheapest
from smarterrouter.routing.strategies.split import Split

TOLD = Told(line("a/cheap", 0.6), line("a/good", 0.9, 0.1))
UNITS = [b"conversation %d" % number for number in range(20_000)]


def split(name: str = "experiment", **shares: float) -> Split:
    return Split(name, {arm: (Best(TOLD) if arm == "best" else Cheapest(TOLD), share) for arm, share in shares.items()})


def counted(one: Split) -> Counter[str]:
    return Counter(one.arm(unit).name for unit in UNITS)


def test_ab3_each_arm_gets_its_share_under_its_own_name() -> None:
    found = counted(split(cheap=0.9, best=0.1))
    assert found.keys() == {"experiment:cheap", "experiment:best"}
    assert found["experiment:best"] / len(UNITS) == pytest.approx(0.1, abs=0.01)


def test_shares_are_proportions() -> None:
    assert counted(split(cheap=9, best=1)) == counted(split(cheap=0.9, best=0.1))


def test_the_same_unit_always_gets_the_same_arm() -> None:
    first, second = split(cheap=1, best=1), split(cheap=1, best=1)
    assert [first.arm(unit).name for unit in UNITS[:500]] == [second.arm(unit).name for unit in reversed(UNITS[:500])][
        ::-1
    ]


def test_the_assignment_does_not_change_with_versions_and_machines() -> None:
    arms = [split(cheap=1, best=1).arm(b"%d" % number) for number in range(24)]
    assert "".join(arm.name.partition(":")[2][0] for arm in arms) == "bcbccbcccbbcbcbcbbbcbccc"


@pytest.mark.parametrize("grown", ["cheap", "best", "third"])
def test_growing_an_arm_moves_units_only_into_it(grown: str) -> None:
    before, after = split(cheap=1, best=1, third=1), split(**{"cheap": 1, "best": 1, "third": 1, grown: 2})
    moved = {(before.arm(unit).name, after.arm(unit).name) for unit in UNITS[:3000]}
    assert {after for before, after in moved if before != after} == {f"experiment:{grown}"}


def test_experiments_are_independent_of_each_other() -> None:
    one, two = split("one", cheap=1, best=1), split("two", cheap=1, best=1)
    both = Counter((one.arm(unit) is one.arms["best"], two.arm(unit) is two.arms["best"]) for unit in UNITS)
    assert all(count / len(UNITS) == pytest.approx(0.25, abs=0.02) for count in both.values())


def test_an_arm_orders_as_its_strategy_does() -> None:
    arms = split(cheap=1, best=1).arms
    assert order(arms["best"], TOLD) == ["a/good", "a/cheap"]
    assert order(arms["cheap"], TOLD) == ["a/cheap", "a/good"]


def test_an_arm_without_a_share_gets_nobody() -> None:
    assert counted(split(cheap=1, best=0)).keys() == {"experiment:cheap"}


@pytest.mark.parametrize("shares", [{"cheap": 0, "best": 0}, {"cheap": 2, "best": -1}])
def test_shares_that_make_no_sense_are_refused(shares: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="shares of experiment"):
        split(**shares)
