"""A double of llama.cpp's router mode and of llama-swap: lists and errors over real HTTP, real servers behind.

    async with TinyServer(name="a") as server, Switch("router", {"a": server, "b": None, "broken": FAILED}) as switch:
        switch.url                  # what a user would configure
        switch.asked                # "model /path" of each request that went through to a model
        switch.models["b"] = other  # loads it

A model whose server is None is known and not loaded. Shapes: README.md of llama.cpp's tools/server and of llama-swap.
"""

from typing import Any, Self

import aiohttp
from aiohttp import web
from tests.doubles.tiny_models import TinyServer

FAILED = "failed"
Behind = TinyServer | str | None


class Switch:
    """One address with many models; see the top of this file."""

    def __init__(self, kind: str, models: dict[str, Behind], *, arguments: tuple[str, ...] = ()) -> None:
        self.kind = kind
        self.models = models
        self.arguments = [*arguments]
        self.asked: list[str] = []
        self.url = ""
        self._session: aiohttp.ClientSession | None = None
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession()
        app = web.Application()
        app.router.add_get("/v1/models", self._list)
        app.router.add_get("/running", self._running)
        app.router.add_route("*", "/upstream/{model}/{path:.*}", self._upstream)
        app.router.add_route("*", "/{path:.*}", self._routed)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._runner is not None
        assert self._session is not None
        await self._runner.cleanup()
        await self._session.close()

    async def _list(self, _: web.Request) -> web.Response:
        return web.json_response({"object": "list", "data": [await self._entry(name) for name in self.models]})

    async def _entry(self, name: str) -> dict[str, Any]:
        if self.kind == "swap":
            return {"id": name, "object": "model", "created": 1_700_000_000, "owned_by": "llama-swap"}
        behind = self.models[name]
        status: dict[str, Any] = {"value": "loaded" if isinstance(behind, TinyServer) else "unloaded"}
        status["args"] = ["llama-server", "--alias", name, *self.arguments]
        if behind == FAILED:
            status |= {"exit_code": 1, "failed": True}
        entry = {"id": name, "object": "model", "created": 1_700_000_000, "owned_by": "llamacpp", "status": status}
        entry["architecture"] = {"input_modalities": ["text"], "output_modalities": ["text"]}
        if isinstance(behind, TinyServer):
            entry["meta"] = (await behind.get("/v1/models"))["data"][0]["meta"]
        return entry

    async def _running(self, _: web.Request) -> web.Response:
        if self.kind != "swap":
            return _error(404, "File Not Found", "not_found_error")
        rows = [{"model": name, "state": "ready"} for name, behind in self.models.items() if behind]
        return web.json_response({"running": rows})

    async def _upstream(self, request: web.Request) -> web.Response:
        if self.kind != "swap":
            return _error(404, "File Not Found", "not_found_error")
        return await self._forward(request, request.match_info["model"], "/" + request.match_info["path"])

    async def _routed(self, request: web.Request) -> web.Response:
        name = request.query.get("model") or (await request.json()).get("model", "")
        if name not in self.models:
            return _error(400, f"model '{name}' not found", "invalid_request_error")
        if request.query.get("autoload") == "false" and not isinstance(self.models[name], TinyServer):
            return _error(400, "model is not loaded", "invalid_request_error")
        return await self._forward(request, name, request.path)

    async def _forward(self, request: web.Request, name: str, path: str) -> web.Response:
        behind = self.models[name]
        self.asked.append(f"{name} {path}")
        if not isinstance(behind, TinyServer):
            return _error(500, f"model name={name} failed to load", "server_error")
        assert self._session is not None
        async with self._session.request(request.method, behind.url + path, data=await request.read()) as answer:
            return web.Response(status=answer.status, body=await answer.read(), content_type=answer.content_type)


def _error(status: int, message: str, kind: str) -> web.Response:
    return web.json_response({"error": {"code": status, "message": message, "type": kind}}, status=status)
