"""LMArena (Chatbot Arena): ratings from blind votes of people, for hosted and open-weight models alike.

The board has changed its form several times; the forms are tried in this order, and the first that gives rows wins:

1. its data set, updated with the board: https://huggingface.co/datasets/lmarena-ai/leaderboard-dataset (CC BY 4.0);
2. its catalog: https://github.com/lmarena/arena-catalog, one JSON object by category and model;
3. the CSV files of its old home: https://huggingface.co/spaces/lmarena-ai/chatbot-arena-leaderboard
"""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from smarterrouter.benchmarks.alternatives import first_with_rows
from smarterrouter.benchmarks.base import Fetched, host
from smarterrouter.benchmarks.dataset_rows import SERVER, Table, pages
from smarterrouter.benchmarks.pages import as_json, as_table, aside
from smarterrouter.benchmarks.reading import Reader
from smarterrouter.errors import BackendGarbage
from smarterrouter.transport.downloads import Downloads

_OVERALL = "\"category\"='overall'"
_TABLES = (
    Table("lmarena-ai/leaderboard-dataset", "text", "latest", _OVERALL),
    Table("lmarena-ai/leaderboard-dataset", "text", "latest"),
)
_FILES = (
    "https://raw.githubusercontent.com/lmarena/arena-catalog/main/data/leaderboard-text.json",
    "https://huggingface.co/spaces/lmarena-ai/chatbot-arena-leaderboard/resolve/main/leaderboard_table_20250804.csv",
    "https://huggingface.co/spaces/lmsys/chatbot-arena-leaderboard/resolve/main/arena_hard_auto_leaderboard_v0.1.csv",
)
_PAGE = "https://huggingface.co/datasets/lmarena-ai/leaderboard-dataset"
_MODEL = ("model_name", "model", "Model", "key", "fullname")
_RATING = ("rating", "elo", "elo_rating", "Elo", "Rating", "arena_score", "Arena Score", "Arena Elo rating")
_OVERALL_NAMES = ("overall", "full")
"""What the catalog has called the category of all prompts."""
_BESIDE = {"score": "arena_hard", "MT-bench (score)": "mt_bench"}
"""Other columns of the CSV files: `score` is the share of battles won of Arena-Hard, in percent, and no rating."""


class LmArena:
    """Reads the newest form that answers. The settings also know it by its old name, `lmsys`."""

    name = "lmsys"

    def __init__(
        self,
        downloads: Downloads,
        *,
        server: str = SERVER,
        tables: Iterable[Table] = _TABLES,
        files: Iterable[str] = _FILES,
    ) -> None:
        self._downloads = downloads
        self._server = server
        self._tables = tuple(tables)
        self._files = tuple(files)
        self.hosts = tuple(dict.fromkeys(host(url) for url in (server, *self._files)))

    async def fetch(self) -> Fetched:
        """See `BenchmarkSource`."""
        tables = [(table.dataset, partial(self._table, table)) for table in self._tables]
        files = [(url, partial(self._file, url)) for url in self._files]
        return await first_with_rows([*tables, *files], "ratings")

    async def _table(self, table: Table) -> Fetched:
        reader = Reader(self.name, _PAGE, reported_by="LMArena")
        async for page in pages(self._downloads, table, self._server):
            if page.problem:
                reader.missing(page.problem)
            for row in page.rows:
                if row.get("category", "overall") in _OVERALL_NAMES:
                    _add(row, reader, row.get("leaderboard_publish_date"))
        return reader.fetched()

    async def _file(self, url: str) -> Fetched:
        got = await self._downloads.get(url)
        reader = Reader(self.name, got.url, reported_by="LMArena")
        await aside(lambda body: _read_file(body, reader), got.body)
        return reader.fetched()


def _read_file(body: bytes, reader: Reader) -> None:
    """JSON or CSV, told apart by the first character."""
    if body.lstrip()[:1] in (b"{", b"["):
        for row in _rated(as_json(body)):
            _add(row, reader)
        return
    for line in as_table(body):
        _add(line, reader)
        for shown, column in _BESIDE.items():
            reader.add(_first(line, _MODEL), column, line.get(shown))


def _rated(data: Any) -> Iterable[Mapping[str, Any]]:
    """The rows of a JSON file: a list of them, or models by name within the category of all prompts."""
    if isinstance(data, list):
        return [row for row in data if isinstance(row, dict)]
    whole = next((data[name] for name in _OVERALL_NAMES if isinstance(data.get(name), dict)), None)
    if whole is None:
        raise BackendGarbage("It has no category of all prompts.")
    return [
        {"model": model, "rating": rating.get("rating") if isinstance(rating, dict) else rating}
        for model, rating in whole.items()
    ]


def _add(row: Mapping[str, Any], reader: Reader, date: object = "") -> None:
    day = date[:10] if isinstance(date, str) else ""
    reader.add(_first(row, _MODEL), "arena_elo", _first(row, _RATING), date=day)


def _first(row: Mapping[str, Any], names: Iterable[str]) -> Any:
    return next((row[name] for name in names if row.get(name) not in (None, "")), None)
