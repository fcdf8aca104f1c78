"""/admin: profiles, published scores, sync and profiling."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response, StreamingResponse

from smarterrouter.api.admin.skills import model_knowledge
from smarterrouter.api.asgi import STOPPING, Receive, Scope, Send, whole_body
from smarterrouter.api.openapi_answers import answered, refusal
from smarterrouter.api.openapi_profiles import FILE_BODY, MEASURED_BODY
from smarterrouter.api.services import Services
from smarterrouter.domain.knowledge import Profile
from smarterrouter.domain.models import Model
from smarterrouter.errors import BadRequest, GatewayError, NotFound
from smarterrouter.jobs.profile_models import ProfileModels, reason_against
from smarterrouter.profiling.events import Event
from smarterrouter.store.benchmarks import published_page
from smarterrouter.store.database import Database
from smarterrouter.store.pages import Page
from smarterrouter.store.profile_files import export_profiles, import_profiles
from smarterrouter.store.profiles import delete_profile, profile_history, profiles_page
from smarterrouter.store.syncs import sync_status
from smarterrouter.wire import sse

Limit = Annotated[int, Query(ge=1, le=1000)]
Offset = Annotated[int, Query(ge=0, le=2**31)]
Cursor = Annotated[str | None, Query(max_length=4096)]
Answers = dict[int | str, dict[str, Any]]
_PROFILE_MEMBERS = frozenset(Profile.__struct_fields__)
_STORE: Answers = {503: refusal("The database is not available.")}
_GONE: Answers = {404: refusal("No such model.")}
_BAD: Answers = {400: refusal("A parameter is wrong.")}
_BAD_BODY: Answers = {
    400: refusal("The body or a parameter is wrong."),
    408: refusal("The request did not arrive in time."),
    413: refusal("The body is too large."),
}
_EVENT_STREAM = "text/event-stream"
_TEXT = {"type": "string"}
_KEEPALIVE_SECONDS = 15.0
"""Comments between events, so that nobody on the way takes the stream for dead."""


class EventStream(StreamingResponse):
    """Server-sent events without an end of their own. Also one that is cut off ends as a whole answer."""

    media_type = _EVENT_STREAM

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send events until the watcher or the gateway leaves."""
        try:
            await super().__call__(scope, receive, send)
        except asyncio.CancelledError:
            await send({"type": "http.response.body", "body": b"", "more_body": False})


class Busy(GatewayError):
    """Profiling is going on already."""

    status = 409
    code = "profiling_in_progress"


def router(services: Services, closed: list[Any]) -> APIRouter:
    """All routes about what is known of models; `closed` keeps everybody without the admin key out."""
    found = APIRouter(prefix="/admin", dependencies=closed, tags=["admin"], responses=_STORE)
    _add_models(found, services)
    _add_profiles(found, services)
    _add_profile_files(found, services)
    _add_profiling(found, services)
    _add_benchmarks(found, services)
    return found


def _add_models(router: APIRouter, services: Services) -> None:
    @router.get("/models/{name:path}", responses=_GONE | _BAD)
    async def model(name: str) -> Response:
        """What is known of one model: skills with their uncertainty, and every number with where it comes from."""
        found, models = _model(services, name), services.catalog.current.models
        return _json(await asyncio.to_thread(model_knowledge, services.known, found, models))


def _add_profiles(router: APIRouter, services: Services) -> None:
    database = services.database

    @router.get("/profiles", responses=_BAD)
    async def profiles(limit: Limit = 100, offset: Offset = 0, cursor: Cursor = None) -> Response:
        """The newest profile of each model, a page at a time (row Q1)."""
        return _page(await _paged(profiles_page, database, limit, offset, cursor), "profiles")

    @router.get("/profiles/{model:path}/history", responses=_GONE)
    async def history(model: str, limit: Limit = 100) -> Response:
        """The profiles of one model over time, newest first (row AB4). Also of a model that is gone."""
        key = _key_of_any(services, model)
        found = await profile_history(database, key, limit)
        if not found and key not in services.catalog.current.by_key:
            raise NotFound(f"There is no model {model[:200]}, and no profile of it.")
        return _json({"model": key, "profiles": found})

    @router.put("/profiles/{model:path}", responses=_GONE | _BAD_BODY, openapi_extra=MEASURED_BODY)
    async def put(model: str, request: Request) -> Response:
        """Put in what an external profiler has measured (row AB9). The address names the model, not the body."""
        key = _model(services, model).key
        profile = _external(key, await _body(request, services))
        try:
            await services.profiling.keep(profile)
        except ValueError as error:
            raise BadRequest(str(error)) from None
        return _json({"stored": key})

    @router.delete("/profiles/{model:path}", responses=_GONE)
    async def delete(model: str) -> Response:
        """Forget the profiles of one model, also of one that is gone."""
        key = _key_of_any(services, model)
        gone = await delete_profile(database, key)
        services.known.forget_profile(key)
        if not gone:
            raise NotFound(f"There is no profile of {model[:200]}.")
        return _json({"deleted": gone})


def _add_profile_files(router: APIRouter, services: Services) -> None:
    database = services.database

    @router.get("/profiles/export")
    async def export() -> Response:
        """All profiles as one file that another gateway can import (row AB8)."""
        headers = {"content-disposition": 'attachment; filename="profiles.json"'}
        return Response(await export_profiles(database), media_type="application/json", headers=headers)

    @router.post("/profiles/import", responses=_BAD_BODY, openapi_extra=FILE_BODY)
    async def take_in(request: Request) -> Response:
        """Import an exported file. All or nothing; every problem is named."""
        report = await import_profiles(database, await _body(request, services))
        if report.problems:
            raise BadRequest(f"Nothing was imported. {' '.join(report.problems[:10])}")
        await services.profiling.load()
        return _json(report)


def _add_profiling(router: APIRouter, services: Services) -> None:
    profiling = services.profiling
    running: Answers = {409: refusal("Profiling is going on already.")} | _GONE | _BAD

    @router.post("/reprofile", status_code=202, responses=running)
    @router.post("/models/reprofile", status_code=202, responses=running)
    async def reprofile(force: bool = False, model: Annotated[str | None, Query(max_length=256)] = None) -> Response:
        """Profile in the background: what needs it, all with `force`, or one that is named (rows Q3, E5)."""
        wanted = [_profilable(services, model)] if model is not None else profiling.wanted(force=force)
        if wanted and not profiling.begin(wanted, anew=force):
            raise Busy(
                "Profiling is going on. GET /admin/profiling shows how far it is; POST /admin/profiling/cancel ends it."
            )
        return _json({"profiling": [one.key for one in wanted]}, 202)

    @router.get("/profiling")
    async def status() -> Response:
        """How far it is, model by model."""
        return _json({"running": profiling.going_on, "models": profiling.states})

    @router.post("/profiling/cancel")
    async def cancel() -> Response:
        """Stop. Answers so far are kept, so that it can be taken up again."""
        await profiling.cancel()
        return _json({"running": profiling.going_on, "models": profiling.states})

    @router.get("/profiling/events", response_class=EventStream, responses={200: answered(_TEXT, kind=_EVENT_STREAM)})
    async def events(request: Request) -> EventStream:
        """Server-sent events while models are profiled, for dashboards. They end when the gateway is stopped."""
        return EventStream(_events(profiling, request.scope["state"][STOPPING]))


def _add_benchmarks(router: APIRouter, services: Services) -> None:
    database = services.database

    @router.get("/benchmarks", responses=_BAD)
    async def benchmarks(
        limit: Limit = 100,
        offset: Offset = 0,
        cursor: Cursor = None,
        model: Annotated[str | None, Query(max_length=256)] = None,
    ) -> Response:
        """Published scores with where they come from, a page at a time (row Q2)."""

        async def page(database: Database, limit: int, offset: int, cursor: str | None) -> Page[Any]:
            return await published_page(database, limit, offset, cursor, model)

        return _page(await _paged(page, database, limit, offset, cursor), "benchmarks")

    @router.get("/benchmarks/sources")
    async def sources() -> Response:
        """How the last reading of each source went."""
        return _json({"sources": await sync_status(database)})

    @router.post("/sync-benchmarks")
    async def sync() -> Response:
        """Read all sources now (row Q10)."""
        return _json(await services.sync.sync())


async def _events(profiling: ProfileModels, stopping: asyncio.Event) -> AsyncIterator[bytes]:
    with profiling.watch() as queue:
        yield sse.comment("profiling events")
        while not stopping.is_set():
            event = await _next(queue, stopping)
            yield sse.comment("keepalive") if event is None else sse.frame(msgspec.json.encode(event))


async def _next(queue: asyncio.Queue[Event], stopping: asyncio.Event) -> Event | None:
    """The next event; None when there was none for a while, or the gateway is being stopped."""
    coming, ending = asyncio.ensure_future(queue.get()), asyncio.ensure_future(stopping.wait())
    try:
        await asyncio.wait({coming, ending}, timeout=_KEEPALIVE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        return coming.result() if coming.done() else None
    finally:
        coming.cancel()
        ending.cancel()


async def _paged(
    page: Callable[..., Any], database: Database, limit: int, offset: int, cursor: str | None
) -> Page[Any]:
    try:
        found: Page[Any] = await page(database, limit, offset, cursor)
    except ValueError as error:
        raise BadRequest(str(error), param="cursor") from None
    return found


def _page(page: Page[Any], name: str) -> Response:
    return _json({name: page.rows, "next_cursor": page.cursor, "total": page.total})


def _json(body: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(body), status, media_type="application/json")


async def _body(request: Request, services: Services) -> bytes:
    """The whole body. Raise `TooLarge`, `SlowBody`, or `BadRequest` when it is empty or breaks off."""
    server = services.settings.server
    body = await whole_body(
        request.scope, request.receive, server.max_request_body_bytes, server.request_body_timeout_seconds
    )
    if not body:
        raise BadRequest("The body is empty.")
    return body


def _external(key: str, body: bytes) -> Profile:
    """The profile in a body. Raise `BadRequest`."""
    try:
        members = msgspec.json.decode(body, type=dict[str, Any])
        unknown = sorted(members.keys() - _PROFILE_MEMBERS)
        if unknown:
            raise BadRequest(f"A profile has no member {unknown[0][:100]!r}.")
        return msgspec.convert({**members, "model": key, "external": True}, Profile, str_keys=True)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, OverflowError) as error:
        raise BadRequest(f"This is no profile: {error}") from None


def _key_of_any(services: Services, name: str) -> str:
    """The key that `name` stands for now, or the name itself: models that are gone have profiles too."""
    found = services.catalog.current.resolutions.get(name)
    return found.models[0].key if found is not None and found.models else name


def _profilable(services: Services, name: str) -> Model:
    model = _model(services, name)
    if reason := reason_against(model):
        raise BadRequest(f"{model.key} cannot be profiled. {reason}", param="model")
    return model


def _model(services: Services, name: str) -> Model:
    """The model that `name` stands for. Raise `NotFound`, `BadRequest` for what cannot be a name."""
    found = services.catalog.current.find(name)
    if found is None or not found.models:
        raise NotFound(f"There is no model {name[:200]}.")
    return found.models[0]
