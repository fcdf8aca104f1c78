"""The list of sources, built from the settings, and `fetch_all`, which reads them side by side."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from smarterrouter.benchmarks.aa_mapping import Mapped, read_mapping
from smarterrouter.benchmarks.artificial_analysis import ArtificialAnalysis
from smarterrouter.benchmarks.base import BenchmarkSource, Fetched
from smarterrouter.benchmarks.hub import HubLeaderboards
from smarterrouter.benchmarks.huggingface import HuggingFace
from smarterrouter.benchmarks.lmarena import LmArena
from smarterrouter.benchmarks.local_file import LocalFile, is_place
from smarterrouter.benchmarks.provider_db import ProviderDb, Upkeep
from smarterrouter.errors import GatewayError
from smarterrouter.settings.groups_knowledge import Benchmarks
from smarterrouter.settings.groups_knowledge import ProviderDb as ProviderDbSettings
from smarterrouter.transport.downloads import Downloads

log = logging.getLogger(__name__)
_ALIASES = {"lmarena": "lmsys", "open_llm_leaderboard": "huggingface", "hub_leaderboards": "hub"}
_Make = Callable[[Benchmarks, Downloads], BenchmarkSource | None]


class Outcome(Struct, frozen=True):
    """What one source gave."""

    source: str
    fetched: Fetched
    error: str = ""
    """Why there is nothing, when the source failed as a whole."""


def build(
    settings: Benchmarks, provider_db: ProviderDbSettings, downloads: Downloads, *, offline: bool = False
) -> tuple[BenchmarkSource, ...]:
    """The sources that the settings ask for, most trusted first; provider.db, which guesses, comes last.

    Offline, only what needs nobody else stays. Unknown names and sources without their key are logged and left out.
    Raise `ValueError`, with the setting at fault in words, when an address or a file of the user cannot be used.
    """
    entries = dict.fromkeys(_canonical(entry) for entry in settings.benchmark_sources)
    named = [_source(entry, settings, downloads) for entry in entries]
    sources: list[BenchmarkSource] = [source for source in named if source is not None]
    if provider_db.provider_db_enabled:
        sources.append(ProviderDb(provider_db.provider_db_path, downloads, _upkeep(provider_db, offline=offline)))
    return tuple(source for source in sources if not (offline and source.hosts))


def provider_db_of(sources: Sequence[BenchmarkSource]) -> ProviderDb | None:
    """The one among them that has to be downloaded now and then."""
    return next((source for source in sources if isinstance(source, ProviderDb)), None)


def _canonical(entry: str) -> str:
    """A source has one name here; places stay as they are written."""
    name = entry.strip().lower()
    return entry if is_place(entry) else _ALIASES.get(name, name)


async def fetch_all(sources: Sequence[BenchmarkSource], seconds: float = 120.0) -> tuple[Outcome, ...]:
    """Read every source at the same time, each for `seconds` at most. One that fails costs nobody else anything."""
    given = await asyncio.gather(*(_fetch(source, seconds) for source in sources), return_exceptions=True)
    return tuple(_outcome(source, answer) for source, answer in zip(sources, given, strict=True))


async def _fetch(source: BenchmarkSource, seconds: float) -> Fetched:
    async with asyncio.timeout(seconds):
        return await source.fetch()


def _outcome(source: BenchmarkSource, answer: Fetched | BaseException) -> Outcome:
    if isinstance(answer, Fetched):
        return Outcome(source.name, answer)
    if isinstance(answer, TimeoutError):
        text = "It did not answer in time."
    elif isinstance(answer, GatewayError | OSError):
        text = str(answer)
    elif isinstance(answer, Exception):
        log.error("benchmark source %s has a fault", source.name, exc_info=answer)
        text = f"It has a fault: {type(answer).__name__}."
    else:
        raise answer
    return Outcome(source.name, Fetched(problems=(text,)), text)


def _source(entry: str, settings: Benchmarks, downloads: Downloads) -> BenchmarkSource | None:
    if is_place(entry):
        return _local_file(entry, settings, downloads)
    make = SOURCES.get(entry)
    if make is None:
        log.warning("ROUTER_BENCHMARK_SOURCES: there is no source %r; known: %s", entry, ", ".join(SOURCES))
        return None
    return make(settings, downloads)


def _local_file(entry: str, settings: Benchmarks, downloads: Downloads) -> LocalFile:
    """The entry is named by its number: there may be a password in an address."""
    try:
        return LocalFile(entry, downloads)
    except ValueError as error:
        number = settings.benchmark_sources.index(entry) + 1
        raise ValueError(f"ROUTER_BENCHMARK_SOURCES: entry {number} is not an address: {error}") from None


def _artificial_analysis(settings: Benchmarks, downloads: Downloads) -> BenchmarkSource | None:
    if settings.artificial_analysis_api_key is None:
        log.warning("artificial_analysis is left out: it needs ROUTER_ARTIFICIAL_ANALYSIS_API_KEY")
        return None
    path = settings.artificial_analysis_model_mapping_file
    return ArtificialAnalysis(
        downloads,
        settings.artificial_analysis_api_key.get_secret_value(),
        mapping=_mapping(path) if path is not None else Mapped({}),
        keep_seconds=float(settings.artificial_analysis_cache_ttl),
    )


def _mapping(path: Path) -> Mapped:
    try:
        return read_mapping(path)
    except (OSError, ValueError) as error:
        place = "" if str(path) in str(error) else f"{path}: "
        raise ValueError(f"ROUTER_ARTIFICIAL_ANALYSIS_MODEL_MAPPING_FILE: {place}{error}") from None


def _upkeep(settings: ProviderDbSettings, *, offline: bool) -> Upkeep:
    return Upkeep(
        auto_update_hours=0.0 if offline else float(settings.provider_db_auto_update_hours),
        max_age_hours=float(settings.provider_db_max_age_hours),
        url=settings.provider_db_download_url,
        slow_fallback=settings.db_slow_fallback_enabled,
        slow_ms=float(settings.db_slow_query_threshold_ms),
        slow_window_seconds=float(settings.db_slow_fallback_window_seconds),
        memory_max_age_seconds=float(settings.db_stale_cache_max_age_seconds),
    )


SOURCES: Mapping[str, _Make] = {
    "huggingface": lambda _, downloads: HuggingFace(downloads),
    "lmsys": lambda _, downloads: LmArena(downloads),
    "artificial_analysis": _artificial_analysis,
    "hub": lambda _, downloads: HubLeaderboards(downloads),
}
"""By name. A new source needs a line here."""
