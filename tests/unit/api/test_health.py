import pytest

from smarterrouter import __version__
from smarterrouter.errors import StoreUnavailable

pytestmark = pytest.mark.asyncio(loop_scope="module")
HELLO = {"messages": [{"role": "user", "content": "hi"}]}


async def test_everything_well(world):
    answer = await world.gateway.get("/health", {"X-Request-ID": "mine"})
    assert answer.status == 200
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    assert (body["status"], body["version"], body["request_id"]) == ("healthy", __version__, "mine")
    checks = body["checks"]
    assert checks["database"] == {"status": "ok"}
    assert checks["backends"] == {"one": {"status": "ok", "models": 2, "error": ""}}
    assert checks["models"] == {"known": 2, "reachable": 2, "first_look_done": True}
    assert set(checks["journal"]) == {"waiting", "dropped"}
    assert checks["background_tasks"]["refresh_models"]["last_error"] == ""


@pytest.mark.parametrize("path", ["/healthz", "/health/liveliness", "/health/liveness"])
async def test_the_process_lives(world, path):
    answer = await world.gateway.get(path)
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize("path", ["/readyz", "/health/readiness"])
async def test_requests_can_be_served(world, path):
    answer = await world.gateway.get(path)
    assert answer.status == 200
    assert answer.json() == {"status": "ready", "db": "ok", "llm": "ok", "redis": "not used"}


async def test_w15_a_dead_backend_is_told(world):
    await world.upstream.pause()
    try:
        await world.gateway.look_again()
        answer = await world.gateway.get("/health")
        assert (answer.status, answer.json()["status"]) == (503, "unhealthy")
        assert answer.json()["checks"]["backends"]["one"]["status"] == "unreachable"
        assert "cannot be reached" in answer.json()["checks"]["backends"]["one"]["error"]
        ready = await world.gateway.get("/readyz")
        assert (ready.status, ready.json()["llm"]) == (503, "none")
        assert (await world.gateway.get("/healthz")).status == 200
    finally:
        await world.upstream.resume()
        await world.gateway.look_again()
    assert (await world.gateway.get("/health")).json()["status"] == "healthy"


async def test_the_first_look_is_no_illness(world, monkeypatch):
    monkeypatch.setattr(world.gateway.house.services.find, "looked", False)
    answer = await world.gateway.get("/health")
    assert (answer.status, answer.json()["status"]) == (200, "starting")


async def test_a_database_that_is_away_degrades_but_does_not_stop_serving(world, monkeypatch):
    database = world.gateway.house.services.database

    async def broken():
        raise StoreUnavailable("away")

    with monkeypatch.context() as patch:
        patch.setattr(database, "ping", broken)
        answer = await world.gateway.get("/health")
        assert (answer.status, answer.json()["status"]) == (200, "degraded")
        assert answer.json()["checks"]["database"] == {"status": "unavailable"}
        assert (await world.gateway.get("/readyz")).status == 503
        assert (await world.gateway.post("/v1/chat/completions", HELLO)).status == 200
    database.ready.clear()
    try:
        assert (await world.gateway.get("/readyz")).json()["db"] == "opening"
    finally:
        database.ready.set()


async def test_a_job_that_fails_degrades(world, monkeypatch):
    services = world.gateway.house.services

    async def broken():
        raise ZeroDivisionError("no")

    with monkeypatch.context() as patch:
        patch.setattr(services.refresh, "run", broken)
        await services.scheduler.run_now("refresh_models")
    answer = await world.gateway.get("/health")
    assert (answer.status, answer.json()["status"]) == (200, "degraded")
    assert answer.json()["checks"]["background_tasks"]["refresh_models"]["last_error"] == "ZeroDivisionError: no"
    await services.scheduler.run_now("refresh_models")
    assert (await world.gateway.get("/health")).json()["status"] == "healthy"


async def test_metrics_are_in_prometheus_own_format(world):
    answer = await world.gateway.get("/metrics")
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    readings = await world.gateway.metrics()
    assert readings.sum("models_known") == 2
    assert readings.sum("backend_up", backend="one") == 1
