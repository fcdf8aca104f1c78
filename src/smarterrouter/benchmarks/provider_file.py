"""The file provider.db itself: checked before it is used, read without ever being written.

Its table `model_benchmarks` has `model_id`, three scores of 0 to 100, `elo_rating`, `last_updated` and, in newer
files, `archived`. What is missing was filled with 0 and 1000 by its makers, so those say nothing.
"""

import re
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from smarterrouter.benchmarks.base import Fetched
from smarterrouter.benchmarks.reading import Reader, number, shown
from smarterrouter.errors import BackendGarbage

_TABLE = "model_benchmarks"
_SCORES = {"reasoning_score": "reasoning", "coding_score": "coding", "general_score": "general"}
_ELO = "elo_rating"
_UNKNOWN = {**dict.fromkeys(_SCORES, 0.0), _ELO: 1000.0}
"""What the makers write when they know nothing."""
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/@+~-]{0,127}")
_MOST_ROWS = 50_000
_SECONDS = 20.0
"""A damaged file must not keep a thread busy for ever."""
_STEPS = 10_000
"""Instructions of SQLite between two looks at the clock."""


def check(path: Path) -> None:
    """Raise `BackendGarbage` unless the file is a whole database with models in it."""
    with _opened(path) as connection:
        if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise BackendGarbage("The downloaded provider.db is damaged.")
        _columns(connection)
        if connection.execute(f"SELECT COUNT(*) FROM {_TABLE}").fetchone()[0] == 0:  # noqa: S608  # our own constant
            raise BackendGarbage("The downloaded provider.db has no models in it.")


def read(path: Path, source: str, url: str) -> Fetched:
    """Every model that is not archived. Raise `BackendGarbage` when the file cannot be read, or is not there."""
    reader = Reader(source, url, reported_by="smarterrouter-provider", estimated=True)
    with _opened(path) as connection:
        columns = _columns(connection)
        wanted = [name for name in ("model_id", "last_updated", _ELO, *_SCORES, "archived") if name in columns]
        question = f"SELECT {', '.join(wanted)} FROM {_TABLE} ORDER BY model_id LIMIT {_MOST_ROWS}"  # noqa: S608
        for values in connection.execute(question):
            _add(dict(zip(wanted, values, strict=True)), reader)
    return reader.fetched()


def _add(row: dict[str, Any], reader: Reader) -> None:
    model = row["model_id"]
    if row.get("archived"):
        return
    if not isinstance(model, str) or not _ID.fullmatch(model):
        reader.problem(f"{shown(model)} is not the name of a model")
        return
    day = row.get("last_updated")
    for name, column in (*_SCORES.items(), (_ELO, "arena_elo")):
        if number(row.get(name)) != _UNKNOWN[name]:
            reader.add(model, column, row.get(name), date=day[:10] if isinstance(day, str) else "")


def _columns(connection: sqlite3.Connection) -> Sequence[str]:
    """What the table has: that differs between versions of the file."""
    names = [row[1] for row in connection.execute(f"PRAGMA table_info({_TABLE})")]
    if "model_id" not in names or not {*_SCORES, _ELO} & set(names):
        raise BackendGarbage("provider.db does not have the columns that it should have.")
    return names


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    """The file, read-only and for a limited time; SQLite's errors become ours."""
    deadline = time.monotonic() + _SECONDS
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            connection.text_factory = lambda raw: raw.decode(errors="replace")
            connection.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS)
            yield connection
    except sqlite3.Error as error:
        raise BackendGarbage(f"provider.db cannot be read: {error}.") from error
