"""The list of strategies."""

import pytest
from tests.unit.routing.strategies.told import Told, line

from smarterrouter.routing.strategies.registry import BUILT_IN, Strategies, Wanted, plain
from smarterrouter.settings import strategies as entries

TOLD = Told(line("a/cheap", 0.6), line("a/good", 0.9, 0.1))
ALL = Strategies(
    TOLD,
    Wanted(
        fixed={"house": "a/good"},
        cascades=("careful",),
        splits={"experiment": {"scored": 0.5, "best": 0.4, "house": 0.1}},
    ),
)


def found(name: str, unit: bytes = b"", strategies: Strategies = ALL) -> str:
    strategy = strategies.find(name, unit)
    return strategy.name if strategy is not None else "none"


@pytest.mark.parametrize("name", BUILT_IN)
def test_each_is_built_under_its_own_name(name: str) -> None:
    assert found(name) == name


def test_the_settings_know_the_same_names() -> None:
    assert tuple(BUILT_IN) == entries.BUILT_IN


def test_an_empty_name_means_the_default() -> None:
    assert found("") == "scored"
    assert found("", strategies=Strategies(TOLD, default="dispatcher")) == "dispatcher"


def test_what_the_operator_named_is_found_and_nothing_else() -> None:
    assert found("house") == "house"
    assert found("careful") == "careful"
    assert found("nobody") == "none"
    assert ALL.names == ("scored", "cheapest", "best", "dispatcher", "house", "careful", "experiment")


def test_a_split_gives_arms_and_a_record_finds_its_arm_again() -> None:
    arms = {found("experiment", b"%d" % number) for number in range(200)}
    assert arms == {"experiment:scored", "experiment:best", "experiment:house"}
    assert {found(arm) for arm in arms} == arms
    assert {plain(arm) for arm in arms} == {"scored", "best", "house"}


def test_a_split_of_what_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="'nobody'; known are scored"):
        Strategies(TOLD, Wanted(splits={"x": {"scored": 1, "nobody": 1}}))
    with pytest.raises(ValueError, match="no strategy 'y'"):
        Strategies(TOLD, default="y")
