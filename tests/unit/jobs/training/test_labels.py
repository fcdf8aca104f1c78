"""What tasks are, and prompts of our own."""

import pytest

from smarterrouter.domain.intent import Category
from smarterrouter.jobs.training.labels import category_of, few_of_each, own_prompts, word_prompts


@pytest.mark.parametrize(
    ("task", "category"),
    [
        ("gsm8k", Category.MATHEMATICS),
        ("mmlupro/physics", Category.STEM),
        ("mmlupro/law", Category.KNOWLEDGE),
        ("mmlu/abstract_algebra", Category.STEM),
        ("mmlu/formal_logic", Category.LOGIC),
        ("mmlu/prehistory", Category.KNOWLEDGE),
        ("rb/mbpp", Category.CODE),
        ("something else", None),
    ],
)
def test_categories_of_tasks(task: str, category: Category | None) -> None:
    assert category_of(task) is category


def test_templates_give_prompts_of_every_category() -> None:
    found = own_prompts(1, 3)
    assert {category for _, category in found} == set(Category)
    assert all(text for text, _ in found)
    assert found == own_prompts(1, 3)


def test_a_few_of_each_category_are_drawn_the_same_way_every_time() -> None:
    found = few_of_each(5, 3)
    assert [category for _, category in found] == [category for category in Category for _ in range(5)]
    assert found == few_of_each(5, 3)
    assert found != few_of_each(5, 4)
    assert len(few_of_each(10_000, 3)) > 400


def test_lists_of_words_come_from_the_lexicon() -> None:
    found = word_prompts(3, 1)
    assert len(found) == 3 * len({category for _, category in found})
    assert found == word_prompts(3, 1)
