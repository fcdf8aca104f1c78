"""Leaderboards of the Hugging Face Hub."""

import pytest
from tests.doubles.benchmark_pages import HTML, Answer, as_json, board_entry

from smarterrouter.benchmarks.hub import BOARDS, Board, HubLeaderboards
from smarterrouter.domain.columns import COLUMNS
from smarterrouter.domain.knowledge import Unit
from smarterrouter.errors import BackendGarbage

_TWO = (Board("o/one", "mmlu_pro"), Board("o/two", "gpqa_diamond"))


def _hub(downloads, pages):
    return HubLeaderboards(downloads, server=pages.origin, boards=_TWO)


async def test_reads_every_board_with_who_reports_it(pages, downloads):
    pages.put(
        "/api/datasets/o/one/leaderboard", as_json([board_entry("Qwen/Qwen3-8B", 63.1, date="2026-01-14T10:00:00Z")])
    )
    pages.put(
        "/api/datasets/o/two/leaderboard",
        as_json([board_entry("Qwen/Qwen3-8B", 60, verified=True), board_entry("a/b", "41.5", source=None)]),
    )
    fetched = await _hub(downloads, pages).fetch()
    assert [(row.model, row.column, row.value, row.reported_by) for row in fetched.rows] == [
        ("Qwen/Qwen3-8B", "mmlu_pro", 63.1, "Model Card"),
        ("Qwen/Qwen3-8B", "gpqa_diamond", 60.0, "Hugging Face, verified"),
        ("a/b", "gpqa_diamond", 41.5, "a"),
    ]
    assert fetched.rows[0].date == "2026-01-14"
    assert fetched.rows[0].url == "https://huggingface.co/Qwen/Qwen3-8B"
    assert fetched.rows[2].url == pages.url("/datasets/o/two")


async def test_a_share_on_a_board_of_percents_is_not_guessed(pages, downloads):
    pages.put("/api/datasets/o/one/leaderboard", as_json([board_entry("a/b", 0.412), board_entry("c/d", 41.2)]))
    fetched = await _hub(downloads, pages).fetch()
    assert [row.model for row in fetched.rows] == ["c/d"]
    assert "perhaps a share" in fetched.problems[0]


@pytest.mark.parametrize("broken", [HTML, Answer(b"", 401), Answer(b"", 500), as_json({"error": "x"})])
async def test_a_board_that_fails_costs_its_own_rows(pages, downloads, broken):
    pages.put("/api/datasets/o/one/leaderboard", broken)
    pages.put("/api/datasets/o/two/leaderboard", as_json([board_entry("a/b", 50)]))
    fetched = await _hub(downloads, pages).fetch()
    assert len(fetched.rows) == 1
    assert fetched.problems[0].startswith("o/one: ")
    assert not fetched.whole


async def test_bad_entries_cost_themselves(pages, downloads):
    bad = [None, 7, {}, board_entry("a/b", None), board_entry("a/b", "NaN"), {"modelId": 7, "value": 50}]
    odd = board_entry("good/one", 50, source={"url": "javascript:x", "name": "a\nb"}, author="x", date=7)
    pages.put("/api/datasets/o/one/leaderboard", as_json([*bad, odd]))
    fetched = await _hub(downloads, pages).fetch()
    assert [(row.model, row.date, row.reported_by) for row in fetched.rows] == [("good/one", "", "Hugging Face Hub")]
    assert fetched.rows[0].url == pages.url("/datasets/o/one")


async def test_no_board_at_all_is_an_error(pages, downloads):
    with pytest.raises(BackendGarbage, match=r"o/one: .*; o/two: "):
        await _hub(downloads, pages).fetch()


def test_every_board_has_a_column_in_percent(downloads):
    assert all(COLUMNS[board.column].unit is Unit.PERCENT for board in BOARDS)
    assert HubLeaderboards(downloads).hosts == ("huggingface.co",)
