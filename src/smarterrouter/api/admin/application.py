"""The FastAPI application behind /admin, /docs, /redoc and /openapi.json."""

from typing import Annotated, Any

from fastapi import Depends, FastAPI, Header, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from fastapi_offline import FastAPIOffline
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException

from smarterrouter import __version__
from smarterrouter.api.admin import experiments, explain, feedback, knowledge, routing
from smarterrouter.api.asgi import REQUEST_ID
from smarterrouter.api.errors import InternalError, error_answer
from smarterrouter.api.openapi import data_plane
from smarterrouter.api.services import Services
from smarterrouter.errors import BadRequest, GatewayError, MethodNotAllowed, NotFound
from smarterrouter.jobs.refresh_models import BackendStatus


class ModelView(BaseModel):
    """One model as the catalog knows it."""

    model_config = ConfigDict(extra="forbid")
    key: str
    backend: str
    name: str
    parameters_b: float | None
    active_b: float | None
    quantisation: str | None
    context_tokens: int | None
    chat: bool
    embeddings: bool
    vision: bool | None
    tools: bool | None
    thinking: bool | None
    loaded: bool | None
    missing: bool
    unreachable: bool
    test: bool


class ModelsView(BaseModel):
    """All models, and the number of the snapshot they are from."""

    snapshot: int
    models: list[ModelView]


class BackendView(BaseModel):
    """How a backend answered the last time it was asked."""

    ok: bool | None
    error: str
    models: int

    @classmethod
    def of(cls, status: BackendStatus) -> "BackendView":
        """The view of one status."""
        return cls(ok=status.ok, error=status.error, models=status.models)


class RefreshView(BaseModel):
    """What a refresh found."""

    snapshot: int
    models: int
    backends: dict[str, BackendView]


def create(services: Services) -> FastAPI:
    """The application; its pages work without the internet."""

    def admin(authorization: Annotated[str | None, Header(include_in_schema=False)] = None) -> None:
        services.admin_key.check(authorization)

    app = FastAPIOffline(
        title="SmarterRouter",
        version=__version__,
        description="One address for all your language models.",
        docs_url="/docs",
        redoc_url="/redoc",
        openapi_url="/openapi.json",
    )
    _add_errors(app)
    _add_routes(app, services, [Depends(admin)])
    app.include_router(knowledge.router(services, [Depends(admin)]))
    app.include_router(feedback.router(services, [Depends(admin)]))
    app.include_router(explain.router(services, [Depends(admin)]))
    app.include_router(routing.router(services.reloading, [Depends(admin)]))
    app.include_router(experiments.router(services, [Depends(admin)]))
    data_plane(app)
    return app


def _add_routes(app: FastAPI, services: Services, closed: list[Any]) -> None:
    @app.get("/admin/models", dependencies=closed, tags=["admin"])
    async def models() -> ModelsView:
        """Every model with what is known of it."""
        snapshot = services.catalog.current
        return ModelsView(snapshot=snapshot.number, models=[_view(model) for model in snapshot.models])

    @app.post("/admin/models/refresh", dependencies=closed, tags=["admin"])
    async def refresh() -> RefreshView:
        """Ask every backend for its models now."""
        await services.scheduler.run_now(services.find.name)
        snapshot = services.catalog.current
        backends = {status.name: BackendView.of(status) for status in services.refresh.observed()}
        return RefreshView(snapshot=snapshot.number, models=len(snapshot.models), backends=backends)


def _view(model: Any) -> ModelView:
    return ModelView(
        key=model.key,
        backend=model.backend,
        name=model.name,
        parameters_b=model.size.parameters_b,
        active_b=model.size.active_b,
        quantisation=model.size.quantisation,
        context_tokens=model.can.context_tokens,
        chat=model.can.chat,
        embeddings=model.can.embeddings,
        vision=model.can.vision,
        tools=model.can.tools,
        thinking=model.can.thinking,
        loaded=model.loaded,
        missing=model.missing,
        unreachable=model.unreachable,
        test=model.test,
    )


def _add_errors(app: FastAPI) -> None:
    """Everything that goes wrong here speaks OpenAI's error form too."""

    @app.exception_handler(GatewayError)
    async def gateway(request: Request, error: GatewayError) -> Response:
        return answer(error)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"][1:])
        return answer(BadRequest(f"{first['msg']} at {where or 'the body'}.", param=where or None))

    @app.exception_handler(HTTPException)
    async def other(request: Request, error: HTTPException) -> Response:
        return answer(from_http(error, request.url.path))

    @app.exception_handler(Exception)
    async def fault(request: Request, error: Exception) -> Response:
        return answer(InternalError(request.scope[REQUEST_ID]))


def answer(error: GatewayError) -> Response:
    """An error as a Starlette response."""
    status, headers, body = error_answer(error)
    return Response(body, status, headers={key.decode(): value.decode() for key, value in headers})


def from_http(error: HTTPException, path: str) -> GatewayError:
    """One of our errors for one of the framework's."""
    if error.status_code == 404:
        return NotFound(f"There is nothing at {path[:200]}. /docs lists what there is.")
    if error.status_code == 405:
        allowed = (error.headers or {}).get("Allow", "")
        return MethodNotAllowed(f"This method is not allowed at {path[:200]}; use {allowed}.", allowed=allowed)
    return BadRequest(str(error.detail))
