import pytest
from tests.unit.routing.by_hand import model

from smarterrouter.routing.patterns import NO_PATTERNS, Patterns

QWEN = model("Qwen3:latest", 8, backend="ollama")


@pytest.mark.parametrize("glob", ["qwen3:latest", "qwen3", "QWEN*", "ollama/*", "ollama/qwen3", "qwen[23]", "*3"])
def test_a_glob_is_matched_on_the_name_and_on_the_key_in_any_case(glob: str) -> None:
    assert Patterns.of([glob]).hit(QWEN)


@pytest.mark.parametrize("glob", ["qwen", "ollama", "other/*", "q?", "qwen3:8b", ""])
def test_a_glob_is_matched_as_a_whole(glob: str) -> None:
    assert not Patterns.of([glob]).hit(QWEN)


def test_the_first_that_matches_counts() -> None:
    patterns = Patterns.of(["llama*", "qwen*", "*"])
    assert [patterns.place(model(name)) for name in ("qwen2", "llama3", "phi")] == [1, 0, 2]
    assert NO_PATTERNS.place(QWEN) is None
    assert str(patterns) == "llama*, qwen*, *"
