"""Whom a strategy that looks for the cheap may not take."""

from tests.unit.routing.strategies.told import line

from smarterrouter.domain.decisions import Moment
from smarterrouter.routing.strategies.trust import Trust, by_cost, by_quality


def test_half_as_good_as_the_best_is_hopeful_and_less_is_not() -> None:
    best, half, less = line("a/1", 0.8), line("a/2", 0.4), line("a/3", 0.39)
    trust = Trust([best, half, less])
    assert [trust.missing(one) for one in (best, half, less)] == [False, False, True]


def test_below_the_minimum_size_nobody_is_trusted_while_another_fits() -> None:
    small = line("a/1", 0.9, minimum=-3.0)
    assert Trust([small, line("a/2", 0.8)]).missing(small)


def test_where_everybody_is_below_it_only_the_hopeless_are_left_out() -> None:
    small, tiny = line("a/1", 0.9, minimum=-3.0), line("a/2", 0.3, minimum=-9.0)
    trust = Trust([small, tiny])
    assert [trust.missing(one) for one in (small, tiny)] == [False, True]


def test_where_nothing_is_known_nobody_is_hopeless() -> None:
    lines = [line("a/1", 0.0), line("a/2", 0.0)]
    assert not any(map(Trust(lines).missing, lines))
    assert not Trust([]).busy(lines[0])


def test_busy_is_a_matter_of_the_moment() -> None:
    one = line("a/1", 0.5)
    assert Trust([one], Moment(busy=frozenset({"a"}))).busy(one)
    assert not Trust([one], Moment(busy=frozenset({"b"}))).busy(one)


def test_equals_are_told_apart_by_their_key_alone() -> None:
    twins = [line("b/x", 0.5), line("a/x", 0.5)]
    for how in (by_cost, by_quality):
        assert [one.model.key for one in sorted(twins, key=how)] == ["a/x", "b/x"]
