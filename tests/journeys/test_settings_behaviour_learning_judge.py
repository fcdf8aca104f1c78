"""Settings of the judge: a test changes each and observes what it does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from tests.doubles.behaviours import Served, observes, served
from tests.doubles.gateway import ADMIN_KEY, until
from tests.doubles.strange_upstream import StrangeUpstream, status, whole

AUTHORIZED = {"Authorization": f"Bearer {ADMIN_KEY}"}
GRADE = whole('{"accuracy": 0.5, "clarity": 0.5, "instructions": 0.5, "reason": "so so"}')


@asynccontextmanager
async def judged(**settings: str) -> AsyncIterator[tuple[Served, StrangeUpstream]]:
    """A gateway and a judge, who says one half of everything."""
    async with StrangeUpstream("referee") as judge:
        judge.always = GRADE
        chosen = {
            "JUDGE_ENABLED": "true",
            "JUDGE_BASE_URL": judge.base_url,
            "JUDGE_RETRY_BASE_DELAY": "0",
            "OFFLINE": "false",
            **settings,
        }
        async with served(**chosen) as world:
            yield world, judge


async def begin(world: Served) -> None:
    """Profile the model, without waiting for it."""
    assert (await world.gateway.post("/admin/reprofile", {}, AUTHORIZED)).status == 202


async def profile_of(world: Served) -> Any:
    """Profile the model and return its profile."""
    await begin(world)
    await until(lambda: world.gateway.house.services.known.profiles)
    return (await world.gateway.get("/admin/profiles", AUTHORIZED)).json()["profiles"][0]


@observes("JUDGE_ENABLED", "JUDGE_BASE_URL", "OFFLINE")
@pytest.mark.parametrize(("enabled", "offline"), [("true", "false"), ("false", "false"), ("true", "true")])
async def test_a_judge_grades(enabled: str, offline: str) -> None:
    async with judged(JUDGE_ENABLED=enabled, OFFLINE=offline) as (world, judge):
        grades = (enabled, offline) == ("true", "false")
        assert (await profile_of(world))["judged"] is grades
        assert bool(judge.requests) is grades


@observes("JUDGE_MODEL", "JUDGE_API_KEY", "JUDGE_HTTP_REFERER", "JUDGE_X_TITLE")
async def test_how_the_judge_is_asked() -> None:
    named = {"JUDGE_MODEL": "referee", "JUDGE_API_KEY": "its-key"}
    headed = {"JUDGE_HTTP_REFERER": "https://example.org", "JUDGE_X_TITLE": "My router"}
    async with judged(**named, **headed) as (world, judge):
        await profile_of(world)
        asked = judge.requests[0]
    assert asked.json()["model"] == "referee"
    assert asked.headers["authorization"] == "Bearer its-key"
    assert (asked.headers["http-referer"], asked.headers["x-title"]) == ("https://example.org", "My router")
    async with judged() as (world, judge):
        await profile_of(world)
        asked = judge.requests[0]
    assert asked.json()["model"] == "gpt-4o"
    assert {"authorization", "http-referer", "x-title"} & asked.headers.keys() == set()


@observes("JUDGE_MAX_RETRIES")
@pytest.mark.parametrize("retries", [0, 2])
async def test_how_often_a_busy_judge_is_asked(retries: int) -> None:
    async with judged(JUDGE_MAX_RETRIES=str(retries)) as (world, judge):
        judge.always = status(503)
        assert (await profile_of(world))["judged"] is False
        bodies = [request.body for request in judge.requests]
        assert {bodies.count(body) for body in bodies} == {1 + retries}


@observes("JUDGE_RETRY_BASE_DELAY")
@pytest.mark.parametrize(("delay", "again"), [("0", True), ("50", False)])
async def test_how_long_a_busy_judge_is_left_alone(delay: str, *, again: bool) -> None:
    async with judged(JUDGE_RETRY_BASE_DELAY=delay) as (world, judge):
        judge.always = status(503)
        await begin(world)
        await until(lambda: len(judge.requests) >= (2 if again else 1))
        if not again:
            await asyncio.sleep(0.3)
            assert len(judge.requests) == 1
