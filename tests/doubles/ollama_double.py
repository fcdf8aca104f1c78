"""A double of Ollama's HTTP server for tests: the shapes of its public documentation over a real socket. Not Ollama.

Source of the shapes: https://github.com/ollama/ollama/blob/main/docs/api.md. It runs no model; answers are made up by
`ollama_double_models.py`, where one token is one word.

Example::

    async with OllamaDouble(models=[DoubleModel("qwen2.5:7b")]) as double:
        await client.get(double.url + "/api/tags")
        assert double.bodies("/api/chat") == []

`python -m tests.doubles.ollama_double NAME…` serves the named models until it is killed and writes its address first.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Sequence
from typing import Any

from aiohttp import web
from tests.doubles.ollama_double_models import (
    CREATED,
    DoubleModel,
    Refused,
    chat_answer,
    check_keep_alive,
    check_options,
    context_of,
    embed,
    generate_answer,
    lines_of,
    whole_of,
)

__all__ = ["DoubleModel", "OllamaDouble"]


class OllamaDouble:
    """A running double. Faults are switched on by assigning the attributes below, at any time."""

    def __init__(self, models: Sequence[DoubleModel | str] = ("double:1b",), *, port: int = 0) -> None:
        """`models` are installed at the start; a bare name makes a model with defaults. Port 0 takes a free one."""
        made = [DoubleModel(model) if isinstance(model, str) else model for model in models]
        self.models: dict[str, DoubleModel] = {model.name: model for model in made}
        self.loaded: dict[str, int] = {}
        """Loaded models and the context each was loaded with."""
        self.loads: list[tuple[str, int]] = []
        """Every load that took place, reloads because of another context included."""
        self.requests: list[tuple[str, dict[str, Any]]] = []
        """Path and body of everything that was asked, in order."""
        self.headers: list[dict[str, str]] = []
        """The headers of the same requests, names in lower case."""
        self.cuts = 0
        """How many prompts were silently cut."""
        self.active = 0
        """Generations that run now."""
        self.abandoned = 0
        """Generations whose caller left."""
        self.break_after: int | None = None
        """Drop the connection after this many lines."""
        self.end_after: int | None = None
        """End the stream cleanly, but without `done`, after this many lines."""
        self.error_after: int | None = None
        """Send an error line after this many lines and end."""
        self.error_line: dict[str, Any] = {"error": "an error was encountered while running the model"}
        self.raw_answer: bytes | None = None
        """Answer 200 with these bytes instead of a stream or an object."""
        self.fragment: int | None = None
        """Write the bytes in pieces of this size."""
        self.delay = 0.0
        """Seconds before each answer."""
        self.vram = 0
        """Bytes of a card that each loaded model takes."""
        self._failures: dict[str, list[tuple[int, str | bytes]]] = {}
        self._port = port
        self._runner: web.AppRunner | None = None
        self.url = ""

    async def __aenter__(self) -> "OllamaDouble":
        app = web.Application(client_max_size=2**26)
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    def fail(self, path: str, status: int, error: str | bytes, times: int = 1) -> None:
        """Answer the next `times` requests for `path` with `status` and an error text, or bytes as they are."""
        self._failures.setdefault(path, []).extend([(status, error)] * times)

    def bodies(self, path: str) -> list[dict[str, Any]]:
        """The bodies that were sent to `path`, in order."""
        return [body for asked, body in self.requests if asked == path]

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        path = request.path
        raw = await request.read()
        try:
            body = json.loads(raw) if raw else {}
        except ValueError:
            return _error(400, "invalid character looking for beginning of value")
        self.requests.append((path, body))
        self.headers.append({name.lower(): value for name, value in request.headers.items()})
        await asyncio.sleep(self.delay)
        if failures := self._failures.get(path):
            status, error = failures.pop(0)
            return web.Response(status=status, body=error) if isinstance(error, bytes) else _error(status, error)
        try:
            return await self._route(request, path, body, bool(raw))
        except Refused as refused:
            return _error(refused.status, refused.text)

    async def _route(self, request: web.Request, path: str, body: dict[str, Any], given: bool) -> web.StreamResponse:
        plain = {"/api/version": self._version, "/api/tags": self._tags, "/api/ps": self._ps}
        if path in plain:
            return web.json_response(plain[path]())
        work = {"/api/pull": self._pull, "/api/delete": self._delete, "/api/chat": self._generation}
        work |= {"/api/generate": self._generation}
        work |= dict.fromkeys(["/api/show", "/api/embed", "/api/embeddings"], self._object)
        if path in work:
            return await work[path](request, body) if given else _error(400, "missing request body")
        found = path == "/"
        return web.Response(status=200 if found else 404, text="Ollama is running" if found else "404 page not found")

    def _version(self) -> dict[str, Any]:
        return {"version": "0.0.0-double"}

    def _tags(self) -> dict[str, Any]:
        return {"models": [self._listed(model) for model in self.models.values()]}

    def _ps(self) -> dict[str, Any]:
        more = {"expires_at": "2030-01-02T03:04:05+01:00", "size_vram": self.vram}
        rows = [(self.models[name], context) for name, context in self.loaded.items() if name in self.models]
        return {"models": [{**self._listed(model), **more, "context_length": context} for model, context in rows]}

    def _listed(self, model: DoubleModel) -> dict[str, Any]:
        return {
            "name": model.name,
            "model": model.name,
            "modified_at": "2026-01-02T03:04:05.678901234+01:00",
            "size": model.size,
            "digest": model.digest,
            "details": model.details(),
        }

    def _model(self, body: dict[str, Any]) -> DoubleModel:
        name = str(body.get("model") or body.get("name") or "")
        if not name:
            raise Refused(400, "model is required")
        model = self.models.get(name if ":" in name else f"{name}:latest")
        if model is None:
            raise Refused(404, f"model '{name}' not found")
        return model

    async def _delete(self, request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        self.models.pop(self._model(body).name)
        return web.Response()

    async def _pull(self, request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        return await self._stream(request, self._pulling(body), body)

    async def _pulling(self, body: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
        model = DoubleModel(str(body.get("model")))
        yield {"status": "pulling manifest"}
        digest = f"sha256:{model.digest}"
        yield {"status": f"pulling {model.digest[:12]}", "digest": digest, "total": 100}
        yield {"status": f"pulling {model.digest[:12]}", "digest": digest, "total": 100, "completed": 100}
        yield {"status": "verifying sha256 digest"}
        yield {"status": "writing manifest"}
        self.models[model.name] = model
        yield {"status": "success"}

    async def _object(self, request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        model = self._model(body)
        shown = model.show() if request.path == "/api/show" else await self._vectors(request.path, model, body)
        return self._raw() or web.json_response(shown)

    async def _vectors(self, path: str, model: DoubleModel, body: dict[str, Any]) -> dict[str, Any]:
        if "embedding" not in model.capabilities:
            raise Refused(501, "this model does not support embeddings")
        options = check_options(body.get("options"))
        await self._load(model, options, body)
        if path == "/api/embeddings":
            return {"embedding": embed(model, str(body.get("prompt") or ""), body, options)[0]}
        given = body.get("input")
        texts = [given] if isinstance(given, str) else given
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise Refused(400, "invalid input type")
        made = [embed(model, text, body, options) for text in texts]
        counts = {"total_duration": 2, "load_duration": 1, "prompt_eval_count": sum(count for _, count in made)}
        return {"model": body["model"], "embeddings": [vector for vector, _ in made], **counts}

    async def _load(self, model: DoubleModel, options: dict[str, Any], body: dict[str, Any]) -> None:
        check_keep_alive(body.get("keep_alive"))
        context = context_of(model, options)
        if self.loaded.get(model.name) != context:
            await asyncio.sleep(model.load_seconds)
            self.loads.append((model.name, context))
            self.loaded[model.name] = context

    async def _generation(self, request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        model, chat = self._model(body), request.path == "/api/chat"
        options = check_options(body.get("options"))
        unload = body.get("keep_alive") in {0, "0", "0s"}
        if not body.get("messages" if chat else "prompt"):
            return web.json_response(await self._load_only(model, chat, options, body))
        answer = (chat_answer if chat else generate_answer)(model, body, options)
        self.cuts += answer.cut
        await self._load(model, options, body)
        if raw := self._raw():
            return raw
        lines = lines_of(model, body, answer)
        try:
            self.active += 1
            if body.get("stream") is False:
                return web.json_response(await whole_of(lines))
            return await self._stream(request, lines, body)
        except (asyncio.CancelledError, ConnectionError):
            self.abandoned += 1
            raise
        finally:
            self.active -= 1
            if unload:
                self.loaded.pop(model.name, None)

    async def _load_only(
        self, model: DoubleModel, chat: bool, options: dict[str, Any], body: dict[str, Any]
    ) -> dict[str, Any]:
        empty = {"message": {"role": "assistant", "content": ""}} if chat else {"response": ""}
        reason = "unload" if body.get("keep_alive") in {0, "0", "0s"} else "load"
        if reason == "load":
            await self._load(model, options, body)
        else:
            self.loaded.pop(model.name, None)
        return {"model": model.name, "created_at": CREATED, **empty, "done": True, "done_reason": reason}

    def _raw(self) -> web.Response | None:
        return None if self.raw_answer is None else web.Response(body=self.raw_answer, content_type="text/html")

    async def _stream(
        self, request: web.Request, lines: AsyncIterator[dict[str, Any]], body: dict[str, Any]
    ) -> web.StreamResponse:
        if body.get("stream") is False:
            return web.json_response([line async for line in lines][-1])
        response = web.StreamResponse(headers={"content-type": "application/x-ndjson"})
        await response.prepare(request)
        count = 0
        async for line in lines:
            if count == self.break_after and request.transport is not None:
                request.transport.abort()
                return response
            if count == self.error_after:
                await self._write(response, self.error_line)
                break
            if count == self.end_after:
                break
            await self._write(response, line)
            count += 1
        await response.write_eof()
        return response

    async def _write(self, response: web.StreamResponse, line: dict[str, Any]) -> None:
        data = json.dumps(line, ensure_ascii=False).encode() + b"\n"
        step = self.fragment or len(data)
        for start in range(0, len(data), step):
            await response.write(data[start : start + step])
            if step < len(data):
                await asyncio.sleep(0)


def _error(status: int, text: str) -> web.Response:
    return web.json_response({"error": text}, status=status)


async def _serve(names: list[str]) -> None:
    async with OllamaDouble(models=names or ["double:1b"]) as double:
        sys.stdout.write(double.url + "\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1:]))
