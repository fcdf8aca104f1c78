import asyncio
import math
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs

from smarterrouter.store.database import Database
from smarterrouter.store.task_answers import StoredAnswer, all_answers, answers, forget_answers, save_answer

_ONE = StoredAnswer(
    "ollama/a@1f/suite-1", "sums", 7, "mathematics", 1.0, 120, 2.5, 1795168800.25, judged=False, event='{"valid":true}'
)


def _answer(**changes: Any) -> StoredAnswer:
    return structs.replace(_ONE, **changes)


async def test_an_answer_comes_back_as_it_was(database: Database) -> None:
    assert await save_answer(database, _ONE)
    assert await save_answer(database, _answer(item="poem", passed=0.75, judged=True))
    assert await answers(database, _ONE.run) == (_ONE, _answer(item="poem", passed=0.75, judged=True))


async def test_the_same_question_is_answered_once(database: Database) -> None:
    assert await save_answer(database, _ONE)
    assert not await save_answer(database, _answer(passed=0.0))
    assert await answers(database, _ONE.run) == (_ONE,)


async def test_two_that_save_the_same_answer_at_once_keep_one(database: Database) -> None:
    kept = await asyncio.gather(*(save_answer(database, _answer(tokens=number)) for number in range(8)))
    assert sum(kept) == 1
    assert len(await answers(database, _ONE.run)) == 1


async def test_another_seed_item_or_run_is_another_answer(database: Database) -> None:
    others = [_ONE, _answer(seed=-8), _answer(item="x"), _answer(run="r")]
    assert [await save_answer(database, one) for one in others] == [True] * 4
    assert await answers(database, _ONE.run) == tuple(others[:3])
    assert (await answers(database, "r"), await answers(database, "\0")) == ((others[3],), ())


async def test_a_run_that_is_forgotten_begins_anew(database: Database) -> None:
    for one in (_ONE, _answer(seed=8), _answer(run="r")):
        await save_answer(database, one)
    assert await forget_answers(database, _ONE.run) == 2
    assert await forget_answers(database, _ONE.run) == await forget_answers(database, "\0") == 0
    assert await save_answer(database, _ONE)
    assert len(await answers(database, "r")) == 1


async def test_all_answers_come_in_pages_oldest_first(database: Database) -> None:
    written = [_answer(run=f"r{number % 2}", seed=number) for number in range(7)]
    for one in written:
        await save_answer(database, one)
    first = await all_answers(database, 4)
    await save_answer(database, _answer(run="later"))
    second = await all_answers(database, 4, first.cursor)
    assert first.rows + second.rows == (*written, _answer(run="later"))
    assert (first.total, second.total, second.cursor) == (7, 8, None)
    for cursor in ("x", "W10", "WyJhIl0", "Wzk5OTk5OTk5OTk5OTk5OTk5OTk5XQ"):
        with pytest.raises(ValueError, match="cursor"):
            await all_answers(database, cursor=cursor)


@pytest.mark.parametrize(
    "change",
    [
        {"run": ""},
        {"run": "a\0"},
        {"item": ""},
        {"item": "x" * 600},
        {"category": "\ud800"},
        {"seed": 2**63},
        {"seed": -(2**63) - 1},
        {"tokens": -1},
        {"tokens": 2**63},
        {"passed": math.nan},
        {"passed": 1.1},
        {"seconds": math.inf},
        {"seconds": -1.0},
        {"at": math.nan},
        {"at": 1e12},
    ],
)
async def test_values_that_are_none_are_refused(database: Database, change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"[Aa]n answer|64 bits"):
        await save_answer(database, _answer(**change))
    assert (await all_answers(database)).rows == ()


_NAME = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=40)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    answer=st.builds(
        StoredAnswer,
        run=_NAME,
        item=_NAME,
        seed=st.integers(-(2**63), 2**63 - 1),
        category=_NAME | st.just(""),
        passed=st.floats(0, 1),
        tokens=st.integers(0, 2**63 - 1),
        seconds=st.floats(0, 1e300),
        at=st.floats(0, 2e11),
        judged=st.booleans(),
    )
)
async def test_every_answer_comes_back(database: Database, answer: StoredAnswer) -> None:
    await save_answer(database, answer)
    found = next(
        one for one in await answers(database, answer.run) if (one.item, one.seed) == (answer.item, answer.seed)
    )
    assert found.at == pytest.approx(answer.at, abs=1e-4)
    assert structs.replace(found, at=answer.at) == answer
    await forget_answers(database, answer.run)


async def test_kill_9_loses_no_answer_and_the_next_run_doubles_none(
    database: Database, migrated: str, doomed: Any
) -> None:
    before = 0
    for acknowledged in (1, 5, 30):
        lines = await doomed(_ANSWERING, migrated, lines=acknowledged)
        found = await answers(database, "run")
        assert [one.seed for one in found] == list(range(len(found)))
        assert int(lines[-1]) + 1 <= len(found) <= int(lines[-1]) + 2
        assert len(found) >= before + acknowledged
        before = len(found)
    assert [await save_answer(database, one) for one in await answers(database, "run")] == [False] * before


async def test_kill_9_before_an_answer_is_committed_leaves_room_for_it(
    database: Database, migrated: str, doomed: Any
) -> None:
    await doomed(_STUCK, migrated, lines=1)
    assert await answers(database, "run") == ()
    assert await save_answer(database, StoredAnswer("run", "item", 1, "code", 1.0, 1, 1.0, time.time()))  # noqa: TID251
    assert len(await answers(database, "run")) == 1


_ANSWERING = """
import asyncio, sys
from smarterrouter.store.database import Database
from smarterrouter.store.task_answers import StoredAnswer, answers, save_answer

async def main():
    database = Database(sys.argv[1])
    await database.open()
    done = {one.seed for one in await answers(database, "run")}
    seed = 0
    while True:
        if await save_answer(database, StoredAnswer("run", "item", seed, "code", 1.0, 9, 0.5, 1.8e9)):
            assert seed not in done
            print(seed, flush=True)
        seed += 1

asyncio.run(main())
"""
_STUCK = """
import asyncio, sys, time
from sqlalchemy import event
from smarterrouter.store.database import Database
from smarterrouter.store.task_answers import StoredAnswer, save_answer

def stop(*_):
    print("written, not committed", flush=True)
    time.sleep(600)

async def main():
    database = Database(sys.argv[1])
    await database.open()
    event.listen(database.engine.sync_engine, "after_cursor_execute", stop)
    await save_answer(database, StoredAnswer("run", "item", 1, "code", 0.0, 9, 0.5, 1.8e9))

asyncio.run(main())
"""
