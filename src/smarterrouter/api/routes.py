"""Every URL of the service on one page.

Open: everything listed here; keys for /v1 have their room in `access/`. Closed: /admin/*, inside the application at
the end.
"""

from collections.abc import Mapping

from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp

from smarterrouter.api.endpoint import DataEndpoint, RequestLimits
from smarterrouter.api.health import Health
from smarterrouter.api.landing import landing
from smarterrouter.api.models import Models
from smarterrouter.api.services import Services


def data_routes(services: Services) -> dict[str, DataEndpoint]:
    """The routes that carry the load: POST only, one exact path each."""
    limits, accounting = _limits(services), services.accounting
    return {
        "/v1/chat/completions": DataEndpoint("chat", services.chat.answer, limits, accounting),
        "/v1/completions": DataEndpoint("completions", services.completions.answer, limits, accounting),
        "/v1/embeddings": DataEndpoint("embeddings", services.embeddings.answer, limits, accounting),
    }


def routes(services: Services, data: Mapping[str, DataEndpoint], admin: ASGIApp) -> list[BaseRoute]:
    """All routes, the busiest first. `admin` serves /admin, /docs, /redoc and /openapi.json."""
    health = Health(services)
    models = Models(services)
    return [
        *(Route(path, endpoint) for path, endpoint in data.items()),
        Route("/v1/models", models.all),
        Route("/v1/models/{id:path}", models.one),
        Route("/health", health.health),
        Route("/healthz", health.live),
        Route("/readyz", health.ready),
        Route("/health/liveliness", health.alive),
        Route("/health/liveness", health.alive),
        Route("/health/readiness", health.ready),
        Route("/metrics", health.metrics),
        Route("/", landing),
        Mount("/", admin),
    ]


def _limits(services: Services) -> RequestLimits:
    server = services.settings.server
    total = float(server.request_timeout_seconds) if server.request_timeout_enabled else None
    return RequestLimits(server.max_request_body_bytes, float(server.request_body_timeout_seconds), total)
