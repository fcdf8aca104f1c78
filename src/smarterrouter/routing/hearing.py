"""`Ear.hear`: one pass over a short text tells everything that its words and its form say.

One dictionary holds what the learned model and the hand-written tables know of each word, as one integer; a second one
what the learned model knows of words that stand side by side. So reading a prompt is some passes of C code (lower case,
split, looking up, two sums), and Python only takes the sums apart.
"""

from functools import cache, lru_cache
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from smarterrouter.routing import vocabulary
from smarterrouter.routing.learned.artefact import Artefact
from smarterrouter.routing.learned.form import measure
from smarterrouter.routing.learned.packing import BITS, SILENT, Packed
from smarterrouter.routing.learned.shipped import shipped
from smarterrouter.routing.learned.words import as_bytes, words_of
from smarterrouter.routing.shape import Shape, bare, shape_of
from smarterrouter.routing.vocabulary import Said

_LEARNED = (1 << BITS) - 1
BESIDE = 0.25
"""What a word beside the ask is worth."""


class Heard(Struct, frozen=True, gc=False):
    """What a text says."""

    logits: list[float]
    """Of each category, in the order of `Category`, by the learned model."""
    difficulty: float
    """Logits, by the learned model; `learned/scoring.py` says what follows from it."""
    familiarity: float
    """0 (unlike anything that training saw) to 1: how many of the words are known."""
    words: int
    """Different ones."""
    said: Said
    """By the tables."""
    shape: Shape


class Ear:
    """Hears by one artefact and the tables. Has no state but a small memory of surroundings; safe to share."""

    def __init__(self, artefact: Artefact) -> None:
        """Takes about 7 ms; `artefact` itself is not kept."""
        packed = Packed(artefact)
        self._scores = packed.scores
        for word, points in vocabulary.VOICES.items():
            packed.words[word] = packed.words.get(word, SILENT) | points << BITS
        self._word, self._pair = packed.words.get, packed.pairs.get
        self._per_word = 1 / artefact.usual
        self.slope = artefact.slope
        """Slope of the curve of success over ability less difficulty."""
        self.hear_beside = lru_cache(maxsize=256)(self._hear_beside)
        """As `hear`, with `BESIDE` of its logits and points. What stands around an ask is mostly the same again."""

    def hear(self, text: str, characters: int = 0) -> Heard:
        """What `text` says, of which about the first 1,000 characters count; `characters` is the length of its whole.

        Any text does: empty, binary, any script.
        """
        lowered = text.lower()
        data = as_bytes(lowered)
        words = words_of(data)
        distinct = set(words)
        known = [*filter(None, map(self._word, distinct))]
        pairs = {*filter(None, map(self._pair, pairwise(words)))}  # two that say just the same may count as one
        total = sum(known)
        signs, digits = bare(data)
        count = len(distinct)
        *logits, difficulty = self._scores(
            (total & _LEARNED) + sum(pairs),
            len(known) + len(pairs),
            count,
            measure(data, count, digits, characters),
        )
        return Heard(
            logits,
            difficulty,
            min(len(known) / count * self._per_word, 1.0) if count else 0.0,
            count,
            vocabulary.said(total >> BITS, distinct, lowered),
            shape_of(lowered, data, signs, distinct),
        )

    def _hear_beside(self, text: str) -> Heard:
        heard = self.hear(text)
        said = replace(heard.said, points=[BESIDE * point for point in heard.said.points])
        return replace(heard, logits=[BESIDE * logit for logit in heard.logits], said=said)


@cache
def shipped_ear() -> Ear:
    """The one that hears by the weights that come with the package; made once for the process."""
    return Ear(shipped())
