"""What decisions were taken on: snapshots and policies by their hashes, and the decisions that refer to them."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from msgspec import Struct
from sqlalchemy import Select, delete, func, select

from smarterrouter.store.batches import insert_into
from smarterrouter.store.database import Database
from smarterrouter.store.tables import PolicyRow, RequestRow, SnapshotRow
from smarterrouter.store.values import searched

_PORTION = 500
"""Rows read at a time: about 200 KB."""
_GRACE = timedelta(hours=1)
"""A premise is stored before the record that refers to it; it is not taken away in between."""


class Decided(Struct, frozen=True):
    """One request that was decided, as far as the log of requests knows; fields as in its row."""

    number: int
    id: str
    at: datetime
    endpoint: str
    asked_model: str
    model: str
    strategy: str
    status: int
    fell_back_from: str
    policy: str
    snapshot_hash: str
    chosen: str
    held: str
    rules: str
    features: bytes


_COLUMNS = [getattr(RequestRow, name) for name in Decided.__struct_fields__]


async def save_premises(
    database: Database, snapshots: Mapping[str, bytes], policies: Mapping[str, bytes], now: datetime | None = None
) -> None:
    """Store them by their hashes; of those that are there already it is noted that they are used.

    Raise `StoreUnavailable`.
    """
    used = now or datetime.now(UTC)
    async with database.begin() as connection:
        for row, column, values in ((SnapshotRow, "models", snapshots), (PolicyRow, "policy", policies)):
            for name, data in sorted(values.items()):  # in one order, so that workers do not wait for each other
                insert = insert_into(database, row).values({"hash": name, column: data, "used": used})
                await connection.execute(
                    insert.on_conflict_do_update(index_elements=["hash"], set_={"used": insert.excluded.used})
                )


async def load_snapshot(database: Database, name: str) -> bytes | None:
    """The models of the snapshot with this hash. Raise `StoreUnavailable`."""
    return await _one(database, select(SnapshotRow.models).where(SnapshotRow.hash == name))


async def load_policy(database: Database, name: str) -> bytes | None:
    """The policy with this hash. Raise `StoreUnavailable`."""
    return await _one(database, select(PolicyRow.policy).where(PolicyRow.hash == name))


async def forget_unused(database: Database, now: datetime | None = None) -> int:
    """Remove what no record can refer to, because the oldest one is younger. Give the number.

    Raise `StoreUnavailable`.
    """
    gone = 0
    async with database.begin() as connection:
        oldest = (await connection.execute(select(func.min(RequestRow.at)))).scalar()
        limit = min(oldest or datetime.max.replace(tzinfo=UTC), now or datetime.now(UTC)) - _GRACE
        for row in (SnapshotRow, PolicyRow):
            gone += (await connection.execute(delete(row).where(row.used < limit))).rowcount
    return gone


async def decided_by_id(database: Database, identity: str) -> Decided | None:
    """The newest request of this id, decided or not. Raise `StoreUnavailable`."""
    query = select(*_COLUMNS).where(RequestRow.id == searched(identity)).order_by(RequestRow.number.desc()).limit(1)
    async with database.begin() as connection:
        row = (await connection.execute(query)).mappings().first()
    return None if row is None else Decided(**row)


async def count_decided(database: Database, since: datetime | None, limit: int) -> int:
    """How many `read_decided` will give. Raise `StoreUnavailable`."""
    newest = _newest(since, limit).subquery()
    async with database.begin() as connection:
        return (await connection.execute(select(func.count()).select_from(newest))).scalar_one()


async def read_decided(database: Database, since: datetime | None, limit: int) -> AsyncIterator[Sequence[Decided]]:
    """The newest `limit` decisions since then, newest first, some at a time. Raise `StoreUnavailable`."""
    left, before = limit, 2**63 - 1
    while left > 0:
        query = _newest(since, min(left, _PORTION)).where(RequestRow.number < before)
        async with database.begin() as connection:
            rows = (await connection.execute(query)).mappings().all()
        if not rows:
            return
        yield [Decided(**row) for row in rows]
        left, before = left - len(rows), rows[-1]["number"]


def _newest(since: datetime | None, limit: int) -> "Select[tuple[object, ...]]":
    """Requests that say what was chosen among which models."""
    query = select(*_COLUMNS).where(RequestRow.snapshot_hash != "").order_by(RequestRow.number.desc()).limit(limit)
    return query if since is None else query.where(RequestRow.at >= since)


async def _one(database: Database, query: "Select[bytes]") -> bytes | None:
    async with database.begin() as connection:
        found: bytes | None = (await connection.execute(query)).scalar_one_or_none()
    return found
