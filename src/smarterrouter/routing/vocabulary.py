"""The lexicon made ready to be looked up: what the words of a text say about category and difficulty.

Whole words are compared, so "capital" does not mean `api` and "let me know" is not a declaration. Words are found by
two passes of C code over the bytes (translate, split); only the few that the lexicon knows are looked at in Python.
Latin-1 holds every letter of the languages that are known by words; what it cannot hold ends a word. Voices are added
in the order of the alphabet, so that sums are the same to the last bit in every process.
"""

import re
from collections.abc import Iterable
from string import ascii_letters, digits

from msgspec import Struct

from smarterrouter.domain.intent import Category
from smarterrouter.routing import lexicon

CATEGORIES = tuple(Category)
_INDEX = {category: place for place, category in enumerate(CATEGORIES)}
_HINT = 0.4
_HINTS_AT_MOST = 1.2
"""Many hints together say no more than one clear word: long prose holds hints of everything."""

_LETTERS = frozenset((ascii_letters + digits + "_+#").encode()) | frozenset(range(0xC0, 0x100)) - {0xD7, 0xF7}
_APART = bytes(byte if byte in _LETTERS else 32 for byte in range(256))
"""For text in Latin-1: everything that is no part of a word becomes a blank."""


class Voice(Struct, frozen=True):
    """What one word says: points per category (by place in `CATEGORIES`), points of difficulty."""

    categories: tuple[tuple[int, float], ...] = ()
    hard: float = 0.0
    demand: bool = False
    easy: bool = False


class Heard(Struct):
    """What a text says, summed over its words."""

    clear: list[float]
    """Points per category, from words that are more than hints."""
    hints: list[float]
    hard: float = 0.0
    demands: int = 0
    easy: int = 0
    wide: bool = False
    """Written in a script without blanks, at least in part."""

    def points(self) -> list[float]:
        """Points per category, hints capped."""
        return [clear + min(hints, _HINTS_AT_MOST) for clear, hints in zip(self.clear, self.hints, strict=True)]


def _categories(tables: dict[Category, lexicon.Blocks]) -> dict[str, dict[int, float]]:
    found: dict[str, dict[int, float]] = {}
    for category, blocks in tables.items():
        for weight, block in blocks.items():
            for word in block.split():
                said = found.setdefault(word, {})
                said[_INDEX[category]] = max(weight, said.get(_INDEX[category], 0.0))
    return found


def _hardness(blocks: lexicon.Blocks) -> dict[str, float]:
    return {word: weight for weight, block in sorted(blocks.items()) for word in block.split()}


def _voices() -> dict[bytes, Voice]:
    categories, hard = _categories(lexicon.WORDS), _hardness(lexicon.HARD)
    easy, demands = set(lexicon.EASY.split()), set(lexicon.DEMANDS.split())
    silent = {word for words, _, _ in lexicon.COMBINATIONS for word in words.split()}
    return {
        word.encode("latin-1"): Voice(
            tuple(categories.get(word, {}).items()), hard.get(word, 0.0), word in demands, word in easy
        )
        for word in categories.keys() | hard.keys() | easy | demands | silent
    }


def _stems() -> dict[str, Voice]:
    categories, hard = _categories(lexicon.STEMS), _hardness(lexicon.HARD_STEMS)
    stems = categories.keys() | hard.keys()
    return {stem: Voice(tuple(categories.get(stem, {}).items()), hard.get(stem, 0.0)) for stem in stems}


_VOICES = _voices()
_KNOWN = frozenset(_VOICES)
_COMBINATIONS = tuple(
    (frozenset(words.encode("latin-1").split()), _INDEX[category], weight)
    for words, category, weight in lexicon.COMBINATIONS
)
_STEMS = _stems()
_CYRILLIC = re.compile(
    "|".join(sorted((stem for stem in _STEMS if "\u0430" <= stem[0] <= "\u044f"), key=len, reverse=True))
)
_WIDE = re.compile("|".join(sorted((stem for stem in _STEMS if stem[0] > "\u044f"), key=len, reverse=True)))
_CYRILLIC_LEADS = b"\xd0\xd1"
_WIDE_LEADS = bytes(range(0xE3, 0xEE))
_WIDE_OPENING, _WIDE_CLOSING = 200, 400
"""Text without blanks says in 600 signs what Latin letters say in 1,500."""
_PHRASES = tuple(lexicon.HARD_PHRASES.split())


def listen(text: str) -> Heard:
    """What `text` says; `text` must be lower case and short (some thousand characters)."""
    heard = Heard([0.0] * len(CATEGORIES), [0.0] * len(CATEGORIES))
    if not text.isascii():
        _add_stems(heard, text, text.encode("utf-8", "replace"))
    data = text.encode("latin-1", "replace")
    words = _KNOWN.intersection(data.translate(_APART).split())
    _add(heard, map(_VOICES.__getitem__, sorted(words)))
    if len(words) > 1:
        _add_combinations(heard, words)
    heard.hard += sum(phrase in text for phrase in _PHRASES) if "-" in text else 0
    return heard


def _add_stems(heard: Heard, text: str, data: bytes) -> None:
    """Listen for stems in scripts that need them; the scripts are known from the first bytes of their letters."""
    if _holds(data, _CYRILLIC_LEADS):
        _add(heard, map(_STEMS.__getitem__, sorted(set(_CYRILLIC.findall(text)))))
    heard.wide = _holds(data, _WIDE_LEADS)
    if heard.wide:
        if len(text) > _WIDE_OPENING + _WIDE_CLOSING:
            text = f"{text[:_WIDE_OPENING]} {text[-_WIDE_CLOSING:]}"
        _add(heard, map(_STEMS.__getitem__, sorted(set(_WIDE.findall(text)))))


def _holds(data: bytes, leads: bytes) -> bool:
    return len(data.translate(None, leads)) != len(data)


def _add(heard: Heard, voices: Iterable[Voice]) -> None:
    for voice in voices:
        for place, weight in voice.categories:
            if weight > _HINT:
                heard.clear[place] += weight
            else:
                heard.hints[place] += weight
        heard.hard += voice.hard
        heard.demands += voice.demand
        heard.easy += voice.easy


def _add_combinations(heard: Heard, words: frozenset[bytes]) -> None:
    for combination, place, weight in _COMBINATIONS:
        if combination <= words:
            heard.clear[place] += weight
