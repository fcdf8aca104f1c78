"""The Open LLM leaderboard, as the harness wrote it and as the board showed it."""

import json
import math

import pytest
from tests.doubles.benchmark_pages import HTML, Answer, as_json, harness_row, shown_row

from smarterrouter.benchmarks.huggingface import HuggingFace
from smarterrouter.errors import BackendGarbage

_RESULTS, _CONTENTS = "open-llm-leaderboard/results", "open-llm-leaderboard/contents"


def _values(fetched, model):
    return {row.column: row.value for row in fetched.rows if row.model == model}


async def test_reads_the_results_of_the_harness(pages, downloads):
    pages.table(_RESULTS, [harness_row("meta-llama/Llama-3.1-8B-Instruct", 0.5)])
    fetched = await HuggingFace(downloads, server=pages.origin).fetch()
    assert fetched.problems == ()
    assert _values(fetched, "meta-llama/Llama-3.1-8B-Instruct") == {
        "ifeval": 50.0,
        "bbh": 50.0,
        "math_lvl_5": 25.0,
        "gpqa": 31.0,
        "musr": 42.0,
        "mmlu_pro": 41.37,
    }
    row = fetched.rows[0]
    assert (row.source, row.date, row.reported_by) == ("huggingface", "2024-07-29", "Open LLM leaderboard")
    assert row.url == "https://huggingface.co/datasets/open-llm-leaderboard/results"
    assert not row.estimated


async def test_w08_models_beyond_the_first_hundred_are_there(pages, downloads):
    pages.table(_RESULTS, [harness_row(f"someone/model-{n}") for n in range(457)])
    fetched = await HuggingFace(downloads, server=pages.origin).fetch()
    assert {row.model for row in fetched.rows} == {f"someone/model-{n}" for n in range(457)}
    assert len(fetched.rows) == 457 * 6
    assert fetched.whole


async def test_reads_what_the_board_showed_and_takes_the_raw_shares(pages, downloads):
    pages.put("/rows", Answer(b"", 404))
    pages.table(_CONTENTS, [shown_row("Qwen/Qwen2.5-7B-Instruct")])
    pages.put("/rows", Answer(b"", 404), _rows_of(shown_row("Qwen/Qwen2.5-7B-Instruct")))
    fetched = await HuggingFace(downloads, server=pages.origin).fetch()
    assert _values(fetched, "Qwen/Qwen2.5-7B-Instruct") == {
        "ifeval": 75.86,
        "bbh": 53.91,
        "math_lvl_5": 50.0,
        "gpqa": 29.11,
        "musr": 40.2,
        "mmlu_pro": 42.87,
    }
    assert fetched.rows[0].date == "2024-09-18"
    assert fetched.problems[0].startswith(f"{_RESULTS}: ")


def _rows_of(*rows):
    return as_json({"rows": [{"row": row} for row in rows], "num_rows_total": len(rows)})


@pytest.mark.parametrize(
    "bad",
    [
        {"model_name": None, "results": "{}"},
        {"model_name": "x/y", "results": "{broken"},
        {"model_name": "x/y", "results": "\ud800"},
        {"model_name": "x/y", "results": [1]},
        {"model_name": "x/y", "results": json.dumps({"leaderboard_bbh": 7})},
        {"model_name": "x/y", "results": json.dumps({"leaderboard_bbh": {"acc_norm,none": math.nan}})},
        {"model_name": "x/y", "results": json.dumps({"leaderboard_bbh": {"acc_norm,none": 70.2}})},
        {"model_name": ["x"], "results": json.dumps({"leaderboard_bbh": {"acc_norm,none": 0.5}})},
        {"unknown": 1},
        {},
    ],
)
async def test_one_bad_row_never_loses_the_rest(pages, downloads, bad):
    pages.put("/rows", _rows_of(harness_row("a/good"), bad, harness_row("b/good")))
    fetched = await HuggingFace(downloads, server=pages.origin).fetch()
    assert {row.model for row in fetched.rows} == {"a/good", "b/good"}
    assert len(fetched.rows) == 12


async def test_new_and_removed_tasks_are_no_fault(pages, downloads):
    row = harness_row("a/b", leaderboard_new={"acc,none": 0.9}, leaderboard_bbh={"other_metric": 0.5})
    pages.put("/rows", _rows_of({**row, "new_column": 5}))
    fetched = await HuggingFace(downloads, server=pages.origin).fetch()
    assert "bbh" not in _values(fetched, "a/b")
    assert len(fetched.rows) == 5
    assert fetched.problems == ()


async def test_a_model_may_come_twice(pages, downloads):
    pages.put("/rows", _rows_of(harness_row("a/b", 0.4), harness_row("a/b", 0.6)))
    fetched = await HuggingFace(downloads, server=pages.origin).fetch()
    assert [row.value for row in fetched.rows if row.column == "bbh"] == [40.0, 60.0]


async def test_a_page_that_is_missing_is_said(pages, downloads):
    first = as_json({"rows": [{"row": harness_row("a/b")}], "num_rows_total": 200})
    pages.put("/rows", first, HTML)
    fetched = await HuggingFace(downloads, server=pages.origin).fetch()
    assert not fetched.whole
    assert len(fetched.rows) == 6
    assert "rows from 100 on" in fetched.problems[0]


@pytest.mark.parametrize("answer", [HTML, Answer(b"", 500), Answer(b'{"rows": []}'), Answer(b"{", cut=1)])
async def test_nothing_from_any_table_is_an_error(pages, downloads, answer):
    pages.put("/rows", answer)
    with pytest.raises(BackendGarbage, match=r"results: .*contents: "):
        await HuggingFace(downloads, server=pages.origin).fetch()


def test_says_whom_it_contacts(downloads):
    assert HuggingFace(downloads).hosts == ("datasets-server.huggingface.co",)
