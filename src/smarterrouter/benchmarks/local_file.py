"""Scores from a file or an address of the user, in a form of our own.

The form is described in docs/reference/benchmark-file.md: JSON or CSV, one line for each number.
"""

import asyncio
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from smarterrouter.benchmarks.base import Fetched, host
from smarterrouter.benchmarks.pages import as_json, as_table, aside
from smarterrouter.benchmarks.reading import Reader, Scale, shown
from smarterrouter.domain.columns import COLUMNS
from smarterrouter.domain.knowledge import Unit
from smarterrouter.errors import BackendGarbage
from smarterrouter.transport.downloads import Downloads

_MOST_BYTES = 64 * 2**20
_TEXTS = ("url", "date", "reported_by")
_LONG = frozenset({"model", "column", "value", "unit", "estimated", *_TEXTS})
_YES = frozenset({"true", "1", "yes", "on"})


def is_place(text: str) -> bool:
    """Is this entry of `ROUTER_BENCHMARK_SOURCES` a file or an address, rather than the name of a source?"""
    return "/" in text or text.lower().endswith((".csv", ".json"))


class LocalFile:
    """One file or address. Its name is the place, without a password or a query."""

    def __init__(self, place: str, downloads: Downloads) -> None:
        """`place` is a path, or begins with http:// or https://."""
        self._place = place
        self._remote = place.startswith(("http://", "https://"))
        self._downloads = downloads
        self.hosts = (host(place),) if self._remote else ()
        self.name = host(place) + urlsplit(place).path if self._remote else place

    async def fetch(self) -> Fetched:
        """See `BenchmarkSource`."""
        body = (await self._downloads.get(self._place)).body if self._remote else await asyncio.to_thread(self._bytes)
        return await aside(self._read, body)

    def _bytes(self) -> bytes:
        path = Path(self._place)
        if path.stat().st_size > _MOST_BYTES:
            raise BackendGarbage(f"{path.name} is larger than {_MOST_BYTES} bytes.")
        return path.read_bytes()

    def _read(self, body: bytes) -> Fetched:
        reader = Reader(
            self.name, f"{urlsplit(self._place).scheme}://{self.name}" if self._remote else "", reported_by=self.name
        )
        for line in _lines(body):
            if not isinstance(line, dict):
                reader.problem(f"{shown(line)} is not an object")
            elif "column" in line:
                _add_one(line, reader)
            else:
                _add_all(line, reader)
        return reader.fetched()


def _lines(body: bytes) -> Iterable[Any]:
    if body.lstrip()[:1] not in (b"{", b"["):
        return as_table(body)
    data = as_json(body)
    rows = data.get("rows") if isinstance(data, dict) else data
    if not isinstance(rows, list):
        raise BackendGarbage("The file needs a list of rows, or an object with a member `rows`.")
    return rows


def _add_one(line: Mapping[str, Any], reader: Reader) -> None:
    """The long form: one number, its column named."""
    column = line.get("column")
    if not isinstance(column, str) or column not in COLUMNS:
        reader.problem(f"{shown(line.get('model'))}: there is no column {shown(column)}")
        return
    scale = _scale(line, column)
    if scale is None:
        reader.problem(f"{shown(line.get('model'))}: {column} is not in the unit {shown(line.get('unit'))}")
        return
    reader.add(line.get("model"), column, line.get("value"), scale=scale, **_provenance(line))


def _add_all(line: Mapping[str, Any], reader: Reader) -> None:
    """The wide form: one model, a member for each column."""
    for column in line:
        if column in COLUMNS:
            reader.add(line.get("model"), column, line[column], **_provenance(line))
        elif column not in _LONG:
            reader.problem(f"there is no column {shown(column)}")


def _scale(line: Mapping[str, Any], column: str) -> Scale | None:
    """The unit that the line names; nothing named means the unit of the column."""
    named = line.get("unit") or COLUMNS[column].unit
    if named == "share" and COLUMNS[column].unit is Unit.PERCENT:
        return Scale.SHARE
    return Scale.AS_IS if named == COLUMNS[column].unit else None


def _provenance(line: Mapping[str, Any]) -> dict[str, Any]:
    texts = {name: line[name][:500] for name in _TEXTS if isinstance(line.get(name), str) and line[name].isprintable()}
    guessed = line.get("estimated")
    return {**texts, "estimated": guessed is True or (isinstance(guessed, str) and guessed.strip().lower() in _YES)}
