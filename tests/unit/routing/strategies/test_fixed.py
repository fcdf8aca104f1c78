"""One named model first."""

import pytest
from tests.unit.routing.strategies.told import Told, line, order

from smarterrouter.routing.strategies.fixed import Fixed

TOLD = Told(line("a/x", 0.9), line("b/y", 0.5), line("c/y", 0.4))


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("c/y", ["c/y", "a/x", "b/y"]),
        ("y", ["b/y", "a/x", "c/y"]),
        ("a/x", ["a/x", "b/y", "c/y"]),
        ("gone", ["a/x", "b/y", "c/y"]),
    ],
)
def test_the_named_one_goes_first_and_the_others_keep_their_order(model: str, expected: list[str]) -> None:
    assert order(Fixed("house", model, TOLD), TOLD) == expected


def test_while_its_backend_is_left_alone_the_default_order_counts() -> None:
    assert order(Fixed("house", "c/y", TOLD), TOLD, "c") == ["a/x", "b/y", "c/y"]
    assert order(Fixed("house", "y", TOLD), TOLD, "b")[0] == "c/y"


def test_it_is_called_what_the_operator_calls_it() -> None:
    assert Fixed("house", "y", TOLD).name == "house"
