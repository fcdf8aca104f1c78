"""`Reader`: turns cells that others wrote into `Published` rows; a bad cell costs itself, never the table."""

import math
import re
from enum import Enum
from typing import Any

from smarterrouter.benchmarks.base import Fetched
from smarterrouter.domain.columns import COLUMNS
from smarterrouter.domain.knowledge import Published, Unit

LIMITS: dict[Unit, tuple[float, float]] = {
    Unit.PERCENT: (0.0, 100.0),
    Unit.ELO: (400.0, 3000.0),
    Unit.INDEX: (0.0, 100.0),
    Unit.TOKENS_PER_SECOND: (0.0, 100_000.0),
    Unit.SECONDS: (0.0, 3600.0),
    Unit.TOKENS: (1.0, 1e9),
    Unit.DOLLARS_PER_MILLION: (0.0, 10_000.0),
}
"""Least and greatest value that a column of this unit can have; anything else is a mistake of the page."""
_NUMBER = re.compile(r"[-+]?\d{1,15}(\.\d{0,17})?([eE][-+]?\d{1,3})?")
_LONGEST_NAME = 200
_MOST_PROBLEMS = 20
_SHOWN = 60
"""Characters of somebody else's text that a problem repeats."""


class Scale(Enum):
    """How a page writes its numbers. It belongs to the page's column: it is never guessed from the value."""

    AS_IS = 1.0
    SHARE = 100.0
    """0 to 1 on the page, percent with us."""


class Reader:
    """Collects the rows and the problems of one table."""

    def __init__(
        self, source: str, url: str, *, date: str = "", reported_by: str = "", estimated: bool = False
    ) -> None:
        """What holds for every row that says nothing else."""
        self.rows: list[Published] = []
        self._row = Published("", "", 0.0, Unit.INDEX, source, url, date, reported_by, estimated)
        self._problems: list[str] = []
        self._unheard = 0
        self._whole = True

    def add(self, model: object, column: str, cell: object, *, scale: Scale = Scale.AS_IS, **provenance: Any) -> bool:
        """One cell. Empty cells are left out in silence, bad ones with a problem. True when it became a row.

        `provenance`: `url`, `date`, `reported_by`, `estimated` where they differ from the table's. Raise `KeyError`
        for a column that `domain/columns.py` does not have.
        """
        unit = COLUMNS[column].unit
        if is_empty(cell):
            return False
        value, name = number(cell), model_name(model)
        if name is None or value is None:
            self.problem(f"{shown(model)}: {column} is {shown(cell)}")
            return False
        value = round(value * scale.value, 6)
        least, most = LIMITS[unit]
        if not least <= value <= most:
            self.problem(f"{name}: {column} is {shown(cell)}, which is not within {least:g} to {most:g}")
            return False
        given = {key: text for key, text in provenance.items() if text not in (None, "")}
        self.rows.append(_with(self._row, model=name, column=column, value=value, unit=unit, **given))
        return True

    def problem(self, text: str) -> None:
        """Something that could not be read. Only the first ones are kept, the rest counted."""
        if len(self._problems) < _MOST_PROBLEMS:
            self._problems.append(text)
        else:
            self._unheard += 1

    def missing(self, text: str) -> None:
        """A part of the source that could not be read at all."""
        self._whole = False
        self.problem(text)

    def fetched(self, **extra: Any) -> Fetched:
        """What was read until now."""
        more = (f"and {self._unheard} more",) if self._unheard else ()
        return Fetched(tuple(self.rows), (*self._problems, *more), self._whole, **extra)


def _with(row: Published, **changes: Any) -> Published:
    known = {field: getattr(row, field) for field in row.__struct_fields__}
    return Published(**{**known, **changes})


def is_empty(cell: object) -> bool:
    """The usual ways to write that there is no number."""
    return cell is None or (isinstance(cell, str) and cell.strip().lower() in {"", "-", "n/a", "na", "none", "null"})


def number(cell: object) -> float | None:
    """The finite number in a cell; text may end in a percent sign. None when there is none."""
    if isinstance(cell, str):
        text = cell.strip().removesuffix("%").rstrip()
        return float(text) if _NUMBER.fullmatch(text) and math.isfinite(float(text)) else None
    if isinstance(cell, bool) or not isinstance(cell, int | float) or abs(cell) > 1e300 or not math.isfinite(cell):
        return None
    return float(cell)


def model_name(cell: object) -> str | None:
    """The name of a model as the page spells it, without blanks around it; None when it cannot be one."""
    text = cell.replace("\u00a0", " ").strip() if isinstance(cell, str) else ""
    return text if text.isprintable() and 0 < len(text) <= _LONGEST_NAME else None


def shown(cell: object) -> str:
    """Somebody else's text, short and on one line."""
    return ascii(cell if not isinstance(cell, int) or abs(cell) < 10**_SHOWN else "a huge number")[:_SHOWN]
