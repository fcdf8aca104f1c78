"""Checked answers of profiling runs, each kept the moment it is there: a run that was cut off goes on from them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import delete, select

from smarterrouter.store.batches import insert_into
from smarterrouter.store.database import Database
from smarterrouter.store.pages import Page, Span, read_all, read_page
from smarterrouter.store.tables import AnswerRow
from smarterrouter.store.values import name_fault, searched, text_fault

_LARGEST = 2**63
_EVENT_BYTES = 65_536
_LONGEST = 1e300
_LAST = 253_402_300_800.0
"""The year 10000, where datetimes end."""
_FIELDS = (
    AnswerRow.run,
    AnswerRow.item,
    AnswerRow.seed,
    AnswerRow.category,
    AnswerRow.passed,
    AnswerRow.tokens,
    AnswerRow.seconds,
    AnswerRow.at,
    AnswerRow.judged,
    AnswerRow.event,
)


class StoredAnswer(Struct, frozen=True):
    """One answer to one task, as a program or a judge saw it."""

    run: str
    """Which model, which file of it (digest) and which suite; answers of another run say nothing about this one."""
    item: str
    seed: int
    """Any whole number of 64 bits."""
    category: str
    passed: float
    """1 right, 0 wrong; a judge may be unsure."""
    tokens: int
    seconds: float
    at: float
    """Unix seconds; kept to the microsecond."""
    judged: bool = False
    event: str = ""
    """The profiler's own account of the answer as JSON, at most 64 KB."""


async def save_answer(database: Database, answer: StoredAnswer) -> bool:
    """Keep one answer; once this returns, a crash cannot lose it. False when run, item and seed are already there.

    The answer that came first stays. Raise `ValueError` for values that are none, `StoreUnavailable`.
    """
    _check(answer)
    values = {name: getattr(answer, name) for name in answer.__struct_fields__}
    values["at"] = datetime.fromtimestamp(answer.at, UTC)
    async with database.begin() as connection:
        insert = insert_into(database, AnswerRow).values(values)
        done = await connection.execute(insert.on_conflict_do_nothing())
    return done.rowcount == 1


async def answers(database: Database, run: str) -> tuple[StoredAnswer, ...]:
    """The answers of one run, in the order in which they came. Raise `StoreUnavailable`."""
    query = select(AnswerRow.number, *_FIELDS).where(AnswerRow.run == searched(run)).order_by(AnswerRow.number)
    return tuple(await read_all(database, query, _answer))


async def all_answers(database: Database, limit: int = 1000, cursor: str | None = None) -> Page[StoredAnswer]:
    """The answers of all runs, oldest first, at most 1,000 at a time.

    Raise `ValueError` for a cursor that is none of ours, `StoreUnavailable`.
    """
    query = select(AnswerRow.number, *_FIELDS)
    return await read_page(database, query, (AnswerRow.number,), Span(limit, 0, cursor), _answer)


async def forget_answers(database: Database, run: str) -> int:
    """Remove the answers of one run, so that it begins anew. Give their number. Raise `StoreUnavailable`."""
    async with database.begin() as connection:
        return (await connection.execute(delete(AnswerRow).where(AnswerRow.run == searched(run)))).rowcount


def _check(answer: StoredAnswer) -> None:
    for name in ("run", "item"):
        if fault := name_fault(getattr(answer, name)):
            raise ValueError(f"The {name} of an answer {fault}.")
    if fault := text_fault(answer.event, _EVENT_BYTES):
        raise ValueError(f"The account of an answer {fault}.")
    if fault := text_fault(answer.category):
        raise ValueError(f"The category of an answer {fault}.")
    if not (-_LARGEST <= answer.seed < _LARGEST and 0 <= answer.tokens < _LARGEST):
        raise ValueError("A seed and a number of tokens have at most 64 bits.")
    if not (0 <= answer.passed <= 1 and 0 <= answer.seconds <= _LONGEST and 0 <= answer.at < _LAST):
        raise ValueError("An answer has a share of 0 to 1, and times that are not negative.")


def _answer(row: Sequence[Any]) -> StoredAnswer:
    _, run, item, seed, category, passed, tokens, seconds, at, judged, event = row
    return StoredAnswer(run, item, seed, category, passed, tokens, seconds, at.timestamp(), judged, event)
