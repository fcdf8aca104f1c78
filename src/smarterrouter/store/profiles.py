"""Profiles of models: the newest counts, the older ones are its history."""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import structs
from sqlalchemy import Select, and_, delete, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from smarterrouter.domain.knowledge import Profile
from smarterrouter.store.batches import insert_into
from smarterrouter.store.database import Database
from smarterrouter.store.pages import Page, Span, read_all, read_page
from smarterrouter.store.profile_checks import faults
from smarterrouter.store.tables import ProfileRow
from smarterrouter.store.values import searched

log = logging.getLogger(__name__)

HISTORY = 365
"""Profiles kept of one model: with the newest one the oldest goes."""


async def save_profile(database: Database, profile: Profile) -> Profile:
    """Append `profile` to the history of its model, and give it as it was stored.

    Without a time it counts as measured now. The same model at the same microsecond is the same measurement: it is
    replaced. Raise `ValueError` that names every fault, `StoreUnavailable`.
    """
    now = datetime.now(UTC).timestamp()
    if profile.measured_at == 0:
        profile = structs.replace(profile, measured_at=now)
    if found := faults(profile, now):
        raise ValueError(f"This profile cannot be kept: {'; '.join(found)}.")
    insert = insert_into(database, ProfileRow).values(values_of(profile))
    changes = {name: insert.excluded[name] for name in ("digest", "quantisation", "suite", "profile")}
    async with database.begin() as connection:
        await connection.execute(
            insert.on_conflict_do_update(index_elements=[ProfileRow.model, ProfileRow.measured_at], set_=changes)
        )
        await trim(connection, profile.model)
    return profile


async def profiles(database: Database) -> dict[str, Profile]:
    """The newest profile of each model, by its key. Raise `StoreUnavailable`."""
    found = await read_all(database, _newest().order_by(ProfileRow.model), read_profile)
    return {profile.model: profile for profile in found}


async def profiles_page(
    database: Database, limit: int = 100, offset: int = 0, cursor: str | None = None
) -> Page[Profile]:
    """A page of them, by key. Raise `ValueError` for a cursor that is none of ours, `StoreUnavailable`."""
    return await read_page(database, _newest(), (ProfileRow.model,), Span(limit, offset, cursor), read_profile)


async def profile_history(database: Database, model: str, limit: int = 100) -> tuple[Profile, ...]:
    """The newest `limit` profiles of one model, newest first. Raise `StoreUnavailable`."""
    query = (
        select(ProfileRow.model, ProfileRow.profile)
        .where(ProfileRow.model == searched(model))
        .order_by(ProfileRow.measured_at.desc())
        .limit(max(1, min(limit, HISTORY)))
    )
    return tuple(await read_all(database, query, read_profile))


async def profile_count(database: Database, model: str) -> int:
    """How many profiles of one model are kept. Raise `StoreUnavailable`."""
    query = select(func.count()).select_from(ProfileRow).where(ProfileRow.model == searched(model))
    async with database.begin() as connection:
        return (await connection.execute(query)).scalar_one()


async def delete_profile(database: Database, model: str) -> int:
    """Remove all profiles of one model, history included. Give their number. Raise `StoreUnavailable`."""
    async with database.begin() as connection:
        return (await connection.execute(delete(ProfileRow).where(ProfileRow.model == searched(model)))).rowcount


def values_of(profile: Profile) -> dict[str, Any]:
    """The row of a profile without faults."""
    return {
        "model": profile.model,
        "measured_at": datetime.fromtimestamp(profile.measured_at, UTC),
        "digest": profile.digest,
        "quantisation": profile.quantisation,
        "suite": profile.suite,
        "profile": msgspec.json.encode(profile).decode(),
    }


def read_profile(row: Sequence[Any]) -> Profile | None:
    """The profile of a row (model, profile); None for one that another version wrote and this one cannot read."""
    try:
        return msgspec.json.decode(row[1], type=Profile)
    except msgspec.DecodeError as error:
        log.warning("a stored profile of %s cannot be read and is left out: %s", row[0], error)
        return None


async def trim(connection: AsyncConnection, model: str | None = None) -> None:
    """Within a transaction: let go of what is older than the history, of one model or of all."""
    age = func.row_number().over(partition_by=ProfileRow.model, order_by=ProfileRow.measured_at.desc())
    ranked = select(ProfileRow.model, ProfileRow.measured_at, age.label("age"))
    if model is not None:
        ranked = ranked.where(ProfileRow.model == model)
    aged = ranked.subquery()
    old = select(aged.c.model, aged.c.measured_at).where(aged.c.age > HISTORY)
    await connection.execute(delete(ProfileRow).where(tuple_(ProfileRow.model, ProfileRow.measured_at).in_(old)))


def _newest() -> Select[str, str]:
    last = (
        select(ProfileRow.model, func.max(ProfileRow.measured_at).label("measured_at"))
        .group_by(ProfileRow.model)
        .subquery()
    )
    same = and_(ProfileRow.model == last.c.model, ProfileRow.measured_at == last.c.measured_at)
    return select(ProfileRow.model, ProfileRow.profile).join(last, same)
