"""GET /v1/models and /v1/models/{id}: made once for each snapshot, so a dead backend cannot make them slow."""

from starlette.requests import Request
from starlette.responses import Response

from smarterrouter.api.services import Services
from smarterrouter.catalog.snapshot import Snapshot
from smarterrouter.gateway.choosing import found_or_raise
from smarterrouter.wire.models import ModelPages, build


class Models:
    """Lists what can be asked for."""

    def __init__(self, services: Services) -> None:
        self._catalog = services.catalog
        self._card = services.card
        self._router_only = services.settings.routing.models_list == "router"
        self._made_for = -1
        self._pages = ModelPages(b"", {})

    async def all(self, request: Request) -> Response:
        """The router first, then aliases, then every model."""
        return _json(self._current().all)

    async def one(self, request: Request) -> Response:
        """One entry, by any name that a request may use. Raise `UnknownModel`."""
        name = request.path_params["id"]
        pages, snapshot = self._current(), self._catalog.current
        body = pages.one.get(name)
        if body is None:
            found = found_or_raise(name, snapshot)
            key = self._card.name if found.routed or not found.models else found.models[0].key
            body = pages.one.get(key, pages.one[self._card.name])
        return _json(body)

    def _current(self) -> ModelPages:
        snapshot: Snapshot = self._catalog.current
        if snapshot.number != self._made_for:
            self._pages = build(self._card, snapshot.aliases, snapshot.listed, router_only=self._router_only)
            self._made_for = snapshot.number
        return self._pages


def _json(body: bytes) -> Response:
    return Response(body, media_type="application/json")
