import random

import pytest

from smarterrouter.profiling.tasks.phrases import SPEECH, in_words, phrase

WORDS = [
    (1, "de", "eins"),
    (17, "de", "siebzehn"),
    (61, "de", "einundsechzig"),
    (100, "de", "einhundert"),
    (1071, "de", "eintausendeinundsiebzig"),
    (9999, "de", "neuntausendneunhundertneunundneunzig"),
    (61, "fr", "soixante et un"),
    (71, "fr", "soixante et onze"),
    (77, "fr", "soixante-dix-sept"),
    (80, "fr", "quatre-vingts"),
    (81, "fr", "quatre-vingt-un"),
    (99, "fr", "quatre-vingt-dix-neuf"),
    (200, "fr", "deux cents"),
    (1980, "fr", "mille neuf cent quatre-vingts"),
    (4321, "fr", "quatre mille trois cent vingt et un"),
    (80_00, "fr", "huit mille"),
]


@pytest.mark.parametrize(("value", "tongue", "text"), WORDS)
def test_numbers_in_words(value, tongue, text):
    assert in_words(value, tongue) == text


def test_no_two_numbers_are_spoken_alike():
    for tongue in ("de", "fr"):
        assert len({in_words(n, tongue) for n in range(1, 10_000)}) == 9_999


def test_sentences_agree():
    said = {
        text
        for tongue in SPEECH
        for level in (0, 1)
        for seed in range(300)
        for text in phrase(random.Random(seed), level, tongue)[1]
    }
    assert {
        "das Haus ist weiß.",
        "Wir haben drei rote Türen.",
        "la maison est verte.",
        "Nous avons trois chaises noires.",
    } <= said
    assert {
        "el libro es rojo.",
        "Tenemos tres flores blancas.",
        "la porta è nera.",
        "Abbiamo tre sedie bianche.",
        "Abbiamo tre cani neri.",
    } <= said
    assert {"Abbiamo tre fiori verdi.", "Abbiamo tre tavoli bianchi."} <= said
