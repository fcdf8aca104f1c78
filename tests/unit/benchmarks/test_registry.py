"""The list of sources, and reading them side by side."""

import asyncio
import logging

import pytest

from smarterrouter.benchmarks.base import BenchmarkSource, Fetched
from smarterrouter.benchmarks.merge import merge
from smarterrouter.benchmarks.registry import SOURCES, build, fetch_all
from smarterrouter.domain.knowledge import Published, Unit
from smarterrouter.errors import BackendLimited
from smarterrouter.settings.groups_knowledge import Benchmarks, ProviderDb


def _built(downloads, sources, *, offline=False, provider_db=True, **settings):
    return build(
        Benchmarks(benchmark_sources=sources, **settings),
        ProviderDb(provider_db_enabled=provider_db),
        downloads,
        offline=offline,
    )


def _names(sources):
    return [source.name for source in sources]


def test_the_order_of_the_settings_is_kept_and_guesses_come_last(downloads):
    assert _names(_built(downloads, ("hub", "lmsys", "huggingface"))) == ["hub", "lmsys", "huggingface", "provider_db"]


def test_names_in_any_case_and_other_names_once_each(downloads):
    assert _names(_built(downloads, ("LMArena", "lmsys", "HuggingFace"), provider_db=False)) == ["lmsys", "huggingface"]


def test_files_and_addresses_are_sources_too(downloads):
    built = _built(downloads, ("./a.csv", "huggingface", "https://example.org/b.json"), provider_db=False)
    assert _names(built) == ["./a.csv", "huggingface", "example.org/b.json"]


def test_an_unknown_name_is_said_and_left_out(downloads, caplog):
    with caplog.at_level(logging.WARNING):
        assert _names(_built(downloads, ("huggingfase", "lmsys"), provider_db=False)) == ["lmsys"]
    assert "huggingfase" in caplog.text
    assert "huggingface" in caplog.text


def test_artificial_analysis_needs_its_key(downloads, caplog):
    with caplog.at_level(logging.WARNING):
        assert _built(downloads, ("artificial_analysis",), provider_db=False) == ()
    assert "ROUTER_ARTIFICIAL_ANALYSIS_API_KEY" in caplog.text
    built = _built(downloads, ("artificial_analysis",), provider_db=False, artificial_analysis_api_key="k")
    assert _names(built) == ["artificial_analysis"]


def test_a_wrong_mapping_file_is_said_at_once(downloads, tmp_path):
    path = tmp_path / "mapping.yaml"
    for body in (None, b"no models", b"models: [", b"\xff"):
        if body is not None:
            path.write_bytes(body)
        with pytest.raises(ValueError, match=r"^ROUTER_ARTIFICIAL_ANALYSIS_MODEL_MAPPING_FILE: ") as caught:
            _built(
                downloads,
                ("artificial_analysis",),
                artificial_analysis_api_key="k",
                artificial_analysis_model_mapping_file=path,
            )
        assert str(caught.value).count(str(path)) == 1


def test_an_address_that_is_none_is_said_by_its_number_alone(downloads):
    with pytest.raises(ValueError, match=r"^ROUTER_BENCHMARK_SOURCES: entry 2 is not an address: ") as caught:
        _built(downloads, ("lmsys", "http://me:secret@[1::2/scores.csv"))
    assert "secret" not in str(caught.value)


def test_offline_only_what_needs_nobody_stays(downloads):
    entries = (*SOURCES, "./a.csv", "https://example.org/b.json")
    built = _built(downloads, entries, offline=True, artificial_analysis_api_key="k")
    assert _names(built) == ["./a.csv", "provider_db"]
    assert all(source.hosts == () for source in built)


def test_every_source_says_whom_it_contacts(downloads):
    for source in _built(downloads, tuple(SOURCES), artificial_analysis_api_key="k"):
        assert source.hosts
        assert all("/" not in host for host in source.hosts)


class _Source:
    """A source that does as it is told."""

    hosts = ()

    def __init__(self, name, *rows, error=None, seconds=0.0):
        self.name = name
        self._rows = rows
        self._error = error
        self._seconds = seconds

    async def fetch(self):
        await asyncio.sleep(self._seconds)
        if self._error is not None:
            raise self._error
        return Fetched(tuple(self._rows), ("a small problem",))


def _row(source, value):
    return Published("m", "mmlu", value, Unit.PERCENT, source)


async def test_one_source_that_fails_costs_nobody_else_anything(caplog):
    sources: list[BenchmarkSource] = [
        _Source("slow", seconds=30.0),
        _Source("good", _row("good", 50.0)),
        _Source("limited", error=BackendLimited("Too often.")),
        _Source("gone", error=FileNotFoundError("no file")),
        _Source("faulty", error=KeyError("surprise")),
        _Source("late", _row("late", 60.0), seconds=0.01),
    ]
    outcomes = await fetch_all(sources, seconds=0.2)
    assert [outcome.source for outcome in outcomes] == ["slow", "good", "limited", "gone", "faulty", "late"]
    errors = {outcome.source: outcome.error for outcome in outcomes}
    assert errors == {
        "slow": "It did not answer in time.",
        "good": "",
        "limited": "Too often.",
        "gone": "no file",
        "faulty": "It has a fault: KeyError.",
        "late": "",
    }
    assert outcomes[1].fetched.problems == ("a small problem",)
    assert outcomes[2].fetched == Fetched(problems=("Too often.",))
    assert "surprise" in caplog.text


async def test_they_are_read_at_the_same_time():
    started = 0
    everybody = asyncio.Event()

    class Waiting(_Source):
        async def fetch(self):
            nonlocal started
            started += 1
            if started == 5:
                everybody.set()
            await everybody.wait()
            return Fetched()

    outcomes = await fetch_all([Waiting(str(n)) for n in range(5)], seconds=5.0)
    assert all(outcome.error == "" for outcome in outcomes)


async def test_the_first_source_in_the_settings_wins():
    sources = [_Source("b", _row("b", 1.0), seconds=0.02), _Source("a", _row("a", 2.0))]
    outcomes = await fetch_all(sources)
    rows = [row for outcome in outcomes for row in outcome.fetched.rows]
    assert merge(rows, [source.name for source in sources]) == (_row("b", 1.0),)


async def test_leaving_ends_what_was_begun():
    source = _Source("slow", seconds=30.0)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await fetch_all([source])
    assert [task for task in asyncio.all_tasks() if task is not asyncio.current_task()] == []


async def test_no_sources_no_outcomes():
    assert await fetch_all([]) == ()


def test_every_source_has_the_name_under_which_it_is_listed(downloads):
    for name, make in SOURCES.items():
        source = make(Benchmarks(artificial_analysis_api_key="k"), downloads)
        assert source is not None
        assert source.name == name
