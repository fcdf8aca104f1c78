"""`create_app()`: routes, middleware, lifespan."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response

from smarterrouter.api.admin import application
from smarterrouter.api.asgi import REQUEST_ID, STOPPING
from smarterrouter.api.errors import InternalError
from smarterrouter.api.middleware import Counted, RequestContext, SlowRequests
from smarterrouter.api.routes import data_routes, routes
from smarterrouter.bootstrap import House, build
from smarterrouter.errors import GatewayError
from smarterrouter.observability import logs
from smarterrouter.settings.groups import Settings
from smarterrouter.settings.loading import load


def create_app(house: House | None = None) -> RequestContext:
    """The ASGI application. Without `house` the settings are read and everything is built from them.

    Raise `SettingsError` with every problem at once.
    """
    if house is None:
        loaded = load()
        logs.configure(loaded.settings.observability.log_level, loaded.settings.observability.log_format)
        house = build(loaded.settings, loaded.warnings)
        if (fresh := house.services.admin_key.fresh) is not None:
            sys.stderr.write(f"Admin key (shown only now): {fresh}\n")
    middleware = _middleware(house.services.settings)
    data = data_routes(house.services)
    inner = Starlette(
        routes=routes(house.services, data, application.create(house.services)),
        middleware=middleware,
        exception_handlers={GatewayError: _ours, HTTPException: _theirs, Exception: _fault},  # type: ignore[dict-item]  # Starlette's type is wider
        lifespan=_lifespan(house),
    )
    counted = Counted(inner, data, house.services.metrics.answered)
    return RequestContext(counted, data, direct={} if middleware else data)


def _middleware(settings: Settings) -> list[Middleware]:
    """Only what is switched on: what is off costs nothing."""
    server = settings.server
    found: list[Middleware] = []
    if server.enable_slow_query_logging:
        found.append(Middleware(SlowRequests, milliseconds=server.slow_query_threshold_ms))
    if server.cors_origins:
        found.append(
            Middleware(
                CORSMiddleware,
                allow_origins=list(server.cors_origins),
                allow_credentials=server.cors_allow_credentials,
                allow_methods=list(server.cors_allow_methods),
                allow_headers=list(server.cors_allow_headers),
                expose_headers=["x-request-id", "x-smarterrouter-model"],
                max_age=server.cors_max_age,
            )
        )
    if server.enable_response_compression:
        found.append(Middleware(GZipMiddleware, minimum_size=server.compression_minimum_size))
    return found


def _lifespan(house: House):  # type: ignore[no-untyped-def]  # the decorator's return type cannot be spelled shortly
    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[dict[str, Any]]:
        try:
            await house.start()
            yield {STOPPING: asyncio.Event()}
        finally:
            await house.stop()

    return lifespan


async def _ours(request: Request, error: GatewayError) -> Response:
    return application.answer(error)


async def _fault(request: Request, error: Exception) -> Response:
    """Whatever went wrong is in the log with its trace: Starlette raises it again for the server."""
    return application.answer(InternalError(request.scope[REQUEST_ID]))


async def _theirs(request: Request, error: HTTPException) -> Response:
    return application.answer(application.from_http(error, request.url.path))
