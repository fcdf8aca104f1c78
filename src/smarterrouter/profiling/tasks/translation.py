"""Translating small sentences and numbers."""

from smarterrouter.profiling.base import TRANSLATION
from smarterrouter.profiling.drafts import Draft, Family, Rng, exact, number
from smarterrouter.profiling.tasks.phrases import SPEECH, in_words, phrase


def translate(rng: Rng, level: int, tongue: str) -> Draft:
    """A small sentence, built by rule in both languages."""
    english, right, wrong = phrase(rng, level, tongue)
    name = SPEECH[tongue]
    return exact(
        f'Translate into {name}, word for word, keeping the tense: "{english}"', right[0], wrong, accept=right[1:]
    )


def german(rng: Rng, level: int) -> Draft:
    """English to German."""
    return translate(rng, level, "de")


def french(rng: Rng, level: int) -> Draft:
    """English to French."""
    return translate(rng, level, "fr")


def spanish(rng: Rng, level: int) -> Draft:
    """English to Spanish."""
    return translate(rng, level, "es")


def italian(rng: Rng, level: int) -> Draft:
    """English to Italian."""
    return translate(rng, level, "it")


def spoken_number(rng: Rng, level: int) -> Draft:
    """A number in words of another language, from or into digits."""
    tongue = rng.choice(("de", "fr"))
    value = rng.randint(61, 99) if level == 0 else rng.randint(1071, 9999)
    right = in_words(value, tongue)
    if level:
        return number(
            f'Which number is "{right}" ({SPEECH[tongue]})?', value, wrong=(value + 10, value - 100), max_tokens=60
        )
    text = f"Write the number {value} in {SPEECH[tongue]} words."
    return exact(
        text, right, (in_words(value - 1, tongue), in_words(value - 20, tongue)), accept=(right.replace("-", " "),)
    )


_TONGUE = frozenset({TRANSLATION})

FAMILIES = (
    Family("german", german, (-0.6, 0.4), _TONGUE),
    Family("french", french, (-0.5, 0.5), _TONGUE),
    Family("spanish", spanish, (-0.7, 0.3), _TONGUE),
    Family("italian", italian, (-0.3, 0.7), _TONGUE),
    Family("spoken-number", spoken_number, (0.3, 0.6), _TONGUE),
)
"""The second level of a sentence has a plural and an adjective that agrees."""
