"""`features_of`: what training sees of a text. The gateway hears the same in other shape (`routing/hearing.py`)."""

from itertools import pairwise

from msgspec import Struct

from smarterrouter.routing import glimpse
from smarterrouter.routing.learned import form
from smarterrouter.routing.learned.words import as_bytes, words_of
from smarterrouter.routing.shape import bare

Pair = tuple[bytes, bytes]

BINS = 16
"""Steps of each number of the form."""
NORM = 4
"""A text of n different words counts each n-gram 1 / sqrt(n + NORM): a long one says more, but not in proportion."""


class Features(Struct, frozen=True):
    """What was seen of one text."""

    words: frozenset[bytes]
    pairs: frozenset[Pair]
    """Words that stand side by side."""
    numbers: form.Numbers

    @property
    def weight(self) -> float:
        """What each word and each pair counts."""
        return float((len(self.words) + NORM) ** -0.5)


def features_of(text: str) -> Features:
    """The features of an ask: of a long one its start and end are looked at."""
    data = as_bytes(glimpse.of_text(text).focus.lower())
    words = words_of(data)
    distinct = frozenset(words)
    numbers = form.measure(data, len(distinct), bare(data)[1], len(text))
    return Features(distinct, frozenset(pairwise(words)), numbers)
