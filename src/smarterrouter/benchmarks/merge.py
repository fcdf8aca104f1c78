"""`merge`: of several numbers for the same model and column, the best one, with where it came from."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from smarterrouter.domain.knowledge import Published

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def merge(rows: Iterable[Published], priority: Sequence[str] = ()) -> tuple[Published, ...]:
    """One row for each model (as it is spelled) and column, ordered by both.

    Measured goes before estimated: a guess never hides a measurement. Then the earlier source in `priority` wins
    (sources that are not in it come last), then the newer date, then the row that came first.
    """
    rank = {name: place for place, name in enumerate(priority)}
    best: dict[tuple[str, str], Published] = {}
    for row in rows:
        key = (row.model, row.column)
        held = best.get(key)
        if held is None or _better(row, held, rank):
            best[key] = row
    return tuple(best[key] for key in sorted(best))


def _better(row: Published, held: Published, rank: dict[str, int]) -> bool:
    if row.estimated != held.estimated:
        return held.estimated
    here, there = (rank.get(each.source, len(rank)) for each in (row, held))
    return instant(row.date) > instant(held.date) if here == there else here < there


def instant(date: str) -> datetime:
    """An ISO 8601 date, as exact as it is, as a moment in UTC; what cannot be read lies before everything.

    Sources give years, months, days and moments, with and without a zone; they must compare.
    """
    text = date.strip()
    if len(text) in {4, 7} and text.replace("-", "").isdigit():
        text = f"{text}-01-01" if len(text) == 4 else f"{text}-01"
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return _LONG_AGO
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        return _LONG_AGO
