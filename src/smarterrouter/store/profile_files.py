"""Profiles as a file, to keep them, or to take them to another machine.

    {"format": "smarterrouter-profiles", "version": 1, "exported_at": "2026-11-20T10:00:00Z",
     "profiles": [{"model": "ollama/llama3.2:3b", "overall": {"mean": 0.4, "sd": 0.2}, "measured_at": 1795168800.0}]}

Each profile has the members of `Profile` (`domain/knowledge.py`); `model`, `overall` and `measured_at` must be there.
A file holds histories: one model may appear many times, at different moments.
"""

from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import Struct, structs
from sqlalchemy import select

from smarterrouter.domain.knowledge import Profile
from smarterrouter.store.batches import chunks, insert_into, table_of
from smarterrouter.store.database import Database
from smarterrouter.store.pages import read_all
from smarterrouter.store.profile_checks import faults
from smarterrouter.store.profiles import read_profile, trim, values_of
from smarterrouter.store.tables import ProfileRow
from smarterrouter.store.values import first_of, shown

FORMAT = "smarterrouter-profiles"
VERSION = 1
_MOST_PROBLEMS = 200
_MARK = b"\xef\xbb\xbf"
"""Some editors put it before UTF-8."""
_FIELDS = structs.fields(Profile)


class _File(Struct):
    format: str
    version: int
    exported_at: datetime
    profiles: list[Profile]


class ImportReport(Struct, frozen=True):
    """What became of a file."""

    imported: int = 0
    known: int = 0
    """Measurements (model and moment) that were already there; they were left alone."""
    problems: tuple[str, ...] = ()
    """Everything that is wrong with the file. With a single problem nothing is imported."""


async def export_profiles(database: Database) -> bytes:
    """All profiles with their history as JSON, by model, oldest first. Raise `StoreUnavailable`."""
    query = select(ProfileRow.model, ProfileRow.profile).order_by(ProfileRow.model, ProfileRow.measured_at)
    file = _File(FORMAT, VERSION, datetime.now(UTC), await read_all(database, query, read_profile))
    return msgspec.json.format(msgspec.json.encode(file), indent=2)


async def import_profiles(database: Database, data: bytes) -> ImportReport:
    """Add the profiles of a file to the histories, all or none. Importing a file twice changes nothing.

    Raise `StoreUnavailable`, after which nothing was imported.
    """
    found, problems = read_file(data, datetime.now(UTC).timestamp())
    if problems:
        return ImportReport(problems=first_of(problems, _MOST_PROBLEMS))
    rows = [values_of(profile) for profile in found]
    imported = 0
    async with database.begin() as connection:
        for chunk in chunks(rows, len(table_of(ProfileRow).columns)):
            insert = insert_into(database, ProfileRow).values(list(chunk)).on_conflict_do_nothing()
            imported += (await connection.execute(insert)).rowcount
        if imported:
            await trim(connection)
    return ImportReport(imported, len(rows) - imported)


def read_file(data: bytes, now: float) -> tuple[list[Profile], list[str]]:
    """The profiles in a file, and everything that is wrong with it. `now`: Unix seconds."""
    try:
        file = msgspec.json.decode(data.removeprefix(_MARK))
    except (ValueError, RecursionError) as error:  # msgspec's errors are ValueErrors, and so is bad UTF-8
        return [], [f"This is not JSON: {error}"]
    if problem := _head_problem(file):
        return [], [problem]
    profiles: dict[tuple[str, datetime], Profile] = {}
    problems: list[str] = []
    for place, raw in enumerate(file["profiles"]):
        profile, wrong = _profile(raw, now)
        problems += [f"profiles[{place}]: {words}" for words in wrong]
        if profile is not None:
            moment = (profile.model, datetime.fromtimestamp(profile.measured_at, UTC))
            if profiles.setdefault(moment, profile) != profile:
                problems.append(f"profiles[{place}]: {shown(profile.model)} is there twice with the same measured_at")
    return list(profiles.values()), problems


def _head_problem(file: Any) -> str:
    if not isinstance(file, dict) or file.get("format") != FORMAT:
        return f'This is not a file of profiles: it has no "format": "{FORMAT}".'
    if file.get("version") != VERSION:
        return f"The file has version {shown(file.get('version'))}; this program reads version {VERSION}."
    return "" if isinstance(file.get("profiles"), list) else 'It has no list of "profiles".'


def _profile(raw: Any, now: float) -> tuple[Profile | None, list[str]]:
    if not isinstance(raw, dict):
        return None, ["it is not an object"]
    names = {field.name for field in _FIELDS}
    problems = [f"there is no member {shown(name)}" for name in raw if name not in names]
    values: dict[str, Any] = {}
    for field in _FIELDS:
        if field.name in raw:
            try:
                values[field.name] = msgspec.convert(raw[field.name], field.type, str_keys=True)
            except (msgspec.ValidationError, OverflowError) as error:
                problems.append(f"{field.name}: {error}")
        elif field.required or field.name == "measured_at":
            problems.append(f"{field.name} is missing")
    if problems:
        return None, problems
    profile = Profile(**values)
    wrong = list(faults(profile, now))
    return (None, wrong) if wrong else (profile, [])
