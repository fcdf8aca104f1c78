"""When each model was there: the memory behind `active` and `last seen`."""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct
from sqlalchemy import select, update

from smarterrouter.store.batches import chunks, insert_into, table_of
from smarterrouter.store.database import Database
from smarterrouter.store.tables import SightingRow
from smarterrouter.store.values import name_fault, utc


class Sighting(Struct, frozen=True):
    """One model that is or was there."""

    model: str
    """Its key."""
    active: bool
    """Was it there the last time anybody looked?"""
    first_seen: datetime
    last_seen: datetime


async def models_seen(database: Database, keys: Iterable[str], at: datetime) -> None:
    """These models are there at `at`, and no others. `at` without a zone is UTC. Raise `StoreUnavailable`."""
    moment = utc(at)
    seen = sorted({key for key in keys if not name_fault(key)})  # sorted: two writers never wait for each other
    async with database.begin() as connection:
        await connection.execute(update(SightingRow).where(SightingRow.active).values(active=False))
        for chunk in chunks(seen, len(table_of(SightingRow).columns)):
            insert = insert_into(database, SightingRow).values(
                [{"model": key, "active": True, "first_seen": moment, "last_seen": moment} for key in chunk]
            )
            again = insert.on_conflict_do_update(
                index_elements=[SightingRow.model], set_={"active": True, "last_seen": insert.excluded.last_seen}
            )
            await connection.execute(again)


async def model_sightings(database: Database) -> tuple[Sighting, ...]:
    """All models that were ever seen, by key. Raise `StoreUnavailable`."""
    query = select(SightingRow.model, SightingRow.active, SightingRow.first_seen, SightingRow.last_seen)
    async with database.begin() as connection:
        rows = (await connection.execute(query.order_by(SightingRow.model))).all()
    return tuple(Sighting(*row) for row in rows)
