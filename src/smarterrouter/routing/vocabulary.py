"""The lexicon made ready to be looked up: what the words of a text say about category and difficulty.

Whole words are compared, so "capital" does not mean `api` and "let me know" is not a declaration. Which words a text
has, `hearing.py` finds out.

What one word says is one large integer with a field of 16 bits for each kind of point, in twentieths. So the words of
a text are added up by one `sum`, and in any order to the same result.
"""

import re
from collections.abc import Set as AbstractSet
from struct import Struct as Layout

from msgspec import Struct

from smarterrouter.domain.intent import Category
from smarterrouter.routing import lexicon
from smarterrouter.routing.learned.words import word as keyed

CATEGORIES = tuple(Category)
_INDEX = {category: place for place, category in enumerate(CATEGORIES)}
_HINT = 0.4
_HINTS_AT_MOST = 24
"""In twentieths. Many hints together say no more than one clear word: long prose holds hints of everything."""

_UNIT = 20
"""Points are kept in twentieths: every weight of the lexicon is a whole number of them."""
_PLACES = len(CATEGORIES)
_LAYOUT = Layout(f"<{2 * _PLACES + 3}H")
"""Clear points and hints of each category, difficulty, demands, easy words."""
_HARD, _DEMAND, _EASY = 2 * _PLACES, 2 * _PLACES + 1, 2 * _PLACES + 2


class Said(Struct, frozen=True, gc=False):
    """What the tables say of a text, summed over its words."""

    points: list[float]
    """For each category, in the order of `CATEGORIES`; hints are capped."""
    hard: float = 0.0
    demands: int = 0
    easy: int = 0
    wide: bool = False
    """Written in a script without blanks, at least in part."""


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


def _packed(categories: dict[int, float], hard: float, *, demand: bool = False, easy: bool = False) -> int:
    """All points of one word in one number."""
    fields = [0] * (2 * _PLACES + 3)
    for place, weight in categories.items():
        fields[place if weight > _HINT else _PLACES + place] = round(weight * _UNIT)
    fields[_HARD], fields[_DEMAND], fields[_EASY] = round(hard * _UNIT), int(demand), int(easy)
    return int.from_bytes(_LAYOUT.pack(*fields), "little")


def _voices() -> dict[bytes, int]:
    categories, hard = _categories(lexicon.WORDS), _hardness(lexicon.HARD)
    easy, demands = set(lexicon.EASY.split()), set(lexicon.DEMANDS.split())
    return {
        keyed(word): _packed(categories.get(word, {}), hard.get(word, 0.0), demand=word in demands, easy=word in easy)
        for word in categories.keys() | hard.keys() | easy | demands
    }


def _stems() -> dict[str, int]:
    categories, hard = _categories(lexicon.STEMS), _hardness(lexicon.HARD_STEMS)
    return {stem: _packed(categories.get(stem, {}), hard.get(stem, 0.0)) for stem in categories.keys() | hard.keys()}


def _combinations() -> dict[bytes, list[tuple[frozenset[bytes], int]]]:
    found: dict[bytes, list[tuple[frozenset[bytes], int]]] = {}
    for words, category, weight in lexicon.COMBINATIONS:
        parts = [keyed(part) for part in words.split()]
        found.setdefault(parts[0], []).append((frozenset(parts), _packed({_INDEX[category]: weight}, 0.0)))
    return found


VOICES = _voices()
"""By word, as `learned/words.py` gives it: all its points in one number."""
_COMBINATIONS = _combinations()
"""By one of their words, so that few of them are looked at."""
_FIRSTS = frozenset(_COMBINATIONS)
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


def said(points: int, words: AbstractSet[bytes], text: str) -> Said:
    """What `text` says, in lower case: `points` is the sum of what its `words` say of which something is known."""
    wide, total = (False, points) if text.isascii() else _stems_of(text, points)
    for first in _FIRSTS & words:
        total += sum([packed for combination, packed in _COMBINATIONS[first] if combination <= words])
    phrases = sum([phrase in text for phrase in _PHRASES]) if "-" in text else 0
    if not total:
        return Said([0.0] * _PLACES, phrases, wide=wide)
    fields = _LAYOUT.unpack(total.to_bytes(_LAYOUT.size, "little"))
    return Said(
        points=[
            (clear + (hints if hints < _HINTS_AT_MOST else _HINTS_AT_MOST)) / _UNIT
            for clear, hints in zip(fields[:_PLACES], fields[_PLACES:_HARD], strict=True)
        ],
        hard=fields[_HARD] / _UNIT + phrases,
        demands=fields[_DEMAND],
        easy=fields[_EASY],
        wide=wide,
    )


def _stems_of(text: str, total: int) -> tuple[bool, int]:
    """Is the script one without blanks, and `total` with what the stems say. Scripts are known by first bytes."""
    data = text.encode("utf-8", "replace")
    if _holds(data, _CYRILLIC_LEADS):
        total += sum(map(_STEMS.__getitem__, set(_CYRILLIC.findall(text))))
    wide = _holds(data, _WIDE_LEADS)
    if wide:
        if len(text) > _WIDE_OPENING + _WIDE_CLOSING:
            text = f"{text[:_WIDE_OPENING]} {text[-_WIDE_CLOSING:]}"
        total += sum(map(_STEMS.__getitem__, set(_WIDE.findall(text))))
    return wide, total


def _holds(data: bytes, leads: bytes) -> bool:
    return len(data.translate(None, leads)) != len(data)
