"""Which model a name means: any spelling of it becomes one `Identity`.

Names are read as words without an order, so `llama-3-1-instruct-8b` and `llama3.1:8b-instruct-q4_K_M` say the same; a
word that is not understood stays and keeps its model apart from all others.
"""

import re
from functools import lru_cache
from math import floor

from msgspec import Struct
from msgspec.structs import replace

from smarterrouter.catalog import addresses, names, quantisations, sizes, spelling
from smarterrouter.catalog.addresses import Address
from smarterrouter.catalog.families import (
    BARE_IS_BASE,
    DERIVED_BY,
    FAMILIES,
    FROZEN,
    OWNERS,
    RELEASE_SIZES,
    RELEASES,
    REPACKERS,
    SINGLES,
    SNAPSHOTS,
    VENDOR_WORDS,
)
from smarterrouter.catalog.spelling import Parts

_PLAIN = re.compile(r"\d+(?:\.\d+)?b")
_SHORT = 4
"""Letters of a date without year or without day."""
_ABOUT = 0.25
"""Names round: a 7B model may have 8.5 billion parameters."""

Key = tuple[frozenset[str], tuple[str, ...], float | None, bool]

_TUNED = frozenset({"instruct", "it", "chat", "inst", "instruction", "instructions"})
_BASE = frozenset({"base", "pt", "pretrain", "pretrained"})
_SAME_WORD = {
    "reasoning": "thinking", "reasoner": "thinking", "think": "thinking", "experimental": "exp",
    "nonreasoning": "nonthinking", "vlm": "vl",
}  # fmt: skip
_TUNED_TWICE = frozenset({"mpt", "gpt"})
"""Families with a model named chat, or instruct, beside one that is tuned without saying so."""
_BARE_TOO = frozenset({"coder", "math", "code", "vision", "3n", "moe", "lite", "qwen"})
"""Words beside a family's name with which its untuned models are published, too."""
_ONE_VERSION = frozenset({"mixtral", "nova", "tinyllama", "solar"})
"""Families whose early version number is written or left out at will."""

_SINGLES = {(row.words, row.versions): row for row in SINGLES}
_SNAPSHOTS = {(frozenset(words.split()), version): dates for (words, version), dates in SNAPSHOTS.items()}
_RELEASES = {(frozenset(words.split()), version): date for (words, version), date in RELEASES.items()}
_RELEASE_SIZES = {(frozenset(words.split()), date): size for (words, date), size in RELEASE_SIZES.items()}
_FROZEN = {(frozenset(words.split()), version): date for (words, version), date in FROZEN.items()}


class Identity(Struct, frozen=True):
    """What a name says about the model that it means."""

    family: str
    """The word that names it: `qwen` of `qwen2.5-coder:7b`; of a distillate the model it was poured into."""
    vendor: str = ""
    """Who made it, as far as the name or its family tells."""
    versions: tuple[str, ...] = ()
    """Sorted; more than one where a derived model has its own and its parent's."""
    size_b: float | None = None
    """Billions of parameters: written, or of a model that has only one size."""
    active_b: float | None = None
    variant: frozenset[str] = frozenset()
    """All other words: coder, vl, mini, thinking, distill, a fine-tune's own name."""
    date: str = ""
    """Of the snapshot: `20241022`, or four digits; a version that stands for a month is given as the month."""
    is_base: bool = False
    """Not tuned to follow instructions."""
    quantisation: str | None = None
    """How it is stored; the same model in every quantisation."""
    written_size: bool = False
    """The name itself writes the size."""

    @property
    def version(self) -> str:
        """The first of `versions`, or empty."""
        return self.versions[0] if self.versions else ""

    @property
    def key(self) -> Key:
        """Equal for names of one model, the date left aside. Hashable."""
        return (self.variant | {self.family}, self.versions, self.size_b, self.is_base)


@lru_cache(maxsize=8192)
def parse(name: str) -> Identity | None:
    """Read any spelling; None for what is empty, longer than 256 characters, or holds no word."""
    if len(name) > names.LONGEST:
        return None
    address = addresses.read(name)
    parts = spelling.read(address.text)
    words = _words(parts, address)
    if not any(word[0].isalpha() for word in words):
        return None
    family = _family(words, parts.words)
    total, active, unread = _size(address.text, parts.sizes)
    identity = Identity(
        family=family,
        vendor=OWNERS.get(address.owner) or FAMILIES.get(family, ""),
        versions=_versions(family, parts.versions),
        size_b=total,
        active_b=active,
        variant=(words | unread) - {family},
        date=parts.date,
        is_base=_is_base(family, parts, address),
        quantisation=(quantisations.read_name(name) or (None,))[0],
        written_size=bool(parts.sizes) and (":" in name or not address.library),
    )
    return _dated(_settled(identity), address.latest)


def _size(text: str, written: tuple[str, ...]) -> tuple[float | None, float | None, frozenset[str]]:
    """Total and active parameters, and what is written of sizes but cannot be read: that stays a word.

    A table may put the total of a mixture in place of a written number only where that is its number of active ones.
    """
    if not written:
        return (None, None, frozenset())
    size = sizes.read_name(text)
    plain = [float(token[:-1]) for token in written if _PLAIN.fullmatch(token)]
    if size.parameters_b is None or len(plain) > 1:
        return (size.parameters_b, size.active_b, frozenset(written))
    mixed = any("x" in token for token in written)
    if plain and not mixed and plain[0] not in {size.parameters_b, size.active_b}:
        return (plain[0], size.active_b, frozenset())
    return (size.parameters_b, size.active_b, frozenset())


def with_size(identity: Identity, measured_b: float) -> Identity:
    """The same name for a model of a measured size: what a bare tag holds is not always what the library serves."""
    known = identity.size_b
    if identity.written_size or known is None or abs(measured_b / known - 1) < _ABOUT:
        return identity
    return _settled(replace(identity, size_b=measured_b))


def _words(parts: Parts, address: Address) -> frozenset[str]:
    words = [_SAME_WORD.get(word, word) for word in parts.words]
    joined = " ".join(words).replace("non thinking", "nonthinking").replace("no thinking", "nonthinking").split(" ")
    noise = _BASE | {""} | (frozenset() if _TUNED_TWICE & set(joined) else _TUNED)
    kept = frozenset(joined) - noise
    kept = _without_noise(kept, parts, address)
    if addresses.stranger(address) and not kept & DERIVED_BY:
        kept |= frozenset(spelling.read(address.owner).words or (address.owner,))
    return kept | {f"moved tag {address.text}"} if address.moved else kept


def _without_noise(words: frozenset[str], parts: Parts, address: Address) -> frozenset[str]:
    """Leave out what some write and others do not, where it does not tell models apart."""
    noise = set(VENDOR_WORDS)
    if words & {"mistral", "mixtral", "codestral"}:
        noise.add("open")
    if words & {"qwq", "qvq"}:
        noise.add("qwen")
    if "llama" in words:
        noise.add("instant")
    if parts.sizes:
        noise |= {"turbo", "fast"}
    if "claude" in words:
        noise.add("nonthinking")
    if "gpt" in words and len(parts.date) == _SHORT:
        noise.add("preview")
    if address.library:
        noise.add("text")
    return words - noise or words


def _family(words: frozenset[str], order: tuple[str, ...]) -> str:
    """Of several words that name families, a derived model's own comes first; else the first that is written."""
    known = [word for word in order if word in words and word in FAMILIES]
    if "distill" in words:
        return next((word for word in ("qwen", "llama") if word in words), known[0] if known else "distill")
    own = [word for word in order if word in words and word in DERIVED_BY]
    return (own or known or [word for word in order if word in words] or sorted(words))[0]


def _versions(family: str, versions: tuple[str, ...]) -> tuple[str, ...]:
    if family in _ONE_VERSION:
        versions = tuple(version for version in versions if version not in {"0.1", "1"})
    if family == "claude":
        versions = tuple(f"{v[0]}.{v[1]}" if len(v) == 2 and v.isdigit() else v for v in versions)
    return tuple(sorted(versions))


def _is_base(family: str, parts: Parts, address: Address) -> bool:
    said = frozenset(parts.words)
    if said & _BASE or (address.library and "text" in said):
        return True
    if said & _TUNED or said & DERIVED_BY:
        return False
    if address.library or family == "starcoder":
        return family == "starcoder"
    if not address.hub:
        return family in {"mistral", "mixtral"} and any(version.startswith("0.") for version in parts.versions)
    if family == "llama" and "4" in parts.versions:
        return any(size.endswith("e") for size in parts.sizes)
    plain = said <= {family} | _BARE_TOO | VENDOR_WORDS
    by_maker = address.owner in REPACKERS or OWNERS.get(address.owner) == FAMILIES.get(family, "-")
    says_which = bool(parts.sizes) or family in {"deepseek", "jamba"}
    return plain and by_maker and says_which and _bare_is_base(family, parts.versions[0] if parts.versions else "")


def _bare_is_base(family: str, version: str) -> bool:
    return any(row == family and (versions is None or version in versions) for row, versions in BARE_IS_BASE)


def _settled(identity: Identity) -> Identity:
    """Apply what is known of families: words and sizes that imply each other."""
    words, versions, size = identity.variant | {identity.family}, identity.versions, identity.size_b
    if words == {"nemotron"} and size in {51.0, 70.0} and not versions:
        words, versions = words | {"llama"}, ("3.1",)
    if words == {"llama"} and versions == ("3.2",) and size in {11.0, 90.0}:
        words |= {"vision"}
    if words in ({"phi", "mini"}, {"phi", "medium"}) and versions == ("3",):
        words |= {"4k"}
    if words == {"deepseek", "coder"} and versions == ("2",) and size is not None and size < 20:
        words |= {"lite"}
    known = _SINGLES.get((words, versions)) or _SINGLES.get((words, None))
    if known is not None and (size is None or size in known.also):
        size = known.size
    return replace(identity, variant=words - {identity.family}, versions=versions, size_b=size)


def _dated(identity: Identity, latest: bool) -> Identity:
    """Settle the date: releases named by version, snapshots that are the only one, `latest` of ended lines."""
    words = identity.variant | {identity.family}
    at = (words, " ".join(identity.versions))
    release = _RELEASES.get(at)
    if release is not None and identity.date in {"", release}:
        return _without_release_size(replace(identity, date=release, versions=()), words)
    known = _SNAPSHOTS.get(at, ())
    if identity.date:
        meant = [date for date in known if dates_agree(date, identity.date)]
        date = meant[0] if len(meant) == 1 else identity.date
        return _without_release_size(replace(identity, date=date), words)
    if latest and at in _FROZEN:
        return replace(identity, date=_FROZEN[at])
    return replace(identity, date=known[0]) if len(known) == 1 else identity


def _without_release_size(identity: Identity, words: frozenset[str]) -> Identity:
    """A release has one size: written or not, it is the same model."""
    only = _RELEASE_SIZES.get((words, identity.date))
    return replace(identity, size_b=None) if only is not None and identity.size_b == only else identity


def dates_agree(one: str, other: str) -> bool:
    """The same day, or a day and its short form: 20241022 and 1022 or 2410. Symmetric."""
    longer, shorter = (one, other) if len(one) >= len(other) else (other, one)
    return longer == shorter or (len(longer) == 8 and shorter in {longer[4:], longer[2:6]})


def actives_agree(one: Identity, other: Identity) -> bool:
    """False where both say how many parameters a token uses, and differ by more than rounding. Symmetric."""
    if one.active_b in {None, one.size_b} or other.active_b in {None, other.size_b}:
        return True
    return floor(one.active_b or 0) == floor(other.active_b or 0)


def open_ended(identity: Identity) -> bool:
    """True where an undated name may stand for a dated snapshot, as far as tables know: no other date is known."""
    at = (identity.variant | {identity.family}, " ".join(identity.versions))
    return len(_SNAPSHOTS.get(at, ())) < 2
