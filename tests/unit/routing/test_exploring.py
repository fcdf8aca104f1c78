"""Exploration: the same in every process (the rest is tested with the strategy that uses it)."""

import subprocess
import sys

import msgspec
from tests.unit.routing.by_hand import intent, model

from smarterrouter.domain.intent import Category, Reading
from smarterrouter.routing.exploring import exploration
from smarterrouter.routing.field import field_of
from smarterrouter.routing.weights import RoutingWeights

ALWAYS = msgspec.structs.replace(RoutingWeights(), exploration=1.0)
_DRAWN = (
    "import sys; from smarterrouter.domain.intent import *; from smarterrouter.routing.exploring import _drawn; "
    "print([_drawn(Intent(Category.CODE, 0.1, Needs(), reading=Reading((0.125,) * 8, n / 1024)), 0.1) "
    "for n in range(200)])"
)


def test_every_process_draws_alike() -> None:
    runs = {subprocess.run([sys.executable, "-c", _DRAWN], capture_output=True, check=True).stdout for _ in range(3)}
    assert len(runs) == 1
    assert b"True" in next(iter(runs))
    assert b"False" in next(iter(runs))


def test_only_the_least_known_of_the_good_ones_goes_ahead() -> None:
    asked = msgspec.structs.replace(intent(Category.CODE, 0.3), reading=Reading((0.125,) * 8, 0.0))
    field = field_of((model("a", 8), model("b", 8), model("c", 8)), RoutingWeights())  # by size alone: little is known
    added = exploration(asked, field, [0.5, 0.48, 0.1], ALWAYS)
    assert added is not None
    assert added[0] > 0
    assert added[1:] == [0.0, 0.0]
    assert exploration(intent(Category.CODE, 0.3), field, [0.5, 0.48, 0.1], ALWAYS) is None
