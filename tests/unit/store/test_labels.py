"""Labels, and the requests that they are about."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from smarterrouter.domain.feedback import Label, Sign
from smarterrouter.domain.intent import Category
from smarterrouter.errors import StoreUnavailable
from smarterrouter.store import labels as store
from smarterrouter.store.database import Database
from smarterrouter.store.journal import Journal
from smarterrouter.store.labels import Written, labels, request_of, save_labels


def written(voter: str = "ann", request: str = "r1", comment: str | None = None, **more: Any) -> Written:
    said = {"sign": Sign.VOTE, "model": "a/m", "category": Category.CODE, "difficulty": 0.5, "verdict": 1.0, "at": 9.0}
    return Written(Label(voter=voter, request=request, **{**said, **more}), comment)


async def test_labels_come_back_newest_first(database: Database) -> None:
    kept = [written(request="r1"), written(request="r2", category=None, verdict=-0.25, sign=Sign.ESCALATED)]
    await save_labels(database, kept)
    assert await labels(database) == [kept[1].label, kept[0].label]


async def test_a_second_label_replaces_the_first_and_keeps_its_age(database: Database) -> None:
    await save_labels(database, [written(), written(request="r2")])
    changed = written(verdict=-1.0, category=Category.LOGIC, at=12.0)
    await save_labels(database, [changed])
    found = await labels(database)
    assert [one.request for one in found] == ["r2", "r1"]
    assert found[1] == changed.label


async def test_voters_and_signs_do_not_replace_each_other(database: Database) -> None:
    await save_labels(database, [written(), written(voter="bob"), written(sign=Sign.REGENERATED)])
    assert len(await labels(database)) == 3


async def test_one_voter_keeps_a_bounded_number_and_drives_nobody_out(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "MOST_OF_ONE", 5)
    monkeypatch.setattr(store, "MOST", 8)
    await save_labels(database, [written(voter="bob")])
    for start in range(0, 30, 10):
        await save_labels(database, [written(request=f"r{start + number}") for number in range(10)])
    found = await labels(database)
    assert [one.request for one in found if one.voter == "ann"] == ["r29", "r28", "r27", "r26", "r25"]
    assert found[-1].voter == "bob"
    await save_labels(database, [written(voter=f"v{number}") for number in range(9)])
    assert len(await labels(database)) == 8


async def test_what_another_version_wrote_is_left_out(database: Database) -> None:
    await save_labels(database, [written(), written(request="r2"), written(request="r3")])
    async with database.begin() as connection:
        await connection.execute(text("UPDATE labels SET kind = 'telepathy' WHERE request = 'r2'"))
        await connection.execute(text("UPDATE labels SET category = 'sports' WHERE request = 'r3'"))
    assert [(one.request, one.category) for one in await labels(database)] == [("r3", None), ("r1", Category.CODE)]


async def test_comments_are_kept_beside(database: Database) -> None:
    await save_labels(database, [written(comment="fine"), written(request="r2")])
    async with database.begin() as connection:
        rows = (await connection.execute(text("SELECT comment FROM labels ORDER BY number"))).scalars()
    assert list(rows) == ["fine", None]


async def test_the_newest_request_with_an_id_is_found(
    database: Database, journal: Journal, record: Callable[..., Any]
) -> None:
    for model in ("a/one", "a/two"):
        journal.append(record(id="mine", model=model))
    journal.append(record(id="other"))
    await journal.close()
    found = await request_of(database, "mine")
    assert found is not None
    assert (found.id, found.model, found.content) == ("mine", "a/two", "")
    for unknown in ("nobody", "", "min", "a\0b", "\ud800", "x" * 10_000):
        assert await request_of(database, unknown) is None


async def test_a_closed_database_says_so(tmp_path: Any) -> None:
    database = Database("sqlite:///x.db", tmp_path)
    for asked in (labels(database), save_labels(database, [written()]), request_of(database, "x")):
        with pytest.raises(StoreUnavailable):
            await asked
    await database.close()
