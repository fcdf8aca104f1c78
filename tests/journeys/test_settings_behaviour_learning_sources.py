"""Settings of published scores: a test changes each and observes what it does."""

import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.doubles.behaviours import observes
from tests.doubles.benchmark_pages import Answer, BenchmarkPages, analysis_entry, as_json, write_provider_db
from tests.doubles.gateway import ADMIN_KEY, InProcessGateway

from smarterrouter.benchmarks.artificial_analysis import ArtificialAnalysis
from smarterrouter.domain.models import Model

AUTHORIZED = {"Authorization": f"Bearer {ADMIN_KEY}"}
ANALYSIS = "/api/v2/data/llms/models"
PROVIDER = "/data/provider.db"
OLD = 10.0
"""Hours since provider.db was written."""


@asynccontextmanager
async def learning(**settings: str) -> AsyncIterator[InProcessGateway]:
    """A gateway that asks no source but those in `settings`."""
    environment = {"BENCHMARK_SOURCES": "[]", "PROVIDER_DB_ENABLED": "false", "OFFLINE": "false", **settings}
    named = {f"ROUTER_{name}": value for name, value in environment.items()}
    async with InProcessGateway(**named) as gateway:
        await gateway.house.services.scheduler.run_now("sync_benchmarks")  # or wait for the run that began by itself
        yield gateway


async def synced(gateway: InProcessGateway) -> Any:
    """What a sync did."""
    answer = await gateway.post("/admin/sync-benchmarks", {}, AUTHORIZED)
    assert answer.status == 200
    return answer.json()


async def scores(gateway: InProcessGateway) -> dict[str, float]:
    """What was published of each model, one column each."""
    rows = (await gateway.get("/admin/benchmarks", AUTHORIZED)).json()["benchmarks"]
    return {row["model"]: row["value"] for row in rows}


def table(path: Path, value: int) -> str:
    path.write_text(f"model,column,value\nours:7b,ifeval,{value}\n")
    return str(path)


@observes("BENCHMARK_SOURCES", "OFFLINE")
@pytest.mark.parametrize(("order", "value"), [((0, 1), 10.0), ((1, 0), 20.0)])
async def test_the_first_source_counts(tmp_path: Path, order: tuple[int, int], value: float) -> None:
    places = [table(tmp_path / "one.csv", 10), table(tmp_path / "two.csv", 20)]
    async with learning(BENCHMARK_SOURCES=",".join(places[at] for at in order), OFFLINE="true") as gateway:
        assert (await synced(gateway))["synced"] == 2
        model = Model("one/ours:7b", "one", "ours:7b")
        known = gateway.house.services.known.about([model])[model.key]
        assert [row.value for row in known.published] == [value]


@observes("BENCHMARK_SOURCES", "OFFLINE")
@pytest.mark.parametrize("offline", ["true", "false"])
async def test_offline_only_files_are_read(offline: str) -> None:
    async with BenchmarkPages() as pages:
        pages.put("/scores.csv", Answer(b"model,ifeval\nours:7b,70\n"))
        async with learning(BENCHMARK_SOURCES=pages.url("/scores.csv"), OFFLINE=offline) as gateway:
            await synced(gateway)
            assert bool(pages.asked) is (offline == "false")
            assert await scores(gateway) == ({} if offline == "true" else {"ours:7b": 70.0})


@asynccontextmanager
async def analysis(
    monkeypatch: pytest.MonkeyPatch, **settings: str
) -> AsyncIterator[tuple[InProcessGateway, BenchmarkPages]]:
    """A gateway whose Artificial Analysis is a page of this machine."""
    async with BenchmarkPages() as pages:
        pages.put(ANALYSIS, as_json({"data": [analysis_entry("Llama 3.3 Instruct 70B", "llama-3-3-instruct-70b")]}))
        monkeypatch.setitem(ArtificialAnalysis.__init__.__kwdefaults__, "url", pages.url(ANALYSIS))
        async with learning(BENCHMARK_SOURCES="artificial_analysis", **settings) as gateway:
            yield gateway, pages


@observes("BENCHMARK_SOURCES", "ARTIFICIAL_ANALYSIS_API_KEY")
async def test_the_key_for_artificial_analysis(monkeypatch: pytest.MonkeyPatch) -> None:
    async with analysis(monkeypatch, ARTIFICIAL_ANALYSIS_API_KEY="my-key") as (gateway, pages):
        assert (await synced(gateway))["synced"]
        assert pages.headers[ANALYSIS]["x-api-key"] == "my-key"
    async with analysis(monkeypatch) as (gateway, pages):
        assert (await synced(gateway))["synced"] == 0
        assert pages.asked == []


@observes("ARTIFICIAL_ANALYSIS_CACHE_TTL")
@pytest.mark.parametrize(("seconds", "again"), [("0", 2), ("3600", 0)])
async def test_how_long_artificial_analysis_is_remembered(
    monkeypatch: pytest.MonkeyPatch, seconds: str, again: int
) -> None:
    settings = {"ARTIFICIAL_ANALYSIS_API_KEY": "k", "ARTIFICIAL_ANALYSIS_CACHE_TTL": seconds}
    async with analysis(monkeypatch, **settings) as (gateway, pages):
        before = len(pages.asked)
        await synced(gateway)
        await synced(gateway)
        assert before
        assert len(pages.asked) == before + again


@observes("ARTIFICIAL_ANALYSIS_MODEL_MAPPING_FILE")
async def test_which_models_artificial_analysis_means(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text("models:\n  llama-3-3-instruct-70b: our-big-one:70b\n")
    settings = {"ARTIFICIAL_ANALYSIS_API_KEY": "k"}
    async with analysis(monkeypatch, **settings) as (gateway, _):
        await synced(gateway)
        assert "our-big-one:70b" not in await scores(gateway)
    settings["ARTIFICIAL_ANALYSIS_MODEL_MAPPING_FILE"] = str(mapping)
    async with analysis(monkeypatch, **settings) as (gateway, _):
        await synced(gateway)
        assert set(await scores(gateway)) == {"our-big-one:70b"}


def guesses(path: Path, *models: str) -> Path:
    """A provider.db, ten hours old."""
    path.unlink(missing_ok=True)
    write_provider_db(path, [(model, 50.0, 60.0, 70.0, 1200, "2026-10-01") for model in models], archived=False)
    written = time.time() - OLD * 3600  # noqa: TID251 - the date of a file
    os.utime(path, (written, written))
    return path


@asynccontextmanager
async def provider(tmp_path: Path, **settings: str) -> AsyncIterator[tuple[InProcessGateway, BenchmarkPages]]:
    """A gateway with an old provider.db, and the place where a newer one is."""
    async with BenchmarkPages() as pages:
        pages.put(PROVIDER, Answer(guesses(tmp_path / "new.db", "newcomer").read_bytes()))
        chosen = {
            "PROVIDER_DB_ENABLED": "true",
            "PROVIDER_DB_PATH": str(guesses(tmp_path / "old.db", "veteran")),
            "PROVIDER_DB_AUTO_UPDATE_HOURS": "0",
            "PROVIDER_DB_DOWNLOAD_URL": pages.url(PROVIDER),
            **settings,
        }
        async with learning(**chosen) as gateway:
            yield gateway, pages


@observes("PROVIDER_DB_ENABLED", "PROVIDER_DB_PATH")
@pytest.mark.parametrize(("enabled", "known"), [("true", {"veteran"}), ("false", set())])
async def test_the_file_is_read(tmp_path: Path, enabled: str, known: set[str]) -> None:
    async with provider(tmp_path, PROVIDER_DB_ENABLED=enabled) as (gateway, pages):
        await synced(gateway)
        assert set(await scores(gateway)) == known
        assert pages.asked == []


@observes("PROVIDER_DB_AUTO_UPDATE_HOURS", "PROVIDER_DB_DOWNLOAD_URL", "OFFLINE")
@pytest.mark.parametrize(
    ("settings", "downloads"),
    [
        ({"PROVIDER_DB_AUTO_UPDATE_HOURS": "9"}, True),
        ({"PROVIDER_DB_AUTO_UPDATE_HOURS": "11"}, False),
        ({"PROVIDER_DB_AUTO_UPDATE_HOURS": "0"}, False),
        ({"PROVIDER_DB_AUTO_UPDATE_HOURS": "9", "OFFLINE": "true"}, False),
    ],
)
async def test_when_the_file_is_downloaded(tmp_path: Path, settings: dict[str, str], *, downloads: bool) -> None:
    async with provider(tmp_path, **settings) as (gateway, pages):
        await synced(gateway)
        assert set(await scores(gateway)) == {"newcomer" if downloads else "veteran"}
        assert bool(pages.asked) is downloads


@observes("PROVIDER_DB_MAX_AGE_HOURS")
@pytest.mark.parametrize(("hours", "stale"), [("9", True), ("11", False)])
async def test_an_old_file_is_a_problem(tmp_path: Path, hours: str, *, stale: bool) -> None:
    async with provider(tmp_path, PROVIDER_DB_MAX_AGE_HOURS=hours) as (gateway, _):
        assert bool((await synced(gateway))["problems"]) is stale


@observes(
    "DB_SLOW_FALLBACK_ENABLED",
    "DB_SLOW_QUERY_THRESHOLD_MS",
    "DB_SLOW_FALLBACK_WINDOW_SECONDS",
    "DB_STALE_CACHE_MAX_AGE_SECONDS",
)
@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, "read from memory"),
        ({"DB_SLOW_FALLBACK_ENABLED": "false"}, ""),
        ({"DB_SLOW_QUERY_THRESHOLD_MS": "600000"}, ""),
        ({"DB_SLOW_FALLBACK_WINDOW_SECONDS": "0"}, ""),
        ({"DB_STALE_CACHE_MAX_AGE_SECONDS": "0"}, "too old"),
    ],
)
async def test_a_slow_file_is_remembered(tmp_path: Path, settings: dict[str, str], said: str) -> None:
    large = guesses(tmp_path / "large.db", *(f"model-{number}" for number in range(3000)))  # takes over a millisecond
    slow = {"PROVIDER_DB_PATH": str(large), "DB_SLOW_QUERY_THRESHOLD_MS": "1", "DB_SLOW_FALLBACK_WINDOW_SECONDS": "600"}
    async with provider(tmp_path, **(slow | settings)) as (gateway, _):
        problems = " ".join((await synced(gateway))["problems"])
        assert said in problems
        assert bool(problems) is bool(said)
