"""What model names suggest."""

import pytest

from smarterrouter.domain.intent import Category
from smarterrouter.routing.names import SUGGESTS, smallness, suggestion, words_of


@pytest.mark.parametrize(
    ("name", "category", "sign"),
    [
        ("qwen2.5-coder:7b", Category.CODE, 1),
        ("codellama:34b", Category.CODE, 1),
        ("starcoder2:3b", Category.CODE, 1),
        ("deepseek-r1:14b", Category.LOGIC, 1),
        ("mathstral:7b", Category.MATHEMATICS, 1),
        ("nous-hermes2", Category.TOOLS, 1),
        ("dolphin-mixtral:8x7b", Category.CHAT, 1),
        ("qwen2.5-coder:7b", Category.CHAT, -1),
        ("llama3.2:1b", Category.KNOWLEDGE, 1),
        ("decoder-of-rings", Category.CODE, 0),
        ("mystery", Category.CODE, 0),
        ("", Category.CODE, 0),
    ],
)
def test_suggestions_read_whole_words(name: str, category: Category, sign: int) -> None:
    said = suggestion(name, category)
    assert (said > 0) - (said < 0) == sign


def test_suggestions_stay_in_bounds_when_words_add_up() -> None:
    assert suggestion("code-coder-codellama", Category.CODE) == 1.0
    assert suggestion("coder-math-base", Category.CHAT) == -1.0


def test_every_suggestion_is_in_bounds_and_can_be_found() -> None:
    for word, said in SUGGESTS.items():
        assert word in words_of(word)
        assert all(-1 <= value <= 1 for value in said.values())


@pytest.mark.parametrize(
    ("name", "times"), [("gpt-5-mini", 4.0), ("gpt-5", 1.0), ("minister", 1.0), ("gemini-flash-lite", 4.0)]
)
def test_smallness(name: str, times: float) -> None:
    assert smallness(name) == times
