"""All pages of a table, in order, also when some of them fail."""

import pytest
from tests.doubles.benchmark_pages import HTML, Answer, as_json

from smarterrouter.benchmarks import dataset_rows
from smarterrouter.benchmarks.dataset_rows import Table
from smarterrouter.errors import BackendError, BackendGarbage


async def _all(downloads, table, server, **options):
    rows, problems = [], []
    async for page in dataset_rows.pages(downloads, table, server, **options):
        rows.extend(page.rows)
        problems.extend([page.problem] if page.problem else [])
    return rows, problems


@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 199, 200, 1234])
async def test_w08_every_page_is_read_not_only_the_first_hundred_rows(pages, downloads, count):
    rows = [{"n": n} for n in range(count)]
    pages.table("a/b", rows)
    assert await _all(downloads, Table("a/b"), pages.origin) == (rows, [])
    assert len(pages.asked) == max(1, -(-count // 100))


async def test_a_condition_is_left_to_the_server(pages, downloads):
    pages.table("a/b", [{"n": n, "category": "x" if n % 2 else "y"} for n in range(300)])
    rows, _ = await _all(downloads, Table("a/b", where="\"category\"='x'"), pages.origin)
    assert [row["n"] for row in rows] == list(range(1, 300, 2))
    assert all(target.startswith("/filter?") for target in pages.asked)


def _page(start: int, total: int) -> Answer:
    return as_json({"rows": [{"row_idx": start, "row": {"n": start}}], "num_rows_total": total})


async def test_a_page_that_fails_costs_its_own_rows(pages, downloads):
    pages.put("/rows", _page(0, 300), HTML, _page(200, 300))
    rows, problems = await _all(downloads, Table("a/b"), pages.origin)
    assert len(rows) == 2
    assert len(problems) == 1
    assert "not JSON" in problems[0]


async def test_a_first_page_that_fails_is_an_error(pages, downloads):
    pages.put("/rows", Answer(b'{"error": "The dataset is gone."}', 500))
    with pytest.raises(BackendError):
        await _all(downloads, Table("a/b"), pages.origin)


@pytest.mark.parametrize("page", [[], {"rows": None}, {"error": "x"}, 7, None])
async def test_another_shape_is_refused(pages, downloads, page):
    pages.put("/rows", as_json(page))
    with pytest.raises(BackendGarbage):
        await _all(downloads, Table("a/b"), pages.origin)


async def test_rows_of_another_shape_are_left_out(pages, downloads):
    pages.put("/rows", as_json({"rows": [1, None, {"row": 3}, {"row": {"n": 1}}], "num_rows_total": "many"}))
    assert await _all(downloads, Table("a/b"), pages.origin) == ([{"n": 1}], [])


async def test_a_total_beyond_all_reason_is_not_followed(pages, downloads, monkeypatch):
    monkeypatch.setattr(dataset_rows, "_MOST_ROWS", 250)
    pages.put("/rows", _page(0, 10**12))
    rows, problems = await _all(downloads, Table("a/b"), pages.origin)
    assert len(rows) == 3
    assert "first 250 are read" in problems[0]


async def test_slow_pages_end_with_what_was_read(pages, downloads):
    pages.put("/rows", _page(0, 1000), Answer(delay=30.0))
    rows, problems = await _all(downloads, Table("a/b"), pages.origin, seconds=0.3)
    assert len(rows) == 1
    assert problems == ["a/b takes too long: rows from 100 on are missing"]
