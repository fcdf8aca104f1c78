import pytest

from smarterrouter.domain.intent import Category, Difficulty, Intent, Needs


@pytest.mark.parametrize(
    ("complexity", "difficulty"),
    [
        (0.0, Difficulty.SIMPLE),
        (0.19, Difficulty.SIMPLE),
        (0.2, Difficulty.MEDIUM),
        (0.49, Difficulty.MEDIUM),
        (0.5, Difficulty.HARD),
        (1.0, Difficulty.HARD),
    ],
)
def test_difficulty_has_three_steps(complexity: float, difficulty: Difficulty) -> None:
    assert Intent(Category.CODE, complexity, Needs()).difficulty is difficulty
