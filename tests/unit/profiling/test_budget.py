"""The price ceiling."""

from smarterrouter.domain.models import Model, Price
from smarterrouter.profiling.budget import Budget

HOSTED = Model("c/m", "c", "m", local=False, price=Price(2.0, 10.0))


def test_a_local_model_costs_nothing_and_is_never_stopped():
    budget = Budget(Model("l/m", "l", "m", price=Price(5.0, 5.0)), 0.0)
    budget.spend(10**6, 10**6)
    assert budget.dollars == 0
    assert budget.allows(10**9, 10**9)


def test_a_hosted_model_is_stopped_before_the_ceiling_could_be_passed():
    budget = Budget(HOSTED, 1.0)
    budget.spend(100_000, 60_000)
    assert budget.dollars == 0.8
    assert budget.allows(50_000, 10_000)
    assert not budget.allows(50_000, 10_001)


def test_without_a_ceiling_it_only_counts():
    budget = Budget(HOSTED, None)
    budget.spend(10**9, 0)
    assert budget.allows(10**9, 10**9)
    assert budget.dollars == 2000


def test_an_unknown_price_counts_as_a_high_one():
    budget = Budget(Model("c/m", "c", "m", local=False), 1.0)
    assert not budget.allows(0, 20_000)
    assert budget.allows(1000, 1000)
