"""The lexicon is data that the vocabulary can hear."""

import pytest

from smarterrouter.domain.intent import Category
from smarterrouter.routing import lexicon
from smarterrouter.routing.hearing import shipped_ear
from smarterrouter.routing.vocabulary import Said


def listen(text: str) -> Said:
    return shipped_ear().hear(text).said


TABLES = [*lexicon.WORDS.items(), *lexicon.STEMS.items()]


@pytest.mark.parametrize(("category", "blocks"), TABLES)
def test_every_word_is_heard(category: Category, blocks: lexicon.Blocks) -> None:
    place = list(Category).index(category)
    for block in blocks.values():
        for word in block.split():
            assert listen(word).points[place] > 0, word


def test_every_word_of_difficulty_is_heard() -> None:
    for blocks in (lexicon.HARD, lexicon.HARD_STEMS):
        for block in blocks.values():
            assert all(listen(word).hard > 0 for word in block.split())
    assert all(listen(phrase).hard > 0 for phrase in lexicon.HARD_PHRASES.split())
    assert all(listen(word).demands for word in lexicon.DEMANDS.split())
    assert all(listen(word).easy for word in lexicon.EASY.split())


def test_every_combination_is_heard() -> None:
    for words, category, _ in lexicon.COMBINATIONS:
        assert listen(words).points[list(Category).index(category)] > 0, words


def test_all_is_lower_case() -> None:
    for _, blocks in TABLES:
        assert all(block == block.lower() for block in blocks.values())
