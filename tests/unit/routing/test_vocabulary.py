"""Words and stems are heard at their boundaries."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarterrouter.domain.intent import Category
from smarterrouter.routing.hearing import shipped_ear
from smarterrouter.routing.vocabulary import CATEGORIES, Said


def listen(text: str) -> Said:
    return shipped_ear().hear(text).said


def points(text: str) -> dict[Category, float]:
    return {category: value for category, value in zip(CATEGORIES, listen(text).points, strict=True) if value}


@pytest.mark.parametrize("text", ["capital", "apiary", "classic", "letter", "pythonic", "decode", "sqlish", "xapix"])
def test_w06_a_word_inside_another_is_not_heard(text: str) -> None:
    assert Category.CODE not in points(text)


@pytest.mark.parametrize(
    "text", ["api", "(api)", "the api.", "“api”", "api—now", "an api's use", "我的api呢", "«api»", "c++", "c#!"]
)
def test_punctuation_and_other_scripts_end_a_word(text: str) -> None:
    assert Category.CODE in points(text)


def test_hints_together_say_no_more_than_one_clear_word() -> None:
    heard = points("total number of hours and minutes, cost, price, distance, speed, area and volume")
    assert heard[Category.MATHEMATICS] == pytest.approx(1.2)


def test_a_word_counts_once() -> None:
    assert points("python python python") == points("python")


def test_combinations_say_more_than_their_words() -> None:
    together = points("how many")[Category.MATHEMATICS]
    assert together > points("how").get(Category.MATHEMATICS, 0) + points("many").get(Category.MATHEMATICS, 0)


def test_hard_words_phrases_demands_and_easy_words() -> None:
    heard = listen("prove that the lock-free queue must be consistent; a quick answer")
    assert heard.hard >= 4
    assert (heard.demands, heard.easy) == (1, 1)
    assert listen("lock free").hard == 0


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("сортировка массива", Category.CODE),
        ("докажи уравнение", Category.MATHEMATICS),
        ("翻译这句话", Category.INSTRUCTIONS),
        ("物語を書いて", Category.CHAT),
        ("함수를 써줘", Category.CODE),
        ("résumez ce texte", Category.INSTRUCTIONS),
        ("übersetze das", Category.INSTRUCTIONS),
        ("demuestra el teorema", Category.MATHEMATICS),
        ("traduci questa frase", Category.INSTRUCTIONS),
        ("escreva um poema", Category.CHAT),
    ],
)
def test_many_languages(text: str, category: Category) -> None:
    heard = points(text)
    assert max(heard, key=heard.__getitem__) is category


def test_scripts_without_blanks_are_known_as_wide() -> None:
    assert listen("排序").wide
    assert not listen("сортировка").wide


def test_a_long_wide_text_is_heard_at_its_ends() -> None:
    filler = "天" * 2000
    assert Category.CODE in points("排序" + filler)
    assert Category.CODE in points(filler + "排序")
    assert Category.CODE not in points(filler + "排序" + filler)


@given(st.text(max_size=500))
def test_any_text_is_heard(text: str) -> None:
    heard = listen(text)
    assert isinstance(heard, Said)
    assert min(heard.points) >= 0
