"""Pages of others as plain values: JSON, CSV and YAML, decoded beside the event loop."""

import asyncio
import csv
import io
import json
from collections.abc import Callable
from typing import Any, TypeVar

import yaml

from smarterrouter.errors import BackendGarbage

_Given = TypeVar("_Given")
_T = TypeVar("_T")
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Ten times faster where PyYAML was built with libyaml."""
_MOST_ROWS = 200_000


async def aside(work: Callable[[_Given], _T], given: _Given) -> _T:
    """`work(given)` in a thread: a page of several megabytes must not hold up the requests."""
    return await asyncio.to_thread(work, given)


def as_json(body: bytes) -> Any:
    """The value in `body`. NaN is let through: whoever reads the cell refuses it, and the other cells stay.

    Raise `BackendGarbage` when it is not JSON.
    """
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BackendGarbage("It answered something that is not JSON.") from error


def as_table(body: bytes) -> list[dict[str, str]]:
    """The rows of a CSV file with a header line; cells beyond the header are left out, missing ones empty.

    Raise `BackendGarbage` when it is not such a file.
    """
    lines = csv.reader(io.StringIO(_text(body).replace("\0", ""), newline=""))
    try:
        header = [name.strip() for name in next(lines, [])]
        rows = [dict(zip(header, line, strict=False)) for line, _ in zip(lines, range(_MOST_ROWS), strict=False)]
    except csv.Error as error:
        raise BackendGarbage(f"It answered something that is not CSV: {error}.") from error
    if len(header) < 2 or header[0].startswith("<"):
        raise BackendGarbage("It answered something that is not CSV with a header line.")
    return [row for row in rows if any(cell.strip() for cell in row.values())]


def as_yaml(text: str) -> Any:
    """The value in `text`. Raise `ValueError` when it is not YAML."""
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506  # both are safe loaders
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError(f"This is not YAML: {' '.join(str(error).split())}") from error


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BackendGarbage("It answered something that is not text.") from error
