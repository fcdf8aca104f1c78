"""Routing decisions for a fixed set of models: a diff of `data/routing.yaml` is a review item."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from smarterrouter.domain.decisions import Decision, Moment
from smarterrouter.domain.models import Capabilities, Model, Size
from smarterrouter.routing.analysis import read_text
from smarterrouter.routing.explain import sentence
from smarterrouter.routing.hearing import shipped_ear
from smarterrouter.routing.quality import Quality
from smarterrouter.routing.router import Router
from smarterrouter.routing.strategies.registry import Strategies
from smarterrouter.routing.strategies.scored import Scored
from smarterrouter.routing.weights import RoutingWeights

GOLDEN = yaml.safe_load((Path(__file__).parent / "data" / "routing.yaml").read_text(encoding="utf-8"))


def built(name: str, said: dict[str, Any]) -> Model:
    can = Capabilities(
        chat=not said.get("embedding", False),
        embeddings=said.get("embedding", False),
        vision=said.get("vision"),
        tools=said.get("tools"),
    )
    return Model(f"ollama/{name}", "ollama", name, Size(said["b"], said["b"]), can)


MODELS = tuple(built(name, said) for name, said in GOLDEN["models"].items())

ROUTER = Router(Strategies(Scored(RoutingWeights(), Quality(shipped_ear().slope))))


def decided(case: dict[str, Any], preference: float = 0.5) -> Decision:
    text = (GOLDEN["filler"] + "\n") * case.get("repeat", 0) + case["prompt"]
    return ROUTER.decide(read_text(text, preference), MODELS, Moment(), 1)


def listed(expected: str | list[str]) -> list[str]:
    return [expected] if isinstance(expected, str) else expected


@pytest.mark.parametrize("case", GOLDEN["prompts"], ids=lambda case: case["prompt"][:40] or "empty")
def test_golden(case: dict[str, Any]) -> None:
    decision = decided(case)
    assert decision.intent.category in listed(case["category"]), decision.intent
    assert decision.intent.difficulty in listed(case.get("difficulty", ["simple", "medium", "hard"])), decision.intent
    least, most = case.get("chosen", "-").split("-")
    best, why = decision.candidates[0].model, sentence(decision.intent, decision.candidates)
    assert float(least or 0) <= (best.size.parameters_b or 0) <= float(most or "inf"), why
    assert best.name not in case.get("never", [])


@pytest.mark.parametrize("preference", [0.0, 0.25, 0.5, 0.75, 1.0])
def test_w06_hard_code_never_goes_below_eight_billion(preference: float) -> None:
    for case in GOLDEN["prompts"]:
        decision = decided(case, preference)
        if (decision.intent.category, decision.intent.difficulty) == ("code", "hard"):
            sizes = [candidate.model.size.parameters_b or 0 for candidate in decision.candidates]
            assert sizes[0] >= 8
            assert min(sizes) == sizes[-1] == 0.49


def test_the_set_is_large_and_speaks_many_languages() -> None:
    assert len(GOLDEN["prompts"]) >= 50
    assert sum(not case["prompt"].isascii() for case in GOLDEN["prompts"]) >= 15
