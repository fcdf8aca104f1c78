"""LMArena in each of the forms that its board has had."""

import json
import math

import pytest
from tests.doubles.benchmark_pages import HTML, Answer, arena_row, as_json

from smarterrouter.benchmarks.lmarena import LmArena
from smarterrouter.errors import BackendGarbage

_TABLE = "lmarena-ai/leaderboard-dataset"
_CATALOG = {
    "chinese": {"gemma-3-27b-it": {"rating": 1300.0}},
    "full": {
        "gemma-3-27b-it": {"rating": 1357.768, "rating_q975": 1361.4, "rating_q025": 1354.2},
        "phi-4": {"rating": 1217.35},
        "broken": {"rating": math.nan},
        "odd": [],
        "plain": 1100,
    },
}


def _values(fetched):
    return {row.model: row.value for row in fetched.rows if row.column == "arena_elo"}


def _arena(downloads, pages, *files):
    return LmArena(downloads, server=pages.origin, files=[pages.url(path) for path in files])


async def test_reads_the_data_set_with_all_its_pages(pages, downloads):
    rows = [arena_row(f"model-{n}", 1000.0 + n) for n in range(250)]
    pages.table(_TABLE, [*rows, arena_row("model-1", 1500.0, "coding")])
    fetched = await _arena(downloads, pages).fetch()
    assert _values(fetched) == {f"model-{n}": 1000.0 + n for n in range(250)}
    row = fetched.rows[0]
    assert (row.source, row.date, row.reported_by) == ("lmsys", "2026-09-13", "LMArena")
    assert pages.asked[0].startswith("/filter?dataset=lmarena-ai%2Fleaderboard-dataset&config=text&split=latest")


async def test_without_the_filter_of_the_server_other_categories_are_left_out(pages, downloads):
    pages.put("/filter", Answer(b'{"error": "not supported"}', 501))
    pages.table(_TABLE, [arena_row("a", 1200.0), arena_row("a", 1500.0, "coding"), arena_row("b", 1300.0)])
    fetched = await _arena(downloads, pages).fetch()
    assert _values(fetched) == {"a": 1200.0, "b": 1300.0}
    assert len(fetched.problems) == 1


async def test_reads_the_catalog_and_only_its_category_of_all_prompts(pages, downloads):
    pages.put("/catalog.json", as_json(_CATALOG))
    fetched = await _arena(downloads, pages, "/catalog.json").fetch()
    assert _values(fetched) == {"gemma-3-27b-it": 1357.768, "phi-4": 1217.35, "plain": 1100.0}
    assert any("broken" in problem for problem in fetched.problems)


@pytest.mark.parametrize("name", ["elo", "rating", "Arena Score", "elo_rating"])
async def test_reads_csv_files_whatever_they_call_the_rating(pages, downloads, name):
    pages.put("/old.csv", Answer(f"rank,model,{name},Votes\n1,gpt-4o,1285.4,100\n2,phi-4,1217,50\n".encode()))
    fetched = await _arena(downloads, pages, "/old.csv").fetch()
    assert _values(fetched) == {"gpt-4o": 1285.4, "phi-4": 1217.0}
    assert fetched.rows[0].url == pages.url("/old.csv")


async def test_a_score_is_a_share_of_battles_won_and_never_a_rating(pages, downloads):
    pages.put("/hard.csv", Answer(b"model,score,rating_q025\ngpt-4-turbo,82.63,80.0\ngpt-4o,79.21,77.5\n"))
    fetched = await _arena(downloads, pages, "/hard.csv").fetch()
    assert [(row.model, row.column, row.value) for row in fetched.rows] == [
        ("gpt-4-turbo", "arena_hard", 82.63),
        ("gpt-4o", "arena_hard", 79.21),
    ]


@pytest.mark.parametrize("status", [302, 307])
async def test_follows_redirects(pages, downloads, status):
    pages.put("/old.csv", Answer(b"", status, {"location": "/new.csv"}))
    pages.put("/new.csv", Answer(b"model,elo\nphi-4,1217\n"))
    fetched = await _arena(downloads, pages, "/old.csv").fetch()
    assert _values(fetched) == {"phi-4": 1217.0}
    assert fetched.rows[0].url == pages.url("/new.csv")


@pytest.mark.parametrize(
    "broken",
    [
        HTML,
        Answer(b"", 500),
        Answer(b"", 429, {"retry-after": "600"}),
        Answer(b"", 307, {"location": "/broken"}),
        as_json({"coding": {"a": {"rating": 1200}}}),
        Answer(b"name,points\na,7\n"),
        Answer(b"model,elo\n"),
        Answer(b"\xff\xfe\xff"),
        Answer(json.dumps(_CATALOG).encode(), cut=40),
    ],
)
async def test_a_form_that_fails_leads_to_the_next(pages, downloads, broken):
    pages.put("/broken", broken)
    pages.put("/good.csv", Answer(b"model,elo\nphi-4,1217\n"))
    fetched = await _arena(downloads, pages, "/broken", "/good.csv").fetch()
    assert _values(fetched) == {"phi-4": 1217.0}
    assert any("/broken" in problem for problem in fetched.problems)


async def test_bad_lines_cost_themselves(pages, downloads):
    pages.put("/old.csv", Answer(b"model,elo\n,1200\na,NaN\nb,99999999\nc,-5\nd,true\nphi-4,1217\n"))
    fetched = await _arena(downloads, pages, "/old.csv").fetch()
    assert _values(fetched) == {"phi-4": 1217.0}
    assert len(fetched.problems) >= 5


async def test_no_form_at_all_is_an_error(pages, downloads):
    with pytest.raises(BackendGarbage, match="leaderboard-dataset"):
        await _arena(downloads, pages).fetch()


def test_says_whom_it_contacts(downloads):
    assert LmArena(downloads).hosts == (
        "datasets-server.huggingface.co",
        "raw.githubusercontent.com",
        "huggingface.co",
    )
