"""Backends that do not answer."""

from tests.unit.routing.by_hand import intent, model

from smarterrouter.domain.decisions import Moment
from smarterrouter.routing.signals.availability import Availability


def test_models_of_a_busy_backend_lose() -> None:
    moment = Moment(busy=frozenset({"down"}))
    assert Availability().score(intent(), model("a", 8, backend="down"), moment) == -1.0
    assert Availability().score(intent(), model("a", 8, backend="up"), moment) == 0.0
