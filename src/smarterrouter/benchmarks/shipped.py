"""Scores, prices and context lengths that come with the package, so that an offline start knows the common models.

`data/shipped.yaml` holds nothing but numbers copied from public pages, each with its page, date and reporter, and with
the line that it was copied from.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct

from smarterrouter.benchmarks.pages import as_yaml
from smarterrouter.domain.columns import COLUMNS
from smarterrouter.domain.knowledge import Published

NAME = "shipped"
PATH = Path(__file__).parent / "data" / "shipped.yaml"


class Copied(Struct, frozen=True):
    """One number with the line that it was copied from."""

    row: Published
    quote: str


@cache
def load() -> tuple[Published, ...]:
    """Every shipped number. Read once: about 20 ms."""
    return tuple(copied.row for copied in copies())


def copies(path: Path = PATH) -> Iterator[Copied]:
    """Every shipped number with its quote. Raise `KeyError` for a column that does not exist."""
    for page in as_yaml(path.read_text(encoding="utf-8"))["pages"]:
        for line in page["lines"]:
            for model, column, value in _cells(line):
                yield Copied(_row(page, model, column, value), line["quote"])


def _cells(line: Mapping[str, Any]) -> Iterator[tuple[str, str, float]]:
    """A line of a table is about one column of several models, or several columns of one model."""
    for model, value in line.get("models", {}).items():
        yield model, line["column"], value
    for column, value in line.get("columns", {}).items():
        yield line["model"], column, value


def _row(page: Mapping[str, Any], model: str, column: str, value: float) -> Published:
    return Published(
        model=model,
        column=column,
        value=float(value),
        unit=COLUMNS[column].unit,
        source=NAME,
        url=page["url"],
        date=str(page["date"]),
        reported_by=page["reported_by"],
    )
