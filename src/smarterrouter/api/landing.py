"""GET /: where to go from here, for people who open the address in a browser."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from smarterrouter import __version__

_BODY = msgspec.json.encode(
    {
        "name": "SmarterRouter",
        "version": __version__,
        "api": "/v1",
        "models": "/v1/models",
        "health": "/health",
        "metrics": "/metrics",
        "docs": "/docs",
    }
)


async def landing(request: Request) -> Response:
    """Name, version and addresses as JSON."""
    return Response(_BODY, media_type="application/json")
