"""The highest expected quality, whatever it costs."""

from tests.unit.routing.strategies.told import Told, line, order

from smarterrouter.routing.strategies.best import Best


def test_quality_decides_and_money_only_among_equals() -> None:
    told = Told(line("a/free", 0.8), line("a/dear", 0.9, 5.0, 90), line("a/same", 0.9, 1.0, 99))
    assert order(Best(told), told) == ["a/same", "a/dear", "a/free"]


def test_waiting_decides_last_of_all() -> None:
    told = Told(line("a/slow", 0.9, 1.0, 90), line("a/quick", 0.9, 1.0, 2))
    assert order(Best(told), told) == ["a/quick", "a/slow"]


def test_a_backend_that_is_left_alone_comes_last() -> None:
    told = Told(line("a/best", 0.9), line("b/good", 0.5))
    assert order(Best(told), told, "a") == ["b/good", "a/best"]
