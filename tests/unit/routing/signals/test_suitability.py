"""Known tool callers first."""

import pytest
from tests.unit.routing.by_hand import intent, model

from smarterrouter.domain.decisions import Moment
from smarterrouter.routing.signals.suitability import Suitability


@pytest.mark.parametrize(
    ("wanted", "tools", "opinion"), [(True, True, 0.0), (True, None, -1.0), (True, False, -1.0), (False, None, 0.0)]
)
def test_b23_only_known_tool_callers_are_safe(wanted: bool, tools: bool | None, opinion: float) -> None:
    assert Suitability().score(intent(tools=wanted), model("a", 8, tools=tools), Moment()) == opinion
