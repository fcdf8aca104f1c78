"""Artificial Analysis: scores, prices, speeds, the mapping, and one request a day."""

import pytest
from tests.doubles.benchmark_pages import HTML, Answer, analysis_entry, as_json

from smarterrouter.benchmarks.aa_mapping import EXAMPLE, Mapped, read_mapping
from smarterrouter.benchmarks.artificial_analysis import ArtificialAnalysis
from smarterrouter.errors import BackendGarbage, BackendLimited

_LLAMA = analysis_entry("Llama 3.3 Instruct 70B", "llama-3-3-instruct-70b")


def _page(*entries):
    return as_json({"status": 200, "prompt_options": {}, "data": list(entries)})


def _source(downloads, pages, **options):
    return ArtificialAnalysis(downloads, "secret-key", url=pages.url("/models"), **options)


async def test_reads_indices_shares_prices_and_speeds(pages, downloads):
    pages.put("/models", _page(_LLAMA))
    fetched = await _source(downloads, pages).fetch()
    assert {row.column: row.value for row in fetched.rows} == {
        "aa_intelligence_index": 27.9,
        "aa_coding_index": 19.2,
        "aa_math_index": 7.7,
        "mmlu_pro": 71.3,
        "gpqa_diamond": 49.8,
        "livecodebench": 28.8,
        "scicode": 26.0,
        "math_500": 77.3,
        "aime": 30.0,
        "price_input": 0.58,
        "price_output": 0.71,
        "tokens_per_second": 98.4,
        "first_token_seconds": 0.43,
    }
    assert {row.model for row in fetched.rows} == {"Llama 3.3 Instruct 70B"}
    assert {row.reported_by for row in fetched.rows} == {"Artificial Analysis"}
    assert pages.headers["/models"]["x-api-key"] == "secret-key"


async def test_what_has_no_column_is_kept_as_extra_data(pages, downloads):
    pages.put("/models", _page(_LLAMA))
    fetched = await _source(downloads, pages).fetch()
    assert fetched.extra_data == {
        "Llama 3.3 Instruct 70B": {
            "id": "id-of-llama-3-3-instruct-70b",
            "slug": "llama-3-3-instruct-70b",
            "name": "Llama 3.3 Instruct 70B",
            "release_date": "2024-12-06",
            "creator": "Meta",
            "hle": 0.04,
            "price_1m_blended_3_to_1": 0.6,
        }
    }


async def test_w16_the_shipped_mapping_names_our_models(pages, downloads):
    pages.put("/models", _page(_LLAMA, analysis_entry("Llama 3.1 Instruct 8B", "llama-3-1-instruct-8b")))
    fetched = await _source(downloads, pages, mapping=read_mapping(EXAMPLE)).fetch()
    assert {row.model for row in fetched.rows} == {"llama3.3:70b", "llama3.1:8b", "llama3.1:8b-instruct-q4_K_M"}


async def test_w16_remembered_for_as_long_as_was_said(pages, downloads):
    now = [0.0]
    source = _source(downloads, pages, keep_seconds=60.0, clock=lambda: now[0])
    pages.put("/models", _page(_LLAMA))
    first = await source.fetch()
    now[0] = 59.9
    assert await source.fetch() is first
    assert len(pages.asked) == 1
    now[0] = 60.0
    assert await source.fetch() == first
    assert len(pages.asked) == 2


async def test_nothing_is_remembered_when_that_is_off(pages, downloads):
    source = _source(downloads, pages, keep_seconds=0.0)
    pages.put("/models", _page(_LLAMA))
    await source.fetch()
    await source.fetch()
    assert len(pages.asked) == 2


async def test_zero_speed_means_not_measured(pages, downloads):
    pages.put("/models", _page(analysis_entry("A", "a", median_output_tokens_per_second=0)))
    fetched = await _source(downloads, pages).fetch()
    assert "tokens_per_second" not in {row.column for row in fetched.rows}


@pytest.mark.parametrize(
    "bad",
    [
        None,
        [],
        {},
        {"name": None, "slug": ""},
        analysis_entry("", "", evaluations=[]),
        analysis_entry(
            "bad", "bad", evaluations=None, pricing="x", model_creator=7, median_output_tokens_per_second="x"
        ),
        analysis_entry("bad", "bad", evaluations={"mmlu_pro": 71.3, "new": {"a": 1}}, pricing=None),
    ],
)
async def test_one_bad_entry_never_loses_the_rest(pages, downloads, bad):
    pages.put("/models", _page(bad, _LLAMA))
    fetched = await _source(downloads, pages).fetch()
    assert sum(row.model == "Llama 3.3 Instruct 70B" for row in fetched.rows) == 13
    assert "mmlu_pro" not in {row.column for row in fetched.rows if row.model == "bad"}


@pytest.mark.parametrize("answer", [HTML, as_json([]), as_json({"data": None}), Answer(b"", 401)])
async def test_another_answer_is_an_error(pages, downloads, answer):
    pages.put("/models", answer)
    with pytest.raises(BackendGarbage):
        await _source(downloads, pages, mapping=Mapped({})).fetch()


async def test_the_daily_limit_is_an_error_that_says_so(pages, downloads):
    pages.put("/models", Answer(b"", 429, {"retry-after": "86400"}))
    with pytest.raises(BackendLimited):
        await _source(downloads, pages).fetch()
    assert len(pages.asked) == 1
