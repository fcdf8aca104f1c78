"""Leaderboards on the Hugging Face Hub: what makers and others report of open-weight models, by benchmark.

Every benchmark of the Hub answers under one address: https://huggingface.co/docs/hub/leaderboard-data-guide
"""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from smarterrouter.benchmarks.base import Fetched, host
from smarterrouter.benchmarks.pages import as_json, aside
from smarterrouter.benchmarks.reading import Reader, number, shown
from smarterrouter.errors import BackendGarbage, GatewayError
from smarterrouter.transport.downloads import Downloads

SERVER = "https://huggingface.co"


class Board(Struct, frozen=True):
    """One leaderboard. Each of these is kept in percent."""

    dataset: str
    column: str


BOARDS = (
    Board("TIGER-Lab/MMLU-Pro", "mmlu_pro"),
    Board("Idavidrein/gpqa", "gpqa_diamond"),
    Board("openai/gsm8k", "gsm8k"),
    Board("SWE-bench/SWE-bench_Verified", "swe_bench_verified"),
)


class HubLeaderboards:
    """Reads each board; one that does not answer costs its own rows alone."""

    name = "hub"

    def __init__(self, downloads: Downloads, *, server: str = SERVER, boards: tuple[Board, ...] = BOARDS) -> None:
        self._downloads = downloads
        self._server = server
        self._boards = boards
        self.hosts = (host(server),)

    async def fetch(self) -> Fetched:
        """See `BenchmarkSource`."""
        reader = Reader(self.name, self._server)
        failed = []
        for board in self._boards:
            try:
                await self._read(board, reader)
            except GatewayError as error:
                failed.append(f"{board.dataset}: {error.message}")
        if len(failed) == len(self._boards):
            raise BackendGarbage("; ".join(failed))
        for text in failed:
            reader.missing(text)
        return reader.fetched()

    async def _read(self, board: Board, reader: Reader) -> None:
        got = await self._downloads.get(f"{self._server}/api/datasets/{board.dataset}/leaderboard")
        entries = await aside(as_json, got.body)
        if not isinstance(entries, list):
            raise BackendGarbage("It did not answer with a list.")
        page = f"{self._server}/datasets/{board.dataset}"
        for entry in entries:
            if isinstance(entry, dict):
                _add(entry, board, page, reader)


def _add(entry: Mapping[str, Any], board: Board, page: str, reader: Reader) -> None:
    """One line. The boards are in percent, but some people hand in shares: those cannot be told from tiny scores."""
    value = number(entry.get("value"))
    if value is not None and 0 < value <= 1:
        reader.problem(
            f"{shown(entry.get('modelId'))}: {board.column} is {value:g}, perhaps a share on a board of percents"
        )
        return
    source = entry.get("source")
    source = source if isinstance(source, dict) else {}
    reader.add(
        entry.get("modelId"),
        board.column,
        entry.get("value"),
        url=_web(source.get("url")) or page,
        date=_text(entry.get("date"))[:10],
        reported_by=_reporter(entry, source),
    )


def _reporter(entry: Mapping[str, Any], source: Mapping[str, Any]) -> str:
    if entry.get("verified") is True:
        return "Hugging Face, verified"
    author = entry.get("author")
    name = _text(author.get("name")) if isinstance(author, dict) else ""
    return _text(source.get("name")) or _text(source.get("user")) or name or "Hugging Face Hub"


def _web(cell: object) -> str:
    text = _text(cell)
    return text if text.startswith(("http://", "https://")) else ""


def _text(cell: object) -> str:
    return cell[:200] if isinstance(cell, str) and cell.isprintable() else ""
