"""All rows of a table that the Hugging Face datasets server shows, page by page.

API: https://huggingface.co/docs/dataset-viewer (`/rows` and `/filter`; 100 rows a page at most).
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from msgspec import Struct

from smarterrouter.benchmarks.pages import as_json, aside
from smarterrouter.errors import BackendGarbage, GatewayError
from smarterrouter.observability.tasks import cancel, spawn
from smarterrouter.transport.downloads import Downloads

SERVER = "https://datasets-server.huggingface.co"
_PAGE = 100
_MOST_ROWS = 50_000
_AT_A_TIME = 4


class Table(Struct, frozen=True):
    """One table on the server."""

    dataset: str
    """Owner and name."""
    config: str = "default"
    split: str = "train"
    where: str = ""
    """A condition in the server's own words, such as `"category"='overall'`; empty for all rows."""


class Page(Struct, frozen=True):
    """A piece of the table."""

    rows: list[Mapping[str, Any]]
    problem: str = ""
    """Why there are no rows, when there should be some."""


async def pages(
    downloads: Downloads, table: Table, server: str = SERVER, *, seconds: float = 100.0
) -> AsyncIterator[Page]:
    """Every page up to the total that the server states, in order. A page that fails is given as a problem.

    After `seconds` it ends with what was read. Raise what `Downloads.get` raises when the first page cannot be had.
    """
    ends = asyncio.get_running_loop().time() + seconds
    rows, total = await _page(downloads, table, server, 0)
    yield Page(rows)
    if total > _MOST_ROWS:
        yield Page([], f"{table.dataset} states {total} rows; the first {_MOST_ROWS} are read")
    offsets = range(_PAGE, min(total, _MOST_ROWS), _PAGE)
    for start in range(0, len(offsets), _AT_A_TIME):
        group = offsets[start : start + _AT_A_TIME]
        got = await _group(downloads, table, server, group, ends)
        if got is None:
            yield Page([], f"{table.dataset} takes too long: rows from {group[0]} on are missing")
            return
        for page in got:
            yield page


async def _group(
    downloads: Downloads, table: Table, server: str, offsets: Sequence[int], ends: float
) -> list[Page] | None:
    """Some pages at the same time; None when they are not there at `ends`, in the loop's time."""
    asked = [spawn(_safe_page(downloads, table, server, offset), "rows") for offset in offsets]
    try:
        async with asyncio.timeout_at(ends):
            return list(await asyncio.gather(*asked))
    except TimeoutError:
        return None
    finally:
        await cancel(*asked)


async def _safe_page(downloads: Downloads, table: Table, server: str, offset: int) -> Page:
    try:
        rows, _ = await _page(downloads, table, server, offset)
    except GatewayError as error:
        return Page([], f"{table.dataset}, rows from {offset} on: {error.message}")
    return Page(rows)


async def _page(downloads: Downloads, table: Table, server: str, offset: int) -> tuple[list[Mapping[str, Any]], int]:
    asked = {"dataset": table.dataset, "config": table.config, "split": table.split}
    condition = {"where": table.where} if table.where else {}
    query = urlencode({**asked, **condition, "offset": offset, "length": _PAGE})
    got = await downloads.get(f"{server}/{'filter' if table.where else 'rows'}?{query}")
    return _contents(await aside(as_json, got.body), table)


def _contents(page: Any, table: Table) -> tuple[list[Mapping[str, Any]], int]:
    rows = page.get("rows") if isinstance(page, dict) else None
    if not isinstance(rows, list):
        raise BackendGarbage(f"The datasets server did not answer with rows of {table.dataset}.")
    total = page.get("num_rows_total")
    kept = [row["row"] for row in rows if isinstance(row, dict) and isinstance(row.get("row"), dict)]
    return kept, total if isinstance(total, int) and not isinstance(total, bool) else len(rows)
