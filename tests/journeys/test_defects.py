"""Defects that are never to be repeated and that belong to no single part: shown on the whole gateway."""

import asyncio
import io
import json
import logging
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import event
from tests.doubles.behaviours import CHAT, Served, served
from tests.doubles.gateway import InProcessGateway, until
from tests.doubles.strange_upstream import RESET, Act, status, stream, whole

from smarterrouter.observability import logs


def started_by_itself() -> list[str]:
    """What the start of a gateway does once with the database, and has not finished."""
    names = [task.get_name() for task in asyncio.all_tasks()]
    return [name for name in names if name.startswith("job ") or name == "take up what is known"]


async def test_w20_a_request_costs_one_question_no_line_and_no_database(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    async with served() as world:
        await world.gateway.rows()
        await until(lambda: not started_by_itself())
        uses: list[str] = []
        engine = world.gateway.house.services.database.engine.sync_engine

        @event.listens_for(engine, "checkout")
        def taken(*_: object) -> None:
            task = asyncio.current_task()
            uses.append(task.get_name() if task is not None else "")

        caplog.clear()
        for number in range(100):
            answer = await world.chat(f"question {number}", model="auto", stream=bool(number % 2))
            assert answer.status == 200
        assert len(world.upstream.requests) == 100, "no warm-up, no second question"
        assert [record.getMessage() for record in caplog.records if record.name.startswith("smarterrouter")] == []
        assert len(await world.gateway.rows()) == 100
    assert set(uses) == {"write the journal"}, "a request is served in a task of its own, which takes no connection"
    assert len(uses) <= 20, "records are written in batches"


async def test_w22_requests_are_served_while_the_database_cannot_be_reached() -> None:
    async with served() as world:
        services = world.gateway.house.services
        services.database.ready.clear()
        for _ in range(5):
            assert (await world.chat()).status == 200
        await asyncio.sleep(0.05)
        assert services.journal.waiting >= 5
        services.database.ready.set()
        assert len(await world.gateway.rows()) == 5


async def health(world: Served) -> tuple[int, Any]:
    """Status and body of /health."""
    answer = await world.gateway.get("/health")
    return answer.status, answer.json()


async def test_w15_health_follows_what_is_there() -> None:
    async with served() as world:
        found, body = await health(world)
        assert (found, body["status"], body["checks"]["backends"]["one"]["status"]) == (200, "healthy", "ok")
        await world.upstream.pause()
        await world.gateway.look_again()
        found, body = await health(world)
        assert (found, body["status"], body["checks"]["backends"]["one"]["status"]) == (503, "unhealthy", "unreachable")
        assert body["checks"]["models"] == {"known": 1, "reachable": 0, "first_look_done": True}
        assert (await world.gateway.get("/readyz")).status == 503
        assert (await world.gateway.get("/healthz")).status == 200
        await world.upstream.resume()
        await world.gateway.look_again()
        assert (await health(world))[0] == 200


async def test_w15_no_path_and_no_name_of_a_caller_becomes_a_label() -> None:
    async with served() as world:
        for number in range(20):
            await world.gateway.get(f"/nothing/{number}")
            await world.gateway.get(f"/v1/models/none-{number}")
            await world.chat(model=f"none-{number}")
            await world.gateway.post(f"{CHAT}?model=none-{number}", {"messages": []}, {"x-request-id": f"id-{number}"})
        first = (await world.gateway.get("/metrics")).body.decode()
        await world.chat()
        readings = await world.gateway.metrics()
    for word in ("nothing", "none-", "id-1"):
        assert word not in first
    assert readings.sum("requests_total", endpoint="chat") == 41


async def test_w17_no_request_id_breaks_a_line_of_the_log() -> None:
    lines = io.StringIO()
    async with served() as world:
        logs.configure("DEBUG", "json", lines)
        try:
            world.upstream.always = status(500)
            for given in ("%s%d%n", "%(name)s", "a" * 128, 'quote"', "{0}"):
                await world.chat(headers={"X-Request-ID": given})
        finally:
            logs.configure("WARNING", "text")
    entries = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert entries
    assert all({"time", "level", "logger", "message"} <= entry.keys() for entry in entries)
    assert "Traceback" not in lines.getvalue()


async def test_w24_of_two_backends_the_named_model_answers_every_time() -> None:
    async with served("qwen2.5:72b", "qwen2.5:0.5b") as world:
        for name in ("qwen2.5:0.5b", "one/qwen2.5:0.5b", "qwen2.5:72b"):
            for _ in range(5):
                await world.chat(model=name)
        asked = Counter(request.json()["model"] for request in world.upstream.requests)
    assert asked == {"qwen2.5:0.5b": 10, "qwen2.5:72b": 5}


@pytest.mark.parametrize("act", [status(500), Act(before=(RESET,)), stream("a", RESET), whole("fine"), status(404)])
async def test_every_end_is_counted_once(act: Act) -> None:
    async with served(BACKEND_RETRY_ENABLED="false") as world:
        world.upstream.always = act
        for _ in range(3):
            await world.chat(stream=True)
        readings = await world.gateway.metrics()
        assert readings.sum("requests_total", endpoint="chat") == len(await world.gateway.rows()) == 3
        await until(lambda: not world.gateway.upstreams())


async def test_a_gateway_without_any_model_says_so() -> None:
    async with InProcessGateway(wait=False) as gateway:
        answer = await gateway.post(CHAT, {"messages": [{"role": "user", "content": "hi"}]})
    assert answer.status == 503
    assert answer.json()["error"]["code"] == "no_models"
