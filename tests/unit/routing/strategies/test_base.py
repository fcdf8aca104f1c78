"""Every strategy keeps the contract of `Strategy`, whatever the default one says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.routing.strategies.told import WANT, Told, keys, line

from smarterrouter.domain.decisions import Moment
from smarterrouter.routing.strategies.registry import Strategies, Wanted, plain

WANTED = Wanted({"house": "a/3"}, ("careful",), {"experiment": {"scored": 1, "best": 1}})
NAMES = Strategies(Told(), WANTED).names
LINES = st.builds(
    lambda backend, number, quality, dollars, minimum: line(f"{backend}/{number}", quality, dollars, minimum=minimum),
    st.sampled_from("abc"),
    st.integers(0, 9),
    st.floats(0, 1),
    st.sampled_from([0.0, 0.001, 0.1]),
    st.sampled_from([0.0, -10.0]),
)
POOLS = st.lists(LINES, min_size=1, max_size=10, unique_by=lambda one: one.model.key)


@pytest.mark.parametrize("name", NAMES)
@given(POOLS, st.frozensets(st.sampled_from("abc")))
def test_every_model_comes_back_once_and_the_same_way_again(name, pool, busy) -> None:
    told, now = Told(*pool), Moment(busy=busy)
    strategy = Strategies(told, WANTED).find(name, b"unit")
    assert strategy is not None
    ranked = strategy.rank(WANT, told.models, now, 1)
    assert sorted(one.model.key for one in ranked) == sorted(one.model.key for one in pool)
    assert keys(strategy.rank(WANT, told.models, now, 1)) == keys(ranked)
    own = {one.model.key: one.total for one in pool}
    for one in ranked:
        assert one.total == pytest.approx(own[one.model.key] + one.signals.get(plain(strategy.name), 0.0))


@pytest.mark.parametrize("name", ["cheapest", "best", "house", "careful"])
@given(POOLS)
def test_totals_agree_with_the_order(name, pool) -> None:
    told = Told(*sorted(pool, key=lambda one: -one.total))
    strategy = Strategies(told, WANTED).find(name, b"")
    assert strategy is not None
    totals = [one.total for one in strategy.rank(WANT, told.models, Moment(), 1)]
    assert totals == sorted(totals, reverse=True)
