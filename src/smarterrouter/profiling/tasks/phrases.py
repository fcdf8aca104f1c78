"""Small sentences and numbers in several languages, built by the rules of each."""

from msgspec import Struct

from smarterrouter.profiling.drafts import Rng

SPEECH = {"de": "German", "fr": "French", "es": "Spanish", "it": "Italian"}


class Noun(Struct, frozen=True):
    """A thing: English, then for each language its gender and its singular and plural."""

    english: tuple[str, str]
    forms: dict[str, tuple[str, str, str]]


_NOUNS = """
table tables m|Tisch|Tische f|table|tables f|mesa|mesas m|tavolo|tavoli
house houses n|Haus|Häuser f|maison|maisons f|casa|casas f|casa|case
book books n|Buch|Bücher m|livre|livres m|libro|libros m|libro|libri
door doors f|Tür|Türen f|porte|portes f|puerta|puertas f|porta|porte
flower flowers f|Blume|Blumen f|fleur|fleurs f|flor|flores m|fiore|fiori
dog dogs m|Hund|Hunde m|chien|chiens m|perro|perros m|cane|cani
window windows n|Fenster|Fenster f|fenêtre|fenêtres f|ventana|ventanas f|finestra|finestre
chair chairs m|Stuhl|Stühle f|chaise|chaises f|silla|sillas f|sedia|sedie
"""
_TONGUES = ("de", "fr", "es", "it")


def _noun(line: str) -> Noun:
    one, many, *rest = line.split()
    forms = {}
    for tongue, word in zip(_TONGUES, rest, strict=True):
        gender, single, plural = word.split("|")
        forms[tongue] = (gender, single, plural)
    return Noun((one, many), forms)


NOUNS = tuple(_noun(line) for line in _NOUNS.strip().splitlines())

COLOURS = {
    "red": {"de": "rot", "fr": ("rouge", "rouge"), "es": ("rojo", "roja"), "it": ("rosso", "rossa")},
    "black": {"de": "schwarz", "fr": ("noir", "noire"), "es": ("negro", "negra"), "it": ("nero", "nera")},
    "green": {"de": "grün", "fr": ("vert", "verte"), "es": ("verde", "verde"), "it": ("verde", "verde")},
    "white": {"de": "weiß", "fr": ("blanc", "blanche"), "es": ("blanco", "blanca"), "it": ("bianco", "bianca")},
}  # fmt: skip
"""Masculine and feminine; German has one stem."""

_THREE = {"de": "drei", "fr": "trois", "es": "tres", "it": "tre"}
_THE = {
    "de": {"m": "der", "f": "die", "n": "das"},
    "fr": {"m": "le", "f": "la"},
    "es": {"m": "el", "f": "la"},
    "it": {"m": "il", "f": "la"},
}
_IS = {"de": "ist", "fr": "est", "es": "es", "it": "è"}
_HAVE = {"de": "Wir haben", "fr": "Nous avons", "es": "Tenemos", "it": "Abbiamo"}
_WE = {"es": "Nosotros tenemos", "it": "Noi abbiamo"}


def phrase(rng: Rng, level: int, tongue: str) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """English, accepted translations, and wrong ones: `The door is red.`, or `We have three red doors.`"""
    noun, colour = rng.choice(NOUNS), rng.choice(sorted(COLOURS))
    gender, one, many = noun.forms[tongue]
    forms = COLOURS[colour][tongue]
    masculine, feminine = (forms, forms) if isinstance(forms, str) else forms
    said = feminine if gender == "f" else masculine
    other = masculine if gender == "f" else feminine
    if level == 0:
        extra = ("está",) if tongue == "es" else ()
        article = _THE[tongue][gender]
        right = tuple(f"{article} {one} {verb} {said}." for verb in (_IS[tongue], *extra))
        wrong_article = next(word for word in _THE[tongue].values() if word != article)
        wrong = (f"{wrong_article} {one} {_IS[tongue]} {other}.", f"{article} {many} {_IS[tongue]} {said}.x")
        return f"The {noun.english[0]} is {colour}.", right, wrong
    starts = [_HAVE[tongue], *([_WE[tongue]] if tongue in _WE else [])]
    ends = _many(tongue, many, said)
    right = tuple(f"{start} {_THREE[tongue]} {ends}." for start in starts)
    singular = f"{said} {one}" if tongue == "de" else f"{one} {said}"
    wrong = (f"{starts[0]} {_THREE[tongue]} {singular}.", f"{starts[0]} {ends}.")
    return f"We have three {colour} {noun.english[1]}.", right, wrong


def _many(tongue: str, noun: str, colour: str) -> str:
    if tongue == "de":
        return f"{colour}e {noun}"
    if tongue == "it":
        # verde becomes verdi; -co and -ca take an h to keep their sound.
        stem = colour[:-1] + ("h" if colour[-2] == "c" else "")
        return f"{noun} {stem}{'e' if colour.endswith('a') else 'i'}"
    return f"{noun} {colour}s"


_DE = "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf"
_DE_SMALL = (*_DE.split(), *(f"{word}zehn" for word in ("drei", "vier", "fünf", "sech", "sieb", "acht", "neun")))
_DE_TENS = ("", "zehn", "zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig")
_FR = "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit"
_FR_SMALL = (*_FR.split(), "dix-neuf")
_FR_TENS = ("", "dix", "vingt", "trente", "quarante", "cinquante", "soixante")


def in_words(value: int, tongue: str) -> str:
    """A number from 1 to 9999 in German or French (of France)."""
    return _german(value) if tongue == "de" else _french(value)


def _german(value: int, *, last: bool = True) -> str:
    if value >= 1000:
        rest = value % 1000
        return f"{_german(value // 1000, last=False)}tausend{_german(rest) if rest else ''}"
    if value >= 100:
        rest = value % 100
        return f"{_german(value // 100, last=False)}hundert{_german(rest) if rest else ''}"
    if value < 20:
        return "ein" if value == 1 and not last else _DE_SMALL[value]
    ones = _german(value % 10, last=False) + "und" if value % 10 else ""
    return ones + _DE_TENS[value // 10]


def _french(value: int, *, last: bool = True) -> str:
    if value >= 1000:
        front = "mille" if value < 2000 else f"{_french(value // 1000, last=False)} mille"
        return f"{front} {_french(value % 1000)}" if value % 1000 else front
    if value >= 100:
        front = "cent" if value < 200 else f"{_french(value // 100)} cent"
        plural = "s" if value >= 200 and not value % 100 and last else ""
        return f"{front} {_french(value % 100, last=last)}" if value % 100 else front + plural
    return _french_small(value, last=last)


def _french_small(value: int, *, last: bool) -> str:
    if value < 20:
        return _FR_SMALL[value]
    if value >= 80:
        return "quatre-vingt" + (f"-{_FR_SMALL[value - 80]}" if value > 80 else "s" if last else "")
    tens = min(value // 10, 6)
    rest = value - 10 * tens
    if not rest:
        return _FR_TENS[tens]
    return f"{_FR_TENS[tens]} et {_FR_SMALL[rest]}" if rest in (1, 11) else f"{_FR_TENS[tens]}-{_FR_SMALL[rest]}"
