"""The language of a prompt, where its letters tell it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarterrouter.routing import complexity
from smarterrouter.routing.analysis import read_text
from smarterrouter.routing.language import EVIDENCE, language_of

TOLD = {
    "Schreibe ein Gedicht über den Herbst.": "German",
    "Écris une chanson pour l'anniversaire de ma sœur.": "French",
    "¿Quién fue el primer presidente de México y por qué?": "Spanish",
    "Explica como são feitas as vacinas e não uses termos difíceis para uma criança": "Portuguese",
    "Perché il cielo è blu? Spiega con parole semplici per una bambina.": "Italian",
    "日本の首都はどこですか": "Japanese",
    "证明根号二是无理数": "Chinese",
    "대한민국의 수도는 어디입니까?": "Korean",
    "Какая столица Австралии?": "Cyrillic letters",
    "ما هي عاصمة أستراليا؟": "Arabic letters",
    "מהי בירת אוסטרליה?": "Hebrew",
    "ऑस्ट्रेलिया की राजधानी क्या है?": "an Indian script",
    "ประเทศไทย": "Thai",
    "Ποια είναι η πρωτεύουσα;": "Greek",
}


@pytest.mark.parametrize(("text", "language"), TOLD.items(), ids=TOLD.values())
def test_letters_and_small_words_tell_it(text: str, language: str) -> None:
    assert language_of(text) == (f"in {language}",)
    assert f"in {language}" in read_text(text, 0.5).evidence


@pytest.mark.parametrize(
    "text", ["", "What is the capital of France?", "It\u2019s a na\u00efve caf\u00e9 question", "\U0001f600"]
)
def test_english_and_what_cannot_be_told_say_nothing(text: str) -> None:
    assert language_of(text) == ()


def test_english_with_a_foreign_letter_stays_english() -> None:
    usual = (
        "do to van met per as on in an me my die war is was of and the that this with for not but from or at by we he"
    )
    assert language_of(f"{usual} caf\u00e9") == ()


@given(st.text(max_size=400))
def test_any_text_gives_one_known_word_at_most(text: str) -> None:
    found = language_of(text)
    assert len(found) <= 1
    assert set(found) <= set(EVIDENCE) <= set(complexity.EVIDENCE)
