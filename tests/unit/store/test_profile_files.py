import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs

from smarterrouter.domain.intent import Category
from smarterrouter.domain.knowledge import Ability, Profile
from smarterrouter.store import profiles as module
from smarterrouter.store.database import Database
from smarterrouter.store.profile_files import ImportReport, export_profiles, import_profiles, read_file
from smarterrouter.store.profiles import delete_profile, profile_history, profiles, save_profile

_THEN = 1_795_168_800.0
_NOW = _THEN + 1e6
_GOOD: dict[str, Any] = {"model": "a", "overall": {"mean": 0.5, "sd": 0.25}, "measured_at": _THEN}


def _profile(model: str = "a", at: float = _THEN, **changes: Any) -> Profile:
    return structs.replace(Profile(model, Ability(0.5, 0.25), measured_at=at), **changes)


def _file(*entries: Any, **changes: Any) -> bytes:
    return json.dumps({"format": "smarterrouter-profiles", "version": 1, "profiles": entries, **changes}).encode()


async def test_a_file_holds_everything_and_goes_to_another_machine(database: Database) -> None:
    saved = [
        _profile(at=_THEN, skills={Category.CODE: Ability(1.0, 0.5)}, first_token_ms={128: 9.5}),
        _profile(at=_THEN + 1, own={"mails": Ability(0.0, 1.0)}, json_validity=Ability(1.0, 0.0)),
        _profile("b", digest="x"),
    ]
    for profile in saved:
        await save_profile(database, profile)
    data = await export_profiles(database)
    file = json.loads(data)
    assert (file["format"], file["version"], len(file["profiles"])) == ("smarterrouter-profiles", 1, 3)
    assert file["exported_at"].endswith("Z")
    await delete_profile(database, "a")
    assert await import_profiles(database, data) == ImportReport(2, 1)
    assert await profile_history(database, "a") == (saved[1], saved[0])
    assert await import_profiles(database, data) == ImportReport(0, 3)


async def test_what_was_measured_here_is_not_overwritten(database: Database) -> None:
    await save_profile(database, _profile(suite="here"))
    assert await import_profiles(database, _file({**_GOOD, "suite": "there"})) == ImportReport(0, 1)
    assert (await profiles(database))["a"].suite == "here"


async def test_an_empty_house_has_an_empty_file(database: Database) -> None:
    assert await import_profiles(database, await export_profiles(database)) == ImportReport()


async def test_a_file_from_an_editor_with_a_mark_is_read(database: Database) -> None:
    assert (await import_profiles(database, b"\xef\xbb\xbf" + _file(_GOOD))).imported == 1


async def test_all_problems_are_told_at_once_and_nothing_is_imported(database: Database) -> None:
    bad = {"model": "b", "overal": {}, "skills": {"cooking": {"mean": 0, "sd": 1}}, "answers": "12", "measured_at": 5}
    report = await import_profiles(
        database, _file(_GOOD, bad, 7, {**_GOOD, "model": "", "tokens": -1}, {**_GOOD, "suite": "other"})
    )
    assert (report.imported, report.known) == (0, 0)
    told = "\n".join(report.problems)
    for words in (
        "profiles[1]: there is no member 'overal'",
        "profiles[1]: overall is missing",
        "profiles[1]: skills: Invalid enum value",
        "profiles[1]: answers: Expected `int`",
        "profiles[2]: it is not an object",
        "profiles[3]: tokens is negative",
        "profiles[3]: model is empty",
        "profiles[4]: 'a' is there twice with the same measured_at",
    ):
        assert words in told
    assert len(report.problems) == 8
    assert await profiles(database) == {}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff\xfe{}", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "not a file of profiles"),
        (b'{"profiles": []}', "not a file of profiles"),
        (_file(version=2), "version 2; this program reads version 1"),
        (_file(version=None), "version None"),
        (_file(profiles={}), "no list"),
        (_file({**_GOOD, "measured_at": None}), "measured_at: Expected"),
        (_file({key: value for key, value in _GOOD.items() if key != "measured_at"}), "measured_at is missing"),
        (_file({**_GOOD, "measured_at": _NOW * 1000}), "lies in the future"),
        (_file({**_GOOD, "measured_at": 10**400}), "profiles[0]: measured_at"),
        (_file({**_GOOD, "tokens": 10**400}), "profiles[0]: tokens"),
        (_file({**_GOOD, "suite": "\0"}), "suite has a NUL"),
    ],
)
def test_a_file_that_is_none_is_told_so(data: bytes, words: str) -> None:
    found, problems = read_file(data, _NOW)
    assert found == []
    assert words in problems[0]


async def test_a_flood_of_problems_is_cut(database: Database) -> None:
    report = await import_profiles(database, _file(*range(1000)))
    assert (len(report.problems), report.problems[-1]) == (201, "and 800 more")


async def test_an_import_that_fails_half_way_leaves_nothing(database: Database, refuse: Any) -> None:
    await refuse("profiles", "model", "'m-700'")
    with pytest.raises(Exception, match=r"refused|check constraint"):
        await import_profiles(database, _file(*({**_GOOD, "model": f"m-{number}"} for number in range(800))))
    assert await profiles(database) == {}


async def test_ac16_a_large_file_fits_into_statements_of_999_parameters(
    database: Database, statements: list[int]
) -> None:
    entries = [{**_GOOD, "model": f"m-{number}"} for number in range(800)]
    assert await import_profiles(database, _file(*entries)) == ImportReport(800)
    assert max(statements) <= 999
    assert len(await profiles(database)) == 800


async def test_a_long_history_is_cut_on_import_too(database: Database, monkeypatch: Any) -> None:
    monkeypatch.setattr(module, "HISTORY", 2)
    entries = [{**_GOOD, "measured_at": _THEN + number} for number in range(4)]
    assert (await import_profiles(database, _file(*entries, {**_GOOD, "model": "b"}))).imported == 5
    assert [profile.measured_at - _THEN for profile in await profile_history(database, "a")] == [3, 2]
    assert set(await profiles(database)) == {"a", "b"}


_MOMENTS = st.floats(1.0, _THEN).map(lambda at: round(at, 3))
_SAVED = st.lists(
    st.builds(_profile, st.sampled_from("abc"), _MOMENTS),
    max_size=12,
    unique_by=lambda one: (one.model, one.measured_at),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(saved=_SAVED)
async def test_export_and_import_are_a_round_trip(database: Database, saved: list[Profile]) -> None:
    for profile in saved:
        await save_profile(database, profile)
    before = [await profile_history(database, model) for model in "abc"]
    data = await export_profiles(database)
    for model in "abc":
        await delete_profile(database, model)
    assert await import_profiles(database, data) == ImportReport(len(saved))
    assert [await profile_history(database, model) for model in "abc"] == before
    for model in "abc":
        await delete_profile(database, model)


@settings(max_examples=200, deadline=None)
@given(
    data=st.binary(max_size=40)
    | st.recursive(
        st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(list(_GOOD)) | st.text(max_size=3), inner, max_size=4)
        ),
        max_leaves=8,
    ).map(_file)
)
def test_no_file_breaks_the_reader(data: bytes) -> None:
    found, problems = read_file(data, _NOW)
    assert bool(found) != bool(problems)
