"""Totals that follow the order of a strategy."""

from hypothesis import given
from hypothesis import strategies as st
from tests.unit.routing.strategies.told import keys, line

from smarterrouter.routing.strategies.lifting import in_order


def test_whoever_goes_ahead_of_a_better_total_is_lifted_to_it_and_it_shows() -> None:
    small, large, middle = line("a/small", 0.3), line("a/large", 0.9, minimum=-1.0), line("a/middle", 0.5)
    first, second, third = in_order([small, large, middle], "cheapest")
    assert (first.total, dict(first.signals)) == (0.9, {"cheapest": 0.9 - 0.3})
    assert second is large
    assert third is middle
    assert (first.quality, first.dollars, first.seconds) == (small.quality, small.dollars, small.seconds)


def test_terms_of_the_default_strategy_stay_in_sight() -> None:
    first, _ = in_order([line("a/x", 0.3, minimum=-1.0), line("a/y", 0.9)], "house")
    assert set(first.signals) == {"minimum", "house"}
    assert len(first.signals) == 2
    assert first.signals["minimum"] == -1.0
    assert "best" not in first.signals


@given(st.lists(st.floats(-1000, 1), max_size=10))
def test_the_order_stays_and_totals_fall(totals: list[float]) -> None:
    lines = [line(f"a/{place}", total) for place, total in enumerate(totals)]
    found = in_order(lines, "best")
    assert keys(found) == keys(lines)
    assert [one.total for one in found] == sorted((one.total for one in found), reverse=True)
    assert all(new.total >= old.total for new, old in zip(found, lines, strict=True))


def test_an_order_that_fits_is_left_as_it_is() -> None:
    lines = (line("a/x", 0.9), line("a/y", 0.3))
    assert in_order(lines, "best") == lines
