"""Every URL of the service on one page.

Open: everything listed here; keys for /v1 have their room in `access/`. Closed: /admin/*, inside the application at
the end.
"""

from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route, request_response
from starlette.types import ASGIApp, Receive, Scope, Send

from smarterrouter.api.endpoint import DataEndpoint, RequestLimits
from smarterrouter.api.feedback import Feedback
from smarterrouter.api.health import Health
from smarterrouter.api.landing import landing
from smarterrouter.api.models import Models
from smarterrouter.api.services import Services
from smarterrouter.errors import MethodNotAllowed


def data_routes(services: Services) -> dict[str, DataEndpoint]:
    """The routes that carry the load: POST only, one exact path each."""
    limits, accounting, noticing = _limits(services), services.accounting, services.noticing
    return {
        "/v1/chat/completions": DataEndpoint("chat", services.chat.answer, limits, accounting, noticing),
        "/v1/completions": DataEndpoint("completions", services.completions.answer, limits, accounting, noticing),
        "/v1/embeddings": DataEndpoint("embeddings", services.embeddings.answer, limits, accounting),
    }


def routes(services: Services, data: Mapping[str, DataEndpoint], admin: ASGIApp) -> list[BaseRoute]:
    """All routes, the busiest first. `admin` serves /admin, /docs, /redoc and /openapi.json."""
    health = Health(services)
    models = Models(services)
    return [
        *(Route(path, endpoint) for path, endpoint in data.items()),
        Route("/v1/feedback", _Post(Feedback(services).vote)),
        Route("/v1/models", _Get(models.all)),
        Route("/v1/models/{id:path}", _Get(models.one)),
        Route("/health", _Get(health.health)),
        Route("/healthz", _Get(health.live)),
        Route("/readyz", _Get(health.ready)),
        Route("/health/liveliness", _Get(health.alive)),
        Route("/health/liveness", _Get(health.alive)),
        Route("/health/readiness", _Get(health.ready)),
        Route("/metrics", _Get(health.metrics)),
        Route("/", _Get(landing)),
        Mount("/", admin),
    ]


class _Get:
    """An endpoint for GET and HEAD. Starlette would pass other methods on to the mount, where nothing has this path."""

    def __init__(self, endpoint: Callable[[Request], Awaitable[Response]]) -> None:
        self._serve = request_response(endpoint)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] not in {"GET", "HEAD"}:
            raise MethodNotAllowed(f"{scope['method']} is not allowed here; use GET.", allowed="GET, HEAD")
        await self._serve(scope, receive, send)


class _Post:
    """An endpoint for POST, and nothing else."""

    def __init__(self, endpoint: Callable[[Request], Awaitable[Response]]) -> None:
        self._serve = request_response(endpoint)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "POST":
            raise MethodNotAllowed(f"{scope['method']} is not allowed here; use POST.", allowed="POST")
        await self._serve(scope, receive, send)


def _limits(services: Services) -> RequestLimits:
    server = services.settings.server
    total = float(server.request_timeout_seconds) if server.request_timeout_enabled else None
    return RequestLimits(server.max_request_body_bytes, float(server.request_body_timeout_seconds), total)
