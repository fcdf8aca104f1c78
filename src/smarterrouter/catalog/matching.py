"""Which of our models a published name means. A wrong match is worse than none.

One pass over the models builds an index on identity; each published name is one look-up in it.
"""

from collections.abc import Iterable

from smarterrouter.catalog import identity as identities
from smarterrouter.catalog.identity import Identity, Key, actives_agree, dates_agree, open_ended, parse
from smarterrouter.domain.models import Model

_FULL_DATE = 8
"""Letters of a date that hosted snapshots carry, of which the undated name is an alias."""


class Matcher:
    """Finds models by any spelling of their name."""

    def __init__(self, models: Iterable[Model], published: Iterable[str] = ()) -> None:
        """Index `models`. Dates in the names of `published` are known too: with several, an undated name means none."""
        self._index: dict[Key, list[tuple[Identity, Model]]] = {}
        self._dates: dict[Key, set[str]] = {}
        self._names: dict[str, list[Model]] = {}
        for model in models:
            self._names.setdefault(_plain(model.name), []).append(model)
            meant = _identity(model)
            if meant is not None:
                self._index.setdefault(meant.key, []).append((meant, model))
                self._note_date(meant)
        for name in published:
            self._note_date(parse(name))

    def match(self, published_name: str) -> tuple[Model, ...]:
        """All models that the name means: several quantisations and backends may share it. Empty when none does."""
        meant = parse(published_name)
        if meant is None:
            return tuple(self._names.get(_plain(published_name), ()))
        strict = len(self._dates.get(meant.key, ())) > 1
        return tuple(
            model
            for held, model in self._index.get(meant.key, ())
            if _same_build(meant, held) and not (strict and bool(meant.date) != bool(held.date))
        )

    def explain(self, a: str, b: str) -> str:
        """One sentence: do the two names mean the same model, and if not, what differs."""
        return explain(a, b)

    def _note_date(self, meant: Identity | None) -> None:
        if meant is not None and meant.date:
            self._dates.setdefault(meant.key, set()).add(meant.date)


def same(a: str, b: str) -> bool:
    """Do two names mean the same model? Reflexive and symmetric."""
    if _plain(a) == _plain(b):
        return True
    one, other = parse(a), parse(b)
    return one is not None and other is not None and one.key == other.key and _same_build(one, other)


def explain(a: str, b: str) -> str:
    """One sentence: do the two names mean the same model, and if not, what differs."""
    one, other = parse(a), parse(b)
    if one is None or other is None:
        return (
            "Same text."
            if _plain(a) == _plain(b)
            else f"`{b if other is None else a}` names no model that we can read."
        )
    if same(a, b):
        stored = {one.quantisation, other.quantisation}
        return "The same model." if len(stored) == 1 else f"The same model, stored as {_listed(stored)}."
    return f"Different: {'; '.join(_differences(one, other))}."


def _identity(model: Model) -> Identity | None:
    """As the name says; a size that was measured overrules one that the name only implies."""
    meant = parse(model.name)
    if meant is None or not model.local or model.size.parameters_b is None:
        return meant
    return identities.with_size(meant, model.size.parameters_b)


def _same_build(one: Identity, other: Identity) -> bool:
    """For names of one key: the same snapshot, and no contradiction in what a token costs."""
    if not actives_agree(one, other):
        return False
    if one.date and other.date:
        return dates_agree(one.date, other.date)
    return one.date == other.date or (len(one.date or other.date) == _FULL_DATE and open_ended(one))


def _plain(name: str) -> str:
    return name.strip().lower()


def _listed(stored: set[str | None]) -> str:
    return " and ".join(sorted(label or "not said" for label in stored))


def _differences(one: Identity, other: Identity) -> list[str]:
    rows = (
        ("family", one.family, other.family),
        ("version", " ".join(one.versions), " ".join(other.versions)),
        ("size", _billions(one.size_b), _billions(other.size_b)),
        ("active parameters", _active(one), _active(other)),
        ("variant", " ".join(sorted(one.variant)), " ".join(sorted(other.variant))),
        ("tuning", _tuning(one), _tuning(other)),
        ("snapshot", one.date, other.date),
    )
    return [f"{what} {left or 'not said'} against {right or 'not said'}" for what, left, right in rows if left != right]


def _billions(size: float | None) -> str:
    return "" if size is None else f"{size:g}B"


def _active(one: Identity) -> str:
    return "" if one.active_b == one.size_b else _billions(one.active_b)


def _tuning(one: Identity) -> str:
    return "base" if one.is_base else "instruct"
