"""What a model can do, believed from everything that is known: size, published scores, our own profile.

All abilities share one scale, in logits: 0 is a good model of 8 billion parameters. A published share p is put on it by
logit(p) - logit(r), where r is what the reference models reach in the same column; so a column without a reference says
nothing. The widths are assumptions and deliberately wide, because published numbers differ by prompts, harness and
quantisation; a profile of one's own narrows them.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from msgspec import Struct

from smarterrouter.domain.columns import COLUMNS
from smarterrouter.domain.intent import Category
from smarterrouter.domain.knowledge import Ability, Knowledge, Published, Unit
from smarterrouter.domain.models import Size

_SIZE_SLOPE, _SIZE_SD = 0.65, 0.9
"""Logits for each e-fold of parameters, and how far a model of its size may be off."""
_UNKNOWN = Ability(0.0, 1.5)
"""Nothing is known, not even the size."""
_COLUMN_SD, _ESTIMATED_SD, _ELO_SD = 0.6, 1.2, 0.5
_FLOOR_SD = 0.3
"""Published scores alone are never believed more closely than this, however many there are."""
_SKILL_SD = 0.4
"""Standard deviation of a model's skills around its overall ability."""
_EDGE = 0.01
"""Shares are kept this far from 0 and 1, where a logit would be infinite."""


class Basis(StrEnum):
    """Where a belief comes from, the strongest part of it."""

    PROFILE = "profile"
    PUBLISHED = "published"
    SIZE = "size"
    NOTHING = "nothing"


class Belief(Struct, frozen=True):
    """One skill of one model."""

    ability: Ability
    basis: Basis


def from_size(size: Size) -> Ability:
    """A wide belief from the number of parameters; of a mixture of experts half-way between all and the active ones."""
    total = size.parameters_b
    if total is None or total <= 0:
        return _UNKNOWN
    effective = math.sqrt(total * (size.active_b or total))
    return Ability(_SIZE_SLOPE * math.log(max(effective, 0.05) / 8.0), _SIZE_SD)


def from_published(rows: Iterable[Published], reference: Mapping[str, float]) -> dict[Category, Ability]:
    """For each category that a column with a reference speaks for: the belief from all its columns."""
    said: dict[Category, list[Ability]] = {}
    for row in rows:
        column = COLUMNS.get(row.column)
        ability = _placed(row, reference.get(row.column))
        if column is None or ability is None:
            continue
        for category in column.categories:
            said.setdefault(category, []).append(ability)
    return {category: _bounded(combined(abilities)) for category, abilities in said.items()}


def combined(abilities: Sequence[Ability]) -> Ability:
    """Independent beliefs put together, each by its precision. At least one is needed."""
    precision = sum(1 / ability.sd**2 for ability in abilities)
    mean = sum(ability.mean / ability.sd**2 for ability in abilities) / precision
    return Ability(mean, precision**-0.5)


def prior(size: Size, published: Iterable[Published], reference: Mapping[str, float]) -> Ability:
    """The overall belief before anything was asked: published skills, pulled together with the size."""
    skills = from_published(published, reference)
    heard = [Ability(ability.mean, math.hypot(ability.sd, _SKILL_SD)) for ability in skills.values()]
    return combined([from_size(size), *heard])


def beliefs(size: Size, knowledge: Knowledge | None, reference: Mapping[str, float]) -> dict[Category, Belief]:
    """Every skill with its uncertainty and where that comes from. A profile wins over what was published."""
    known = knowledge or Knowledge()
    published = from_published(known.published, reference)
    overall = prior(size, known.published, reference)
    return {category: _belief(category, overall, published, known, size) for category in Category}


def _belief(
    category: Category, overall: Ability, published: Mapping[Category, Ability], known: Knowledge, size: Size
) -> Belief:
    if known.profile is not None:
        skill = known.profile.skills.get(category)
        wide = Ability(known.profile.overall.mean, math.hypot(known.profile.overall.sd, _SKILL_SD))
        return Belief(skill or wide, Basis.PROFILE)
    around = Ability(overall.mean, math.hypot(overall.sd, _SKILL_SD))
    if category in published:
        return Belief(combined([published[category], around]), Basis.PUBLISHED)
    if published:
        return Belief(around, Basis.PUBLISHED)
    return Belief(around, Basis.NOTHING if size.parameters_b is None else Basis.SIZE)


def reference_of(rows: Iterable[Published], models: Sequence[str]) -> dict[str, float]:
    """Column to the value that the first of `models` with one reaches there: the zero of the scale."""
    found: dict[str, tuple[int, float]] = {}
    for row in rows:
        if row.model in models and not row.estimated:
            place = models.index(row.model)
            if row.column not in found or place < found[row.column][0]:
                found[row.column] = (place, row.value)
    return {column: value for column, (_, value) in found.items()}


def _placed(row: Published, reference: float | None) -> Ability | None:
    if reference is None:
        return None
    if row.unit is Unit.ELO:
        return Ability((row.value - reference) * math.log(10) / 400, _ELO_SD)
    if row.unit in {Unit.PERCENT, Unit.INDEX}:
        sd = _ESTIMATED_SD if row.estimated else _COLUMN_SD
        return Ability(_logit(row.value / 100) - _logit(reference / 100), sd)
    return None


def _bounded(ability: Ability) -> Ability:
    return Ability(ability.mean, max(ability.sd, _FLOOR_SD))


def _logit(share: float) -> float:
    inside = min(max(share, _EDGE), 1 - _EDGE)
    return math.log(inside / (1 - inside))
