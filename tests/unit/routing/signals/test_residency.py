"""Loaded models."""

import pytest
from tests.unit.routing.by_hand import intent, model

from smarterrouter.domain.decisions import Moment
from smarterrouter.routing.signals.residency import Residency


@pytest.mark.parametrize(
    ("loaded", "keys", "opinion"),
    [(True, set(), 1.0), (None, {"o/a"}, 1.0), (False, set(), 0.0), (None, {"o/b"}, 0.0), (False, {"o/a"}, 1.0)],
)
def test_loaded_by_the_backend_or_by_the_moment(loaded: bool | None, keys: set[str], opinion: float) -> None:
    moment = Moment(loaded=frozenset(keys))
    assert Residency().score(intent(), model("a", 8, loaded=loaded), moment) == opinion
