"""Labels of answers: one of each sign for a voter and a request, so that a second vote replaces the first."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from smarterrouter.domain.feedback import Label, Sign
from smarterrouter.domain.intent import Category
from smarterrouter.domain.records import RequestRecord
from smarterrouter.store.batches import insert_into
from smarterrouter.store.database import Database
from smarterrouter.store.tables import LabelRow, RequestRow
from smarterrouter.store.values import searched

MOST = 10_000
"""Labels kept: five half-lives, so the oldest counts a thirtieth."""
MOST_OF_ONE = 500
"""Labels kept of one voter, so that one who floods us neither ages the labels of the others nor drives them out."""
_REPLACED = ("model", "category", "difficulty", "verdict", "at", "comment")
_READ = (
    LabelRow.kind,
    LabelRow.voter,
    LabelRow.request,
    LabelRow.model,
    LabelRow.category,
    LabelRow.difficulty,
    LabelRow.verdict,
    LabelRow.at,
)
_SIGNS = frozenset(Sign)
_CATEGORIES = frozenset(Category)


class Written(Struct, frozen=True):
    """A label with what its voter wrote beside it."""

    label: Label
    comment: str | None = None
    """None where text is not to be kept."""


async def save_labels(database: Database, labels: Sequence[Written]) -> None:
    """Keep `labels`, each in the place of an earlier one of the same sign, voter and request. Raise `StoreUnavailable`.

    One that replaces another is as old as that: voting again does not make a vote count longer.
    """
    async with database.begin() as connection:
        for written in labels:
            insert = insert_into(database, LabelRow).values(_values(written))
            changes = {name: insert.excluded[name] for name in _REPLACED}
            key = [LabelRow.voter, LabelRow.request, LabelRow.kind]
            await connection.execute(insert.on_conflict_do_update(index_elements=key, set_=changes))
        for voter in {written.label.voter for written in labels}:
            await _trim(connection, MOST_OF_ONE, voter)
        await _trim(connection, MOST)


async def labels(database: Database) -> list[Label]:
    """All labels, the newest first. Raise `StoreUnavailable`."""
    query = select(*_READ).order_by(LabelRow.number.desc()).limit(MOST)
    async with database.begin() as connection:
        rows = (await connection.execute(query)).all()
    return [_label(row) for row in rows if row[0] in _SIGNS]


async def request_of(database: Database, identity: str) -> RequestRecord | None:
    """The newest request with this id, None when there is none. Raise `StoreUnavailable`."""
    query = (
        select(RequestRow.__table__)
        .where(RequestRow.id == searched(identity))
        .order_by(RequestRow.number.desc())
        .limit(1)
    )
    async with database.begin() as connection:
        row = (await connection.execute(query)).mappings().first()
    if row is None:
        return None
    values = {name: row[name] for name in RequestRecord.__struct_fields__}
    return RequestRecord(**{**values, "at": row["at"].timestamp(), "content": row["content"] or ""})


async def _trim(connection: AsyncConnection, most: int, voter: str | None = None) -> None:
    """Let go of the oldest above `most`, of one voter or of all."""
    query = select(LabelRow.number).order_by(LabelRow.number.desc()).offset(most).limit(1)
    if voter is not None:
        query = query.where(LabelRow.voter == voter)
    last = (await connection.execute(query)).scalar()
    if last is not None:
        old = delete(LabelRow).where(LabelRow.number <= last)
        await connection.execute(old if voter is None else old.where(LabelRow.voter == voter))


def _values(written: Written) -> dict[str, Any]:
    label = written.label
    return {
        "kind": label.sign.value,
        "voter": label.voter,
        "request": label.request,
        "model": label.model,
        "category": label.category.value if label.category is not None else "",
        "difficulty": label.difficulty,
        "verdict": label.verdict,
        "at": datetime.fromtimestamp(label.at, UTC),
        "comment": written.comment,
    }


def _label(row: Any) -> Label:
    kind, voter, request, model, category, difficulty, verdict, at = row
    return Label(
        Sign(kind),
        voter,
        request,
        model,
        Category(category) if category in _CATEGORIES else None,
        difficulty,
        verdict,
        at.timestamp(),
    )
