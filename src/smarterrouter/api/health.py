"""GET /health, /healthz, /readyz and their other spellings, /metrics: they tell the truth."""

import asyncio
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from smarterrouter import __version__
from smarterrouter.api.asgi import REQUEST_ID
from smarterrouter.api.services import Services
from smarterrouter.errors import StoreUnavailable
from smarterrouter.jobs.refresh_models import BackendStatus
from smarterrouter.jobs.scheduler import JobStatus
from smarterrouter.observability.metrics import CONTENT_TYPE

_encode = msgspec.json.encode
_DATABASE_SECONDS = 1.0


class Health:
    """Reads what the jobs have found; asks nobody itself, so a dead backend cannot make it slow."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def health(self, request: Request) -> Response:
        """All checks. 200 while something can be served or the first look is still going on, else 503 (row T1)."""
        checks = await self._checks()
        status = _status(checks)
        body = {
            "status": status,
            "version": __version__,
            "checks": checks,
            "request_id": request.scope.get(REQUEST_ID, ""),
        }
        return _json(body, 503 if status == "unhealthy" else 200)

    async def live(self, request: Request) -> Response:
        """The process runs and its loop turns."""
        return _json({"status": "ok"}, 200)

    async def alive(self, request: Request) -> Response:
        """The words that LiteLLM's probes expect."""
        return PlainTextResponse('"I\'m alive!"', media_type="application/json")

    async def ready(self, request: Request) -> Response:
        """200 when the database answers and at least one model can be reached (row LS8)."""
        database = await self._database()
        models = "ok" if self._reachable() else "none"
        ready = database == "ok" and models == "ok"
        body = {"status": "ready" if ready else "not ready", "db": database, "llm": models, "redis": "not used"}
        return _json(body, 200 if ready else 503)

    async def metrics(self, request: Request) -> Response:
        """Prometheus text format."""
        return Response(self._services.metrics.render(), headers={"content-type": CONTENT_TYPE})

    async def _checks(self) -> dict[str, Any]:
        services = self._services
        return {
            "database": {"status": await self._database()},
            "backends": {status.name: _backend(status) for status in services.refresh.observed()},
            "models": {
                "known": len(services.catalog.current.models),
                "reachable": self._reachable(),
                "first_look_done": services.find.looked,
            },
            "journal": {"waiting": services.journal.waiting, "dropped": services.journal.dropped},
            "background_tasks": {job.name: _job(job) for job in services.scheduler.status()},
        }

    def _reachable(self) -> int:
        models = self._services.catalog.current.models
        return sum(not (model.unreachable or model.missing) for model in models)

    async def _database(self) -> str:
        """Asked for real, but never for long."""
        if not self._services.database.ready.is_set():
            return "opening"
        try:
            async with asyncio.timeout(_DATABASE_SECONDS):
                await self._services.database.ping()
        except (StoreUnavailable, TimeoutError):
            return "unavailable"
        return "ok"


def _backend(status: BackendStatus) -> dict[str, Any]:
    word = "ok" if status.ok else "asking" if status.ok is None else "unreachable"
    return {"status": word, "models": status.models, "error": status.error}


def _job(job: JobStatus) -> dict[str, Any]:
    return {"running": job.running, "runs": job.runs, "failures": job.failures, "last_error": job.last_error}


def _status(checks: dict[str, Any]) -> str:
    if not checks["models"]["first_look_done"]:
        return "starting"
    if not checks["models"]["reachable"]:
        return "unhealthy"
    down = any(backend["status"] == "unreachable" for backend in checks["backends"].values())
    failing = any(job["last_error"] for job in checks["background_tasks"].values())
    return "degraded" if down or failing or checks["database"]["status"] != "ok" else "healthy"


def _json(body: object, status: int) -> Response:
    return Response(_encode(body), status, media_type="application/json", headers={"cache-control": "no-store"})
