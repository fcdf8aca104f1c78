"""One breaker for each backend."""

from smarterrouter.transport.breaker import Breaker, NeverOpen, Rules
from smarterrouter.transport.guards import Guards


def guards() -> Guards:
    return Guards(lambda name: Breaker(name, Rules(failure_threshold=1)))


def test_each_backend_has_its_own_and_keeps_it() -> None:
    found = guards()
    assert found.of("a") is found.of("a")
    assert found.of("a") is not found.of("b")


def test_only_open_ones_are_named() -> None:
    found = guards()
    assert found.open_names() == frozenset()
    found.of("well").succeeded()
    found.of("ill").allow()
    found.of("ill").failed()
    assert found.open_names() == {"ill"}


def test_switched_off_nothing_ever_opens() -> None:
    found = Guards(None)
    for _ in range(100):
        found.of("a").failed()
    assert isinstance(found.of("a"), NeverOpen)
    assert found.of("a").allow()
    assert found.open_names() == frozenset()
