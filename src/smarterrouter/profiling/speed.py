"""Speed, first tokens by prompt length, and the context that a model really uses: questions, and what follows."""

import random
from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import Any

from msgspec import Struct

from smarterrouter.domain.knowledge import Ability

FIRST_TOKEN_LENGTHS = (128, 1024, 4096)
"""Prompt lengths, in tokens, at which the wait for the first token is measured."""
NEEDLE_LENGTHS = (1024, 2048, 4096, 8192, 16384, 32768)
"""Prompt lengths at which a fact is hidden; each is tried only when the one before was mastered."""
NEEDLES = 3
ROOM = 64
"""Tokens that the chat template and a short answer need beside the text."""
TOKENS_A_WORD = 1.25
"""Of the filler below, with the tokenizers in use today; corrected by what the backend counts."""
_READING_WORDS, _SEARCH_WORDS = 10, 70
"""About what the question, the facts and punctuation take, in words."""
_PROSE = """the old harbour wall keeps out most of the winter waves and people walk on it in the evening while boats
come home with fish and tired crews who talk about wind and prices before they go to bed"""
_WORDS = tuple(_PROSE.split())
_PLACES = ("attic", "cellar", "garden", "library", "kitchen", "stable", "tower", "chapel", "office", "bakery")


class Search(Struct, frozen=True):
    """A long text with facts in it, and what has to come back."""

    messages: tuple[dict[str, Any], ...]
    codes: tuple[str, ...]

    def found(self, answer: str) -> bool:
        """Are all the facts in the answer?"""
        return all(code in answer for code in self.codes)


def filler(words: int, seed: int) -> list[str]:
    """So many plain words. Texts of different seeds differ from the start: no prefix is cached."""
    chance = random.Random(f"filler/{seed}")  # noqa: S311
    return [chance.choice(_WORDS) for _ in range(max(1, words))]


def reading(tokens: int, seed: int, ratio: float = TOKENS_A_WORD) -> tuple[dict[str, Any], ...]:
    """A prompt of about so many tokens that asks for one word. `ratio`: tokens of one word."""
    text = " ".join(filler(round(tokens / ratio) - _READING_WORDS, seed))
    return ({"role": "user", "content": f"{text}\n\nAnswer with the single word: done"},)


def search(tokens: int, seed: int, ratio: float = TOKENS_A_WORD) -> Search:
    """A prompt of about so many tokens with facts near its beginning, middle and end."""
    chance = random.Random(f"search/{seed}/{tokens}")  # noqa: S311
    words = filler(round(tokens / ratio) - _SEARCH_WORDS, chance.randrange(2**32))
    places = chance.sample(_PLACES, NEEDLES)
    codes = tuple(str(code) for code in chance.sample(range(1000, 10000), NEEDLES))
    for index in reversed(range(NEEDLES)):
        where = int(len(words) * (index + chance.random()) / NEEDLES)
        words.insert(where, f"\nThe code of the {places[index]} is {codes[index]}.\n")
    asked = ", ".join(f"the {place}" for place in places)
    question = f"What are the codes of {asked}? Answer with the numbers only, in this order, separated by spaces."
    return Search(({"role": "user", "content": f"{' '.join(words)}\n\n{question}"},), codes)


def lengths(wanted: Sequence[int], context: int | None, *, longest: int) -> list[int]:
    """Those of the wanted lengths that fit; the longest that fits stands for the first that does not."""
    limit = min(longest, context - ROOM if context else longest)
    fitting = [length for length in wanted if length <= limit]
    if len(fitting) < len(wanted) and limit > (fitting[-1] if fitting else 0):
        fitting.append(limit)
    return fitting


def medians(waits: Iterable[tuple[int, float]]) -> Mapping[int, float]:
    """Median milliseconds by prompt length."""
    by_length: dict[int, list[float]] = {}
    for length, milliseconds in waits:
        by_length.setdefault(length, []).append(milliseconds)
    return {length: median(values) for length, values in sorted(by_length.items())}


def share(outcomes: Sequence[bool]) -> Ability | None:
    """Share of good outcomes with its standard error, after one good and one bad that nobody saw; None for no outcome.

    The two keep the error honest where few were seen: three of three is not certainty.
    """
    if not outcomes:
        return None
    seen = len(outcomes) + 2
    mean = (sum(outcomes) + 1) / seen
    return Ability(mean, (mean * (1 - mean) / (seen + 1)) ** 0.5)
