"""Open LLM leaderboard: results of some thousand open-weight models on six benchmarks, measured by Hugging Face.

The board was closed in 2025; its results stay. `results` holds them as the evaluation harness wrote them,
`contents` as the board showed them: https://huggingface.co/datasets/open-llm-leaderboard/contents
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

from smarterrouter.benchmarks.alternatives import first_with_rows
from smarterrouter.benchmarks.base import Fetched, host
from smarterrouter.benchmarks.dataset_rows import SERVER, Table, pages
from smarterrouter.benchmarks.pages import as_json, aside
from smarterrouter.benchmarks.reading import Reader, Scale, number
from smarterrouter.errors import BackendGarbage
from smarterrouter.transport.downloads import Downloads

_TABLES = (Table("open-llm-leaderboard/results"), Table("open-llm-leaderboard/contents"))
_PAGE = "https://huggingface.co/datasets/"
_TASKS: dict[str, tuple[str, tuple[str, ...]]] = {
    "leaderboard_ifeval": ("ifeval", ("prompt_level_strict_acc,none",)),
    "leaderboard_bbh": ("bbh", ("acc_norm,none",)),
    "leaderboard_math_hard": ("math_lvl_5", ("exact_match,none",)),
    "leaderboard_gpqa": ("gpqa", ("acc_norm,none",)),
    "leaderboard_musr": ("musr", ("acc_norm,none",)),
    "leaderboard_mmlu_pro": ("mmlu_pro", ("acc,none",)),
    "mmlu": ("mmlu", ("acc,none",)),
    "hellaswag": ("hellaswag", ("acc_norm,none",)),
    "winogrande": ("winogrande", ("acc,none",)),
    "truthfulqa_mc2": ("truthfulqa", ("acc,none",)),
    "arc_challenge": ("arc_challenge", ("acc_norm,none",)),
    "gsm8k": ("gsm8k", ("exact_match,strict-match", "exact_match,none")),
    "humaneval": ("humaneval", ("pass@1,create_test", "pass@1,none")),
}
"""Task of the evaluation harness: our column, and its metrics, best first. All of them are shares."""
_SHOWN = {
    "IFEval Raw": "ifeval",
    "BBH Raw": "bbh",
    "MATH Lvl 5 Raw": "math_lvl_5",
    "GPQA Raw": "gpqa",
    "MUSR Raw": "musr",
    "MMLU-PRO Raw": "mmlu_pro",
}
"""Columns of `contents` that are shares. Those without `Raw` are rescaled so that guessing gives 0: not comparable."""


class HuggingFace:
    """Reads every page of the first table that answers."""

    name = "huggingface"

    def __init__(self, downloads: Downloads, *, server: str = SERVER, tables: Iterable[Table] = _TABLES) -> None:
        self._downloads = downloads
        self._server = server
        self._tables = tuple(tables)
        self.hosts = (host(server),)

    async def fetch(self) -> Fetched:
        """See `BenchmarkSource`."""
        places = ((table.dataset, partial(self._read, table)) for table in self._tables)
        return await first_with_rows(places, "scores")

    async def _read(self, table: Table) -> Fetched:
        reader = Reader(self.name, _PAGE + table.dataset, reported_by="Open LLM leaderboard")
        async for page in pages(self._downloads, table, self._server):
            if page.problem:
                reader.missing(page.problem)
            await aside(partial(_read_rows, reader=reader), page.rows)
        return reader.fetched()


def _read_rows(rows: Iterable[Mapping[str, Any]], reader: Reader) -> None:
    for row in rows:
        _read_row(row, reader)


def _read_row(row: Mapping[str, Any], reader: Reader) -> None:
    model = row.get("model_name") or row.get("fullname")
    day = _day(row.get("date") or row.get("Submission Date"))
    if row.get("results") is None:
        for shown, column in _SHOWN.items():
            reader.add(model, column, row.get(shown), scale=Scale.SHARE, date=day)
        return
    results = _nested(row["results"])
    if not isinstance(results, dict):
        reader.problem(f"{model}: its results cannot be read")
        return
    for task, metrics in results.items():
        if task in _TASKS and isinstance(metrics, dict):
            column, names = _TASKS[task]
            cell = next((metrics[name] for name in names if name in metrics), None)
            reader.add(model, column, cell, scale=Scale.SHARE, date=day)


def _nested(results: Any) -> Any:
    """The results of one model: an object, or its text."""
    if not isinstance(results, str):
        return results
    try:
        return as_json(results.encode())
    except (BackendGarbage, UnicodeEncodeError):
        return None


def _day(cell: Any) -> str:
    """The day of the evaluation: the harness writes seconds since 1970, the board a date."""
    if isinstance(cell, str) and len(cell) >= 10 and number(cell) is None:
        return cell[:10]
    seconds = number(cell)
    if seconds is None or not 1.5e9 < seconds < 4e9:
        return ""
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()
