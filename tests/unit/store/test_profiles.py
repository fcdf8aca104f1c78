import asyncio
import logging
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs
from sqlalchemy import text

from smarterrouter.domain.intent import Category
from smarterrouter.domain.knowledge import Ability, Profile
from smarterrouter.store import profiles as module
from smarterrouter.store.database import Database
from smarterrouter.store.profiles import (
    delete_profile,
    profile_count,
    profile_history,
    profiles,
    profiles_page,
    save_profile,
)

_THEN = 1_795_168_800.0
_FULL = Profile(
    "ollama/llama3.2:3b",
    Ability(0.25, 0.2),
    skills={Category.CODE: Ability(-0.5, 0.3), Category.MATHEMATICS: Ability(1 / 3, 0.25)},
    own={"our mails": Ability(0.1, 0.5)},
    answers=31,
    tokens=5120,
    tokens_per_second=41.5,
    first_token_ms={128: 90.5, 4096: 700.0},
    json_validity=Ability(0.9, 0.05),
    tool_validity=Ability(1.0, 0.0),
    effective_context=16_384,
    vram_gb=3.4,
    load_seconds=2.25,
    digest="sha256:1f",
    quantisation="Q4_K_M",
    suite="1.2",
    measured_at=_THEN + 0.125,
    judged=True,
    external=True,
)


def _profile(model: str = "a", at: float = _THEN, **changes: Any) -> Profile:
    return structs.replace(Profile(model, Ability(0.0, 1.0), measured_at=at), **changes)


async def test_a_profile_comes_back_as_it_was(database: Database) -> None:
    assert await save_profile(database, _FULL) == _FULL
    assert await profiles(database) == {_FULL.model: _FULL}


async def test_the_profiles_of_one_model_are_counted(database: Database) -> None:
    for model, at in (("a", _THEN), ("a", _THEN + 1), ("b", _THEN)):
        await save_profile(database, _profile(model, at))
    assert [await profile_count(database, model) for model in ("a", "b", "c", "\0")] == [2, 1, 0, 0]


async def test_the_newest_measurement_counts_whatever_was_written_last(database: Database) -> None:
    for at in (_THEN + 10, _THEN + 30, _THEN + 20):
        await save_profile(database, _profile(at=at))
    await save_profile(database, _profile("b", digest="other"))
    found = await profiles(database)
    assert {model: profile.measured_at for model, profile in found.items()} == {"a": _THEN + 30, "b": _THEN}
    history = await profile_history(database, "a")
    assert [profile.measured_at - _THEN for profile in history] == [30, 20, 10]
    assert [profile.measured_at - _THEN for profile in await profile_history(database, "a", 2)] == [30, 20]
    assert len(await profile_history(database, "a", -1)) == 1
    assert await profile_history(database, "\0") == ()


async def test_ac12_the_same_measurement_again_replaces_it_fields_that_are_maps_included(database: Database) -> None:
    await save_profile(database, _FULL)
    changed = structs.replace(_FULL, skills={Category.STEM: Ability(2.0, 0.1)}, first_token_ms={1: 2.0}, digest=None)
    await save_profile(database, changed)
    assert await profile_history(database, _FULL.model) == (changed,)


async def test_a_profile_without_a_time_is_measured_now(database: Database) -> None:
    before = datetime.now(UTC).timestamp()
    stored = await save_profile(database, _profile(at=0))
    assert before <= stored.measured_at <= datetime.now(UTC).timestamp()
    assert await profiles(database) == {"a": stored}


async def test_a_profile_with_faults_is_refused_with_all_of_them(database: Database) -> None:
    bad = _profile("", tokens=-1, vram_gb=float("nan"), suite="\0")
    with pytest.raises(
        ValueError, match=r"tokens is negative.*vram_gb is not a finite.*suite has a NUL.*model is empty"
    ):
        await save_profile(database, bad)
    assert await profiles(database) == {}


async def test_a_history_does_not_grow_for_ever(database: Database, monkeypatch: Any) -> None:
    monkeypatch.setattr(module, "HISTORY", 3)
    for number in range(5):
        await save_profile(database, _profile(at=_THEN + number))
        await save_profile(database, _profile("b", at=_THEN - number))
    assert [profile.measured_at - _THEN for profile in await profile_history(database, "a")] == [4, 3, 2]
    assert [profile.measured_at - _THEN for profile in await profile_history(database, "b")] == [0, -1, -2]


async def test_pages_show_the_newest_of_each_model(database: Database) -> None:
    for model in "abcde":
        await save_profile(database, _profile(model))
        await save_profile(database, _profile(model, at=_THEN + 1))
    first = await profiles_page(database, 3)
    second = await profiles_page(database, 3, cursor=first.cursor)
    assert [profile.model for profile in first.rows + second.rows] == list("abcde")
    assert {profile.measured_at for profile in first.rows + second.rows} == {_THEN + 1}
    assert (first.total, second.cursor) == (5, None)
    assert [profile.model for profile in (await profiles_page(database, 2, 3)).rows] == ["d", "e"]
    with pytest.raises(ValueError, match="cursor"):
        await profiles_page(database, cursor="nonsense")


async def test_a_deleted_profile_takes_its_history_along(database: Database) -> None:
    for at in (1.0, 2.0):
        await save_profile(database, _profile(at=at))
    await save_profile(database, _profile("b"))
    assert await delete_profile(database, "a") == 2
    assert await delete_profile(database, "a") == await delete_profile(database, "\ud800") == 0
    assert set(await profiles(database)) == {"b"}


async def test_ac08_a_profile_of_another_version_is_read_or_left_out(database: Database, caplog: Any) -> None:
    await save_profile(database, _profile("a"))
    await save_profile(database, _profile("b"))
    async with database.begin() as connection:
        change = text("UPDATE profiles SET profile = :profile WHERE model = :model")
        newer = '{"model": "a", "overall": {"mean": 1, "sd": 1, "skew": 0}, "of_tomorrow": {}}'
        await connection.execute(change, {"model": "a", "profile": newer})
        await connection.execute(change, {"model": "b", "profile": '{"model": "b", "overall": 0.7}'})
    with caplog.at_level(logging.WARNING):
        assert await profiles(database) == {"a": Profile("a", Ability(1, 1))}
    assert "profile of b cannot be read" in caplog.text
    assert (await profiles_page(database)).rows == (Profile("a", Ability(1, 1)),)


async def test_many_at_once_lose_nothing(database: Database) -> None:
    await asyncio.gather(*(save_profile(database, _profile(at=_THEN + number)) for number in range(12)))
    assert len(await profile_history(database, "a")) == 12


_NAME = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=30)
_ABILITY = st.builds(Ability, st.floats(-20, 20), st.floats(0, 9))
_SHARE = st.none() | st.builds(Ability, st.floats(0, 1), st.floats(0, 1))
_AMOUNT = st.none() | st.floats(0, 1e12)
PROFILES = st.builds(
    Profile,
    model=_NAME,
    overall=_ABILITY,
    skills=st.dictionaries(st.sampled_from(Category), _ABILITY),
    own=st.dictionaries(_NAME, _ABILITY, max_size=3),
    answers=st.integers(0, 2**53),
    tokens=st.integers(0, 2**53),
    tokens_per_second=_AMOUNT,
    first_token_ms=st.dictionaries(st.integers(0, 10**7), st.floats(0, 1e9), max_size=4),
    json_validity=_SHARE,
    tool_validity=_SHARE,
    effective_context=st.none() | st.integers(0, 10**9),
    vram_gb=_AMOUNT,
    load_seconds=_AMOUNT,
    digest=st.none() | _NAME,
    quantisation=st.none() | _NAME,
    suite=_NAME | st.just(""),
    measured_at=st.floats(1.0, _THEN - 1e8),
    judged=st.booleans(),
    external=st.booleans(),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(profile=PROFILES)
async def test_every_profile_comes_back(database: Database, profile: Profile) -> None:
    await save_profile(database, profile)
    assert (await profiles(database))[profile.model] == profile
    await delete_profile(database, profile.model)
