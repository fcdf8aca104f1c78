"""What a decision was taken on, and how it came out, in at most 300 bytes without a word of text.

`encode` and `decode` lose nothing, because an intent's numbers lie on the steps of `learned/steps.py`, and shares of
last requests are fractions of small numbers. Models and backends are told by their places in the snapshot, so the bytes
are read beside it. Version 1, little-endian, in this order:

* version; place of the category; needs (bit 0 vision, 1 tools, 2 JSON), bit 3: a reading follows; complexity and
  preference in thousandths (2 bytes each); prompt and answer tokens (4 each)
* number of words of evidence, their places in `complexity.EVIDENCE`; a zero (earlier versions of the program: number
  of categories that spoke, for each 3 bytes)
* the reading: probabilities (8 x 2), difficulty (2, signed), familiarity (2), all in steps of 1/1024
* the outcome: number of candidates (2), how many of them are named, their places (2 each), a hash of their totals (6)
* the moment: loaded models, backends with an open breaker (each by the place of its first model), last requests by
  model: number of entries, and for each its place (2) and its share as a fraction of two bytes
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from hashlib import blake2b
from struct import Struct as Layout
from struct import error as struct_error
from struct import pack

from msgspec import Struct

from smarterrouter.domain.decisions import Candidate, Moment
from smarterrouter.domain.intent import Category, Intent, Needs, Reading
from smarterrouter.domain.models import Model
from smarterrouter.routing import complexity
from smarterrouter.routing.learned.steps import FINE, THOUSAND

VERSION = 1
NAMED = 8
"""Candidates whose order and totals are recorded: nobody gets past eight failures."""

_CATEGORIES = tuple(Category)
_PLACE = {category: place for place, category in enumerate(_CATEGORIES)}
_EVIDENCE = {word: place for place, word in enumerate(complexity.EVIDENCE)}
_HEAD = Layout("<BBBHHII")
_SPOKE = 3
"""Bytes of a category and its strength; earlier versions of the program wrote some, a reading says the same."""
_READING = Layout("<8HhH")
_SHARE = Layout("<HBB")
_MOST_TOKENS = 2**32 - 1
_MOST_PLACES = 2**16
_MOST_SHARES = 255
_USUAL = 20
"""Requests whose shares are usually recorded."""
_MOMENTS_AT_MOST = 64
_DIGEST = 6
_HAS_READING = 8
_TOTALS = [Layout(f"<{count}d") for count in range(NAMED + 1)]


class BadFeatures(ValueError):
    """The bytes were not written by `encode`, or by a newer version of it."""


class Outcome(Struct, frozen=True, gc=False):
    """How a decision came out, as far as it is recorded."""

    count: int = 0
    """Candidates in all; 0 where only the intent was recorded."""
    first: tuple[str, ...] = ()
    """Keys of the first ones, best first."""
    totals: bytes = b""
    """Hash of their totals, bit by bit."""

    @classmethod
    def of(cls, candidates: Sequence[Candidate]) -> "Outcome":
        """The outcome with these candidates."""
        named = candidates[:NAMED]
        return cls(
            len(candidates),
            tuple([candidate.model.key for candidate in named]),
            totals_hash([candidate.total for candidate in named]),
        )


class Recorded(Struct, frozen=True, gc=False):
    """One decision as it was written down."""

    intent: Intent
    moment: Moment = Moment()
    outcome: Outcome = Outcome()


class Places:
    """Where models and backends stand in one snapshot: what the bytes are written and read with."""

    def __init__(self, models: Sequence[Model]) -> None:
        """`models` are those of the snapshot, in its order; beyond the first 65,536 they are not told apart."""
        self.keys = [model.key for model in models[:_MOST_PLACES]]
        self.backends = [model.backend for model in models[:_MOST_PLACES]]
        self.of_key = {key: place for place, key in enumerate(self.keys)}
        self.of_backend: dict[str, int] = {}
        for place, backend in enumerate(self.backends):
            self.of_backend.setdefault(backend, place)
        self.moments: OrderedDict[int, tuple[Moment, bytes]] = OrderedDict()
        """Bytes of the last moments by their identity: many requests share one."""


def totals_hash(totals: Sequence[float]) -> bytes:
    """Six bytes that change with any bit of any total."""
    layout = _TOTALS[len(totals)] if len(totals) <= NAMED else Layout(f"<{len(totals)}d")
    return blake2b(layout.pack(*totals), digest_size=_DIGEST).digest()


def encode(recorded: Recorded, places: Places) -> bytes:
    """The bytes. What is not of this snapshot is left out: it cannot have counted."""
    return b"".join((_intent(recorded.intent), _outcome(recorded.outcome, places), _moment(recorded.moment, places)))


def decode(data: bytes, places: Places) -> Recorded:
    """What was recorded. Raise `BadFeatures`."""
    try:
        if data[0] != VERSION:
            raise BadFeatures(f"Version {data[0]} of the features is newer than this program.")
        cursor = _Cursor(data)
        return Recorded(
            _read_intent(cursor), outcome=_read_outcome(cursor, places), moment=_read_moment(cursor, places)
        )
    except (IndexError, struct_error, ZeroDivisionError) as error:
        raise BadFeatures(f"{len(data)} bytes of features cannot be read.") from error


class _Cursor:
    """Reads bytes from front to back."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, layout: Layout) -> tuple[int, ...]:
        found = layout.unpack_from(self._data, self._at)
        self._at += layout.size
        return found

    def number(self) -> int:
        self._at += 1
        return self._data[self._at - 1]

    def pairs(self, count: int, kind: str = "H") -> tuple[int, ...]:
        """`count` numbers of two bytes."""
        return self.take(Layout(f"<{count}{kind}"))

    def raw(self, count: int) -> bytes:
        self._at += count
        if self._at > len(self._data):
            raise IndexError
        return self._data[self._at - count : self._at]


def _intent(intent: Intent) -> bytes:
    needs, evidence = intent.needs, [_EVIDENCE[word] for word in intent.evidence if word in _EVIDENCE]
    flags = needs.vision | needs.tools << 1 | needs.json << 2 | (intent.reading is not None) << 3
    head = _HEAD.pack(
        VERSION,
        _PLACE[intent.category],
        flags,
        round(intent.complexity * THOUSAND),
        round(intent.preference * THOUSAND),
        min(needs.prompt_tokens, _MOST_TOKENS),
        min(needs.answer_tokens, _MOST_TOKENS),
    )
    reading = _reading(intent.reading) if intent.reading is not None else b""
    return b"".join((head, bytes((len(evidence), *evidence, 0)), reading))


def _reading(reading: Reading) -> bytes:
    """All its numbers lie on steps of 1/1024, and there are as many categories as `Category` has."""
    shares = [int(share * FINE) for share in reading.categories]
    return _READING.pack(*shares, int(reading.difficulty * FINE), int(reading.familiarity * FINE))


def _read_intent(cursor: _Cursor) -> Intent:
    _, category, flags, measured, preference, prompt, answer = cursor.take(_HEAD)
    evidence = tuple([complexity.EVIDENCE[place] for place in cursor.raw(cursor.number())])
    cursor.raw(_SPOKE * cursor.number())
    return Intent(
        category=_CATEGORIES[category],
        complexity=measured / THOUSAND,
        needs=Needs(bool(flags & 1), bool(flags & 2), bool(flags & 4), prompt, answer),
        preference=preference / THOUSAND,
        evidence=evidence,
        reading=_read_reading(cursor) if flags & _HAS_READING else None,
    )


def _read_reading(cursor: _Cursor) -> Reading:
    *categories, difficulty, familiarity = cursor.take(_READING)
    return Reading(
        categories=tuple([step / FINE for step in categories]),
        difficulty=difficulty / FINE,
        familiarity=familiarity / FINE,
    )


def _outcome(outcome: Outcome, places: Places) -> bytes:
    named = [places.of_key[key] for key in outcome.first if key in places.of_key]
    layout = _OUTCOMES[len(named)] if len(named) <= NAMED else _outcome_layout(len(named))
    return layout.pack(min(outcome.count, _MOST_PLACES - 1), len(named), *named, outcome.totals)


def _outcome_layout(named: int) -> Layout:
    return Layout(f"<HB{named}H{_DIGEST}s")


_OUTCOMES = [_outcome_layout(named) for named in range(NAMED + 1)]


def _read_outcome(cursor: _Cursor, places: Places) -> Outcome:
    (count,) = cursor.pairs(1)
    first = tuple([places.keys[place] for place in cursor.pairs(cursor.number())])
    totals = cursor.raw(_DIGEST)
    return Outcome(count, first, totals) if count else Outcome()


def _moment(moment: Moment, places: Places) -> bytes:
    known = places.moments.get(id(moment))
    if known is None:
        known = places.moments[id(moment)] = (moment, _moment_bytes(moment, places))
        if len(places.moments) > _MOMENTS_AT_MOST:
            places.moments.popitem(last=False)
    return known[1]


def _moment_bytes(moment: Moment, places: Places) -> bytes:
    loaded = _set([places.of_key[key] for key in moment.loaded if key in places.of_key])
    busy = _set([places.of_backend[name] for name in moment.busy if name in places.of_backend])
    return loaded + busy + _recent(moment.recent, places)


def _read_moment(cursor: _Cursor, places: Places) -> Moment:
    loaded = frozenset([places.keys[place] for place in _read_set(cursor)])
    busy = frozenset([places.backends[place] for place in _read_set(cursor)])
    recent = {}
    for _ in range(cursor.number()):
        place, count, of = cursor.take(_SHARE)
        recent[places.keys[place]] = count / of
    return Moment(loaded=loaded, recent=recent, busy=busy)


def _recent(recent: Mapping[str, float], places: Places) -> bytes:
    known = [(places.of_key[key], share) for key, share in recent.items() if key in places.of_key][:_MOST_SHARES]
    entries = [_SHARE.pack(place, *_fraction(share)) for place, share in known]
    return bytes((len(entries),)) + b"".join(entries)


def _fraction(share: float) -> tuple[int, int]:
    """Two numbers below 256 whose quotient is `share`, for any share of fewer than 256 requests."""
    count = round(share * _USUAL)
    if 0 <= count <= _USUAL and count / _USUAL == share:
        return count, _USUAL  # a tenth of the time of the search below
    found = Fraction(min(max(share, 0.0), 1.0)).limit_denominator(255)
    return found.numerator, found.denominator


def _set(members: Iterable[int]) -> bytes:
    """A set of places: as a list, or where that is shorter one bit for each place up to the last."""
    ordered = sorted(members)
    bits = sum([1 << place for place in ordered])
    if len(ordered) * 2 <= (bits.bit_length() + 7) // 8:
        return pack(f"<BH{len(ordered)}H", 0, len(ordered), *ordered)
    length = (bits.bit_length() + 7) // 8
    return pack("<BH", 1, length) + bits.to_bytes(length, "little")


def _read_set(cursor: _Cursor) -> Iterable[int]:
    form, (length,) = cursor.number(), cursor.pairs(1)
    if form == 0:
        return cursor.pairs(length)
    bits = int.from_bytes(cursor.raw(length), "little")
    return [place for place in range(bits.bit_length()) if bits >> place & 1]
