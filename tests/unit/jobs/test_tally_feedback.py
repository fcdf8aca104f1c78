"""Labels are taken in, kept and counted."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from tests.doubles.gateway_parts import until

from smarterrouter.domain.feedback import Label, Sign
from smarterrouter.domain.intent import Category
from smarterrouter.errors import StoreUnavailable
from smarterrouter.jobs import tally_feedback
from smarterrouter.jobs.tally_feedback import TallyFeedback
from smarterrouter.store.database import Database
from smarterrouter.store.labels import labels, save_labels


def label(request: str = "r", model: str = "a/m", **more: Any) -> Label:
    said = {"sign": Sign.VOTE, "voter": "ann", "category": Category.CODE, "difficulty": 0.0, "verdict": 1.0, "at": 1.0}
    return Label(request=request, model=model, **{**said, **more})


async def test_a_vote_is_kept_and_counted_by_itself(database: Database) -> None:
    tally, told = TallyFeedback(database), []
    tally.subscribe(lambda: told.append(tally.version))
    await tally.vote(label())
    await until(lambda: told == [1])
    assert [one.label for one in tally.tallied["a/m"]] == [label()]
    await tally.run()
    assert tally.version == 1  # nothing new
    await tally.close()


async def test_what_was_noticed_is_written_by_the_job(database: Database) -> None:
    tally = TallyFeedback(database)
    for number in range(450):
        tally.note(label(f"r{number}", model=f"a/{number % 2}", sign=Sign.TOOL_FAILURE, verdict=-1.0))
    await until(lambda: tally.version == 1)
    assert {model: len(found) for model, found in tally.tallied.items()} == {"a/0": 225, "a/1": 225}
    newest = tally.tallied["a/1"][0]
    assert (newest.label.request, newest.age) == ("r449", 0.0)
    await tally.close()


async def test_a_new_process_counts_what_is_stored(database: Database) -> None:
    before = TallyFeedback(database)
    await before.vote(label())
    await before.close()
    after = TallyFeedback(database)
    await after.run()
    assert after.tallied.keys() == {"a/m"}


async def test_while_the_database_is_away_labels_wait_up_to_a_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tally_feedback, "_MOST_WAITING", 10)
    away = Database("sqlite:///x.db", tmp_path)
    tally = TallyFeedback(away)
    for number in range(50):
        tally.note(label(f"r{number}"))
    await tally.run()
    assert tally.version == 0
    with pytest.raises(StoreUnavailable):
        await tally.vote(label())
    await away.open()
    await tally.run()
    assert [one.request for one in await labels(away)] == [f"r{number}" for number in range(49, 39, -1)]
    await tally.close()
    await away.close()


async def test_the_end_writes_what_waits(database: Database) -> None:
    tally = TallyFeedback(database)
    tally.note(label())
    await tally.close()
    assert len(await labels(database)) == 1


async def test_switched_off_nothing_is_taken_or_given(database: Database) -> None:
    on = TallyFeedback(database)
    await on.vote(label())
    await on.close()
    off = TallyFeedback(database, enabled=False)
    off.note(label("r2"))
    await off.run()
    await off.close()
    assert (off.tallied, off.every, off.version) == ({}, 0.0, 0)
    assert len(await labels(database)) == 1


async def test_a_database_that_fails_is_tried_later(
    database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fails(*_: Any) -> None:
        raise StoreUnavailable("The disk is full.")

    tally = TallyFeedback(database)
    with monkeypatch.context() as patched:
        patched.setattr(tally_feedback, "save_labels", fails)
        tally.note(label())
        await tally.run()
    assert "The disk is full." in caplog.text
    await tally.run()
    assert len(await labels(database)) == 1
    await tally.close()


async def test_two_runs_at_once_write_each_label_once(database: Database) -> None:
    tally = TallyFeedback(database)
    tally.note(label())
    await asyncio.gather(tally.run(), tally.run())
    assert [one.request for one in await labels(database)] == ["r"]
    await tally.close()


async def test_labels_that_come_while_others_are_written_are_not_lost(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tally_feedback, "_MOST_WAITING", 3)
    tally = TallyFeedback(database)
    for number in range(3):
        tally.note(label(f"r{number}"))

    async def slowly(*said: Any) -> None:
        if not came:
            came.append(label("new"))
            tally.note(came[0])
        await save_labels(*said)

    came: list[Label] = []
    monkeypatch.setattr(tally_feedback, "_AT_ONCE", 2)
    monkeypatch.setattr(tally_feedback, "save_labels", slowly)
    await tally.run()
    assert [one.request for one in await labels(database)] == ["new", "r2", "r1", "r0"]
    await tally.close()
