from smarterrouter.transport.breaker import Breaker, Rules, State
from smarterrouter.transport.guards import Guards


def test_each_backend_has_its_own_breaker() -> None:
    guards = Guards(lambda name: Breaker(name, Rules(failure_threshold=1)))
    assert guards.of("a") is guards.of("a")
    guards.of("a").failed()
    assert guards.of("a").state is State.OPEN
    assert guards.of("b").allow()


def test_open_ones_are_named_until_they_may_be_probed() -> None:
    now = [100.0]
    guards = Guards(lambda name: Breaker(name, Rules(failure_threshold=1, reset_timeout=10), clock=lambda: now[0]))
    assert guards.open_names() == frozenset()
    guards.of("a").failed()
    guards.of("b").succeeded()
    assert guards.open_names() == {"a"}
    now[0] += 10
    assert guards.open_names() == frozenset()


def test_switched_off_nothing_opens() -> None:
    guards = Guards(None)
    for _ in range(100):
        guards.of("a").failed(quota=True)
    assert guards.of("a").allow()
    assert guards.open_names() == frozenset()
