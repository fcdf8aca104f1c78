"""A local server that replays pages of benchmark sources: whole, broken, slow, redirected, refused.

    async with BenchmarkPages() as pages:
        pages.put("/scores", Answer(b"..."))                 # from now on
        pages.put("/scores", Answer(status=500), Answer(b"..."))   # one after the other; the last one stays
        pages.url("/scores")                                  # "http://127.0.0.1:PORT/scores"
        pages.asked                                           # targets with their queries, in order
        pages.headers["/scores"]                              # of the last request for that path

The bodies below are cut from real pages and have their shapes: names of members, nesting, kinds of values.
"""

import asyncio
import contextlib
import json
import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from msgspec import Struct


class Answer(Struct, frozen=True):
    """One answer of the server."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = {}
    delay: float = 0.0
    """Seconds before the first byte."""
    cut: int | None = None
    """Send only so many bytes of the body, then drop the connection."""


def as_json(value: Any, **options: Any) -> Answer:
    """A page of JSON; NaN is written as Python writes it."""
    return Answer(json.dumps(value).encode(), headers={"content-type": "application/json"}, **options)


HTML = Answer(b"<!doctype html><html><body>Sign in</body></html>", headers={"content-type": "text/html"})


class BenchmarkPages:
    """See the top of this file."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.headers: dict[str, dict[str, str]] = {}
        self._answers: dict[str, list[Answer]] = {}
        self._tables: dict[str, list[Any]] = {}
        self._server: asyncio.Server | None = None
        self._callers: set[asyncio.Task[Any]] = set()
        self.port = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for caller in list(self._callers):
            caller.cancel()
        await asyncio.gather(*self._callers, return_exceptions=True)
        await self._server.wait_closed()

    @property
    def origin(self) -> str:
        """Its address without a path."""
        return f"http://127.0.0.1:{self.port}"

    def url(self, path: str) -> str:
        """The address of a path."""
        return self.origin + path

    def put(self, path: str, *answers: Answer) -> None:
        """Answer requests for `path`, whatever their query, with these; the last one stays."""
        self._answers[path] = list(answers)

    def table(self, dataset: str, rows: list[Any]) -> None:
        """Show these rows page by page as the datasets server does, at `/rows` and `/filter`."""
        self._tables[dataset] = rows

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._callers.add(task)
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                while await self._one(reader, writer):
                    pass
        finally:
            self._callers.discard(task)
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        target = head[0].split(" ")[1]
        self.asked.append(target)
        path = urlsplit(target).path
        self.headers[path] = {k.lower(): v for k, _, v in (line.partition(": ") for line in head[1:] if line)}
        answer = self._answer(path, target)
        await asyncio.sleep(answer.delay)
        headers = {"content-length": str(len(answer.body)), **answer.headers}
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        writer.write(f"HTTP/1.1 {answer.status} Page\r\n{lines}\r\n".encode())
        writer.write(answer.body if answer.cut is None else answer.body[: answer.cut])
        await writer.drain()
        return answer.cut is None

    def _answer(self, path: str, target: str) -> Answer:
        answers = self._answers.get(path)
        if answers:
            return answers.pop(0) if len(answers) > 1 else answers[0]
        query = {name: values[0] for name, values in parse_qs(urlsplit(target).query).items()}
        if path in {"/rows", "/filter"} and query.get("dataset") in self._tables:
            return self._page(query)
        return Answer(b'{"error": "not found"}', 404)

    def _page(self, query: Mapping[str, str]) -> Answer:
        rows = self._tables[query["dataset"]]
        if "where" in query:
            rows = [row for row in rows if row["category"] == query["where"].split("'")[1]]
        start, length = int(query["offset"]), min(int(query["length"]), 100)
        shown = [
            {"row_idx": index, "row": row, "truncated_cells": []}
            for index, row in enumerate(rows[start : start + length], start)
        ]
        return as_json({"features": [], "rows": shown, "num_rows_total": len(rows), "num_rows_per_page": 100})


def harness_row(model: str, share: float = 0.5, **changes: Any) -> dict[str, Any]:
    """A row of open-llm-leaderboard/results: what the evaluation harness wrote, as text within the row."""
    results = {
        "leaderboard": {"alias": "leaderboard"},
        "leaderboard_ifeval": {
            "prompt_level_strict_acc,none": share,
            "prompt_level_strict_acc_stderr,none": 0.018,
            "inst_level_strict_acc,none": 0.99,
            "alias": " - leaderboard_ifeval",
        },
        "leaderboard_bbh": {"acc_norm,none": share, "acc_norm_stderr,none": 0.006, "alias": " - leaderboard_bbh"},
        "leaderboard_bbh_navigate": {"acc_norm,none": 0.6, "alias": "  - leaderboard_bbh_navigate"},
        "leaderboard_math_hard": {"exact_match,none": share / 2},
        "leaderboard_gpqa": {"acc_norm,none": 0.31},
        "leaderboard_musr": {"acc_norm,none": 0.42},
        "leaderboard_mmlu_pro": {"acc,none": 0.4137, "acc_stderr,none": 0.0045},
    }
    return {"model_name": model, "results": json.dumps({**results, **changes}), "date": 1722270350.87}


def shown_row(model: str, **changes: Any) -> dict[str, Any]:
    """A row of open-llm-leaderboard/contents: what the board showed."""
    return {
        "eval_name": model.replace("/", "_"),
        "Precision": "bfloat16",
        "fullname": model,
        "Average ⬆️": 30.2,
        "IFEval Raw": 0.7586,
        "IFEval": 75.86,
        "BBH Raw": 0.5391,
        "BBH": 34.89,
        "MATH Lvl 5 Raw": 0.5,
        "MATH Lvl 5": 50.0,
        "GPQA Raw": 0.2911,
        "GPQA": 5.48,
        "MUSR Raw": 0.402,
        "MUSR": 8.45,
        "MMLU-PRO Raw": 0.4287,
        "MMLU-PRO": 36.52,
        "Submission Date": "2024-09-18",
        **changes,
    }


def arena_row(model: str, rating: float, category: str = "overall", **changes: Any) -> dict[str, Any]:
    """A row of lmarena-ai/leaderboard-dataset."""
    return {
        "model_name": model,
        "organization": "someone",
        "license": "Apache 2.0",
        "rating": rating,
        "rating_lower": rating - 5,
        "rating_upper": rating + 5,
        "variance": 6.1,
        "vote_count": 12_345,
        "rank": 1,
        "category": category,
        "leaderboard_publish_date": "2026-09-13",
        **changes,
    }


def analysis_entry(name: str, slug: str, **changes: Any) -> dict[str, Any]:
    """An entry of the Artificial Analysis API."""
    return {
        "id": f"id-of-{slug}",
        "name": name,
        "slug": slug,
        "release_date": "2024-12-06",
        "model_creator": {"id": "c1", "name": "Meta", "slug": "meta"},
        "evaluations": {
            "artificial_analysis_intelligence_index": 27.9,
            "artificial_analysis_coding_index": 19.2,
            "artificial_analysis_math_index": 7.7,
            "mmlu_pro": 0.713,
            "gpqa": 0.498,
            "hle": 0.04,
            "livecodebench": 0.288,
            "scicode": 0.26,
            "math_500": 0.773,
            "aime": 0.3,
            "tau2": None,
        },
        "pricing": {"price_1m_blended_3_to_1": 0.6, "price_1m_input_tokens": 0.58, "price_1m_output_tokens": 0.71},
        "median_output_tokens_per_second": 98.4,
        "median_time_to_first_token_seconds": 0.43,
        **changes,
    }


def board_entry(model: str, value: Any, **changes: Any) -> dict[str, Any]:
    """A line of a leaderboard of the Hugging Face Hub."""
    return {
        "rank": 1,
        "modelId": model,
        "value": value,
        "verified": False,
        "author": {"name": model.partition("/")[0], "avatarUrl": "https://example.org/a.png"},
        "source": {"url": f"https://huggingface.co/{model}", "name": "Model Card"},
        "filename": ".eval_results/mmlu_pro.yaml",
        "pullRequest": 7,
        **changes,
    }


def write_provider_db(path: Path, rows: Iterable[tuple[Any, ...]], *, archived: bool) -> None:
    """A provider.db as its project makes them, with or without the column `archived`."""
    more = ", archived INTEGER NOT NULL DEFAULT 0" if archived else ""
    connection = sqlite3.connect(path)
    connection.execute(
        "CREATE TABLE model_benchmarks (model_id TEXT PRIMARY KEY, reasoning_score REAL NOT NULL DEFAULT 0.0, "
        "coding_score REAL NOT NULL DEFAULT 0.0, general_score REAL NOT NULL DEFAULT 0.0, "
        f"elo_rating INTEGER NOT NULL DEFAULT 1000, last_updated TIMESTAMP NOT NULL{more})"
    )
    marks = ", ".join("?" * (7 if archived else 6))
    connection.executemany(f"INSERT INTO model_benchmarks VALUES ({marks})", list(rows))
    connection.execute("CREATE TABLE aliases (alias TEXT PRIMARY KEY, canonical_id TEXT NOT NULL)")
    connection.commit()
    connection.close()
