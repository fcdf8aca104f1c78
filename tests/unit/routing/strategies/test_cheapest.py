"""The least money that still does the work."""

from hypothesis import given
from hypothesis import strategies as st
from tests.unit.routing.strategies.told import Told, keys, line, order

from smarterrouter.domain.decisions import Moment
from smarterrouter.routing.strategies.cheapest import Cheapest, cheapest_first

LINES = st.builds(
    lambda number, quality, dollars, seconds: line(f"b/{number}", quality, dollars, seconds),
    st.integers(0, 10**6),
    st.floats(0, 1),
    st.sampled_from([0.0, 0.001, 0.002, 0.1]),
    st.floats(0, 60),
)
POOLS = st.lists(LINES, min_size=1, max_size=8, unique_by=lambda one: one.model.key).map(tuple)


def test_price_decides_then_waiting() -> None:
    told = Told(line("a/dear", 0.9, 0.02, 1), line("a/slow", 0.7, 0.0, 30), line("a/quick", 0.6, 0.0, 2))
    assert order(Cheapest(told), told) == ["a/quick", "a/slow", "a/dear"]


def test_b6_the_hopeless_and_the_too_small_come_after_everybody_else() -> None:
    told = Told(line("a/good", 0.9, 0.02), line("a/poor", 0.3, 0.0), line("a/tiny", 0.8, 0.0, minimum=-10.0))
    assert order(Cheapest(told), told)[0] == "a/good"


def test_where_everybody_is_too_small_the_cheapest_goes_first_that_is_not_hopeless() -> None:
    told = Told(line("a/x", 0.4, 0.01, minimum=-20.0), line("a/y", 0.1, 0.0, minimum=-50.0))
    assert order(Cheapest(told), told) == ["a/x", "a/y"]
    told = Told(line("a/x", 0.4, 0.01, minimum=-20.0), line("a/y", 0.3, 0.0, minimum=-50.0))
    assert order(Cheapest(told), told) == ["a/y", "a/x"]


def test_a_backend_that_is_left_alone_comes_last() -> None:
    told = Told(line("a/free", 0.5), line("b/dear", 0.9, 1.0), line("b/poor", 0.1))
    assert order(Cheapest(told), told, "a") == ["b/dear", "b/poor", "a/free"]


@given(POOLS, st.randoms(use_true_random=False))
def test_the_order_they_come_in_changes_nothing(pool, random) -> None:
    mixed = list(pool)
    random.shuffle(mixed)
    assert keys(cheapest_first(tuple(mixed), Moment())) == keys(cheapest_first(pool, Moment()))


@given(POOLS, st.floats(0.001, 1))
def test_whoever_gets_dearer_gets_no_further_to_the_front(pool, more) -> None:
    first = cheapest_first(pool, Moment())
    dearer = first[-1]
    now = line(dearer.model.key, dearer.quality, dearer.dollars + more, dearer.seconds)
    assert keys(cheapest_first((*first[:-1], now), Moment())) == keys(first)
