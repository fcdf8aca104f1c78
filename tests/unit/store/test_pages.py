import asyncio
import base64
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import insert, select

from smarterrouter.observability.tasks import cancel
from smarterrouter.store.database import Database
from smarterrouter.store.pages import LARGEST_PAGE, Page, Span, read_all, read_page
from smarterrouter.store.tables import ExtraRow

_KEY = (ExtraRow.source, ExtraRow.model)
_ALL = select(*_KEY)


async def _fill(database: Database, pairs: Sequence[tuple[str, str]]) -> None:
    async with database.begin() as connection:
        await connection.execute(insert(ExtraRow), [{"source": one, "model": two, "data": "{}"} for one, two in pairs])


async def _page(database: Database, **span: Any) -> Page[tuple[str, ...]]:
    return await read_page(database, _ALL, _KEY, Span(**span), tuple)


_PAIRS = [("a", "1"), ("a", "2"), ("b", "1"), ("b", '"; DROP TABLE'), ("ü", "模")]


async def test_pages_by_cursor_join_without_gap_or_overlap(database: Database) -> None:
    await _fill(database, _PAIRS)
    whole = await _page(database)
    assert (sorted(whole.rows), whole.cursor, whole.total) == (sorted(_PAIRS), None, 5)
    for limit in range(1, 7):
        seen, cursor, first = [], None, True
        while first or cursor is not None:
            page = await _page(database, limit=limit, cursor=cursor)
            seen += page.rows
            assert page.total == 5
            first, cursor = False, page.cursor
        assert tuple(seen) == whole.rows


async def test_pages_by_offset_are_the_same(database: Database) -> None:
    await _fill(database, _PAIRS)
    whole = (await _page(database)).rows
    assert [(await _page(database, limit=2, offset=at)).rows for at in (0, 2, 4, 6)] == [
        whole[0:2],
        whole[2:4],
        whole[4:],
        (),
    ]


async def test_an_offset_counts_from_the_cursor(database: Database) -> None:
    await _fill(database, _PAIRS)
    first = await _page(database, limit=1)
    assert (await _page(database, limit=1, offset=1, cursor=first.cursor)).rows == (await _page(database)).rows[2:3]


async def test_rows_that_come_and_go_do_not_move_the_others(database: Database) -> None:
    await _fill(database, [("m", str(number)) for number in range(4)])
    page = await _page(database, limit=2)
    await _fill(database, [("a", "before"), ("z", "after")])
    assert (await _page(database, cursor=page.cursor)).rows == (("m", "2"), ("m", "3"), ("z", "after"))


@pytest.mark.parametrize("limit", [-5, 0, 1])
async def test_a_page_has_at_least_one_row(database: Database, limit: int) -> None:
    await _fill(database, _PAIRS)
    assert len((await _page(database, limit=limit)).rows) == 1


async def test_a_page_has_a_thousand_rows_at_most(database: Database) -> None:
    await _fill(database, [("many", f"{number:05}") for number in range(LARGEST_PAGE + 1)])
    page = await _page(database, limit=10**30)
    assert (len(page.rows), page.total) == (LARGEST_PAGE, LARGEST_PAGE + 1)
    assert (await _page(database, cursor=page.cursor)).rows == (("many", "01000"),)
    assert (await _page(database, offset=10**30)).rows == ()
    assert len((await _page(database, offset=-3)).rows) == 100


def _encoded(json: str) -> str:
    return base64.urlsafe_b64encode(json.encode()).decode()


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "!!!",
        "ü",
        "A" * 20_000,
        _encoded("[]"),
        _encoded('["a"]'),
        _encoded('["a","b","c"]'),
        _encoded('["a",1]'),
        _encoded(r'["a","\u0000"]'),
        _encoded("{}"),
        base64.urlsafe_b64encode(b'["a","\xff"]').decode(),
    ],
)
async def test_a_strange_cursor_is_refused(database: Database, cursor: str) -> None:
    with pytest.raises(ValueError, match="cursor"):
        await _page(database, cursor=cursor)


async def test_all_rows_are_read_in_order_and_the_loop_has_its_turn(database: Database) -> None:
    await _fill(database, [("s", f"{number:05}") for number in range(2600)])
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.ensure_future(count())
    found = await read_all(database, _ALL.order_by(*_KEY), lambda row: int(row[1]) or None)
    await cancel(counting)
    assert found == list(range(1, 2600))
    assert turns >= 6


async def test_rows_that_cannot_be_made_are_left_out_of_a_page_and_counted(database: Database) -> None:
    await _fill(database, _PAIRS)
    page = await read_page(database, _ALL, _KEY, Span(), lambda row: None if row[0] == "a" else row[0])
    assert (sorted(page.rows), page.total) == (["b", "b", "ü"], 5)
