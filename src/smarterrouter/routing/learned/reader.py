"""`Reader.read`: a text in, a `Reading` out: what kind of work it is, how hard, and how like what training saw."""

from functools import lru_cache
from math import exp

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from smarterrouter.domain.intent import Category
from smarterrouter.routing.learned import form
from smarterrouter.routing.learned.artefact import CATEGORIES, DIFFICULTY, KINDS, SEEN, Artefact
from smarterrouter.routing.learned.features import Features, features_of, ladder_of

Floats = NDArray[np.float32]

_AROUND = 0.25
"""What the text around the ask counts in the choice of a category."""
_LATIN = form.SCRIPTS.index("latin")


class Reading(Struct, frozen=True):
    """What is read from a prompt."""

    categories: list[float]
    """Probability of each `Category`, in its order."""
    difficulty: float
    """Logits: a model of this ability solves about half of such prompts."""
    familiarity: float
    """0 (unlike anything training saw) to 1."""
    script: str
    """The script most letters are of, of `form.SCRIPTS`; `none` without letters."""
    characters: int
    """Length of the whole ask."""
    words: int
    """Words in the part that was read."""

    @property
    def category(self) -> Category:
        """The likeliest category."""
        return CATEGORIES[self.categories.index(max(self.categories))]


class Reader:
    """Reads prompts by one artefact. Has no state but a small memory of surroundings; safe to share."""

    def __init__(self, artefact: Artefact) -> None:
        """`artefact` is kept, not copied."""
        self.artefact = artefact
        self._table = artefact.table
        self._ladder = ladder_of(artefact.edges)
        self._surroundings = lru_cache(maxsize=256)(self._sums)

    def read(self, ask: str, around: str = "") -> Reading:
        """The reading of `ask`, the text that is to be answered; `around` says a little about the category.

        Any text does: empty, binary, any script, any length; about 1 KB of it is looked at.
        """
        seen = features_of(ask, self._ladder)
        sums = self._weigh(seen)
        logits = sums[:KINDS] if not around else sums[:KINDS] + _AROUND * self._surroundings(around)
        categories = _softmax(logits.tolist(), self.artefact.temper)
        return Reading(
            categories=categories,
            difficulty=float(sums[DIFFICULTY]),
            familiarity=self._familiarity(seen, float(sums[SEEN]), categories),
            script=_script(seen.scripts),
            characters=seen.characters,
            words=seen.words,
        )

    def _weigh(self, seen: Features) -> Floats:
        sums: Floats = seen.weights @ self._table.take(seen.rows, 0)
        sums += self.artefact.bias
        return sums

    def _sums(self, text: str) -> Floats:
        return self._weigh(features_of(text[:1024], self._ladder))[:KINDS]

    def _familiarity(self, seen: Features, known: float, categories: list[float]) -> float:
        """Share of known n-grams between the usual ones, less where no category stands out."""
        low, high = self.artefact.usual
        share = known / seen.mass if seen.mass else 0.0
        position = min(max((share - low) / (high - low), 0.0), 1.0)
        return position * (0.5 + 0.5 * max(categories))


def _softmax(logits: list[float], temper: float) -> list[float]:
    """In plain Python: for eight numbers faster than NumPy."""
    top = max(logits)
    raised = [exp(temper * (value - top)) for value in logits]
    total = sum(raised)
    return [value / total for value in raised]


def _script(letters: Floats) -> str:
    place = int(letters.argmax())
    return form.SCRIPTS[place] if letters[place] else "none"
