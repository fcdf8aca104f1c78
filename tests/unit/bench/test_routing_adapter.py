"""The object that a judging program asks."""

from bench.routing_adapter import ITEMS, Adapter, factory
from tests.unit.routing.learned.artefacts import made_up

HARD = "Find the number of ordered triples of integers $(a,b,c)$ with $a^2+b^2 \\equiv c^2 \\pmod{7}$ and $abc \\ne 0$."


def nothing(ids):
    return {}


def test_public_scores_decide_and_the_category_chooses_which() -> None:
    made = factory()
    made.register("mathematician", {"math": 0.9, "know": 0.4}, nothing)
    made.register("scholar", {"math": 0.4, "know": 0.9}, nothing)
    maths = made.quality(HARD, None, ["mathematician", "scholar"])
    fact = made.quality("Who was the first emperor of Rome?", None, ["mathematician", "scholar"])
    assert maths["mathematician"] > maths["scholar"]
    assert fact["scholar"] > fact["mathematician"]


def test_no_more_than_thirty_prompts_are_asked_and_their_benchmark_is_told_apart() -> None:
    asked: list[str] = []

    def only_hard_ones(ids):
        asked.extend(ids)
        return {name: 1.0 for name in ids if "math-l5" in name}

    made = factory()
    made.register("one", {"math": 0.5}, only_hard_ones)
    made.register("other", {"math": 0.5}, lambda ids: {name: 1.0 for name in ids if name.startswith("ze-gsm")})
    assert 0 < len(asked) <= 30
    found = made.quality(HARD, None, ["one", "other"])
    assert found["one"] > found["other"] + 0.1


def test_unknown_models_categories_and_tools_are_no_trouble() -> None:
    made = Adapter(made_up(), {})
    made.register("a", {"unseen": 0.3}, nothing)
    found = made.quality("", "[]", ["a", "never registered"])
    assert all(0 <= value <= 1 for value in found.values())
    assert ITEMS.is_file()
