"""What names suggest."""

from tests.unit.routing.by_hand import intent, model

from smarterrouter.domain.decisions import Moment
from smarterrouter.domain.intent import Category
from smarterrouter.routing.signals.affinity import Affinity


def opinion(name: str, category: Category) -> float:
    return Affinity().score(intent(category), model(name, 8), Moment())


def test_b29_a_coder_is_for_code_and_not_for_chat() -> None:
    assert opinion("codellama:7b", Category.CODE) == 1.0
    assert opinion("codellama:7b", Category.CHAT) < 0
    assert opinion("mystery:7b", Category.CODE) == 0.0


def test_b23_tools_and_json_lean_to_coders() -> None:
    assert opinion("some-coder:7b", Category.TOOLS) > opinion("mystery:7b", Category.TOOLS)
