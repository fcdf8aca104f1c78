"""The cheapest model first, then the ones that are expected to do better."""

from tests.unit.routing.strategies.told import Told, line, order

from smarterrouter.routing.strategies.cascade import Cascade


def test_cheapest_then_better_ones_best_first_then_the_rest() -> None:
    told = Told(line("a/mid", 0.7, 0.01), line("a/big", 0.9, 0.05), line("a/small", 0.6, 0.0), line("a/odd", 0.5, 0.02))
    assert order(Cascade("careful", told), told) == ["a/small", "a/big", "a/mid", "a/odd"]


def test_nobody_begins_who_is_not_trusted_with_the_work() -> None:
    told = Told(line("a/big", 0.9, 0.05), line("a/tiny", 0.8, 0.0, minimum=-40.0), line("a/poor", 0.2, 0.0))
    assert order(Cascade("careful", told), told)[0] == "a/big"


def test_nobody_escalates_to_a_backend_that_is_left_alone() -> None:
    told = Told(line("a/small", 0.6), line("b/big", 0.9, 0.05), line("a/mid", 0.7, 0.01))
    assert order(Cascade("careful", told), told, "b") == ["a/small", "a/mid", "b/big"]


def test_one_model_alone() -> None:
    told = Told(line("a/x", 0.5))
    assert order(Cascade("careful", told), told) == ["a/x"]
