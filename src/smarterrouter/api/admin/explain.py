"""/admin/explain: why a model was chosen, or would be. Nothing is generated, and no state changes."""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from smarterrouter.api.asgi import whole_body
from smarterrouter.api.openapi_answers import reference, refusal
from smarterrouter.api.services import Services

_LONGEST_PROMPT = 20_000
"""Characters of a prompt in an address, which has at most 65,535 bytes: three for each when it is percent-encoded."""
_LONGEST_ID = 256
_CHAT = {"requestBody": {"required": True, "content": {"application/json": {"schema": reference("ChatRequest")}}}}
_BODY: dict[int | str, dict[str, Any]] = {
    400: refusal("The body is no chat request, or no model can serve it."),
    408: refusal("The request did not arrive in time."),
    413: refusal("The body is too large."),
}


def router(services: Services, closed: list[Any]) -> APIRouter:
    """The three routes; `closed` keeps everybody without the admin key out."""
    found = APIRouter(
        prefix="/admin/explain",
        dependencies=closed,
        tags=["admin"],
        responses={503: refusal("No model is available now, or the database is not.")},
    )
    _add_routes(found, services)
    return found


def _add_routes(router: APIRouter, services: Services) -> None:
    explaining = services.explaining

    @router.get("")
    async def explain(prompt: Annotated[str, Query(min_length=1, max_length=_LONGEST_PROMPT)]) -> Response:
        """Which model would answer this prompt, and why."""
        return _json(await explaining.prompt(prompt))

    @router.post("", responses=_BODY, openapi_extra=_CHAT)
    async def explain_chat(request: Request) -> Response:
        """The same for a whole chat request: messages, images, tools, and the name that it asks for."""
        return _json(await explaining.chat(await _body(request, services)))

    @router.get("/{id}", responses={404: refusal("No such request, or nothing was decided for it.")})
    async def explain_request(identity: Annotated[str, Path(alias="id", max_length=_LONGEST_ID)]) -> Response:
        """How a past request was decided: its id is the `x-request-id` of the answer."""
        return _json(await explaining.recorded(identity))


def _json(body: object) -> Response:
    return Response(msgspec.json.encode(body), media_type="application/json")


async def _body(request: Request, services: Services) -> bytes:
    """The whole body. Raise `TooLarge`, `SlowBody`, or `BadRequest` when it breaks off."""
    server = services.settings.server
    return await whole_body(
        request.scope, request.receive, server.max_request_body_bytes, server.request_body_timeout_seconds
    )
