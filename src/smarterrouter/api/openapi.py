"""Adds the data-plane shapes to the OpenAPI document: they are msgspec structs, which FastAPI does not know."""

from typing import Any

import msgspec
from fastapi import FastAPI

from smarterrouter.wire.chat import ChatCompletion, ChatRequest, CompletionRequest
from smarterrouter.wire.embeddings import EmbeddingsAnswer, EmbeddingsRequest

_REFERENCE = "#/components/schemas/{name}"
_ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["message", "type", "param", "code"],
            "properties": {
                "message": {"type": "string"},
                "type": {"type": "string"},
                "param": {"type": ["string", "null"]},
                "code": {"type": ["string", "integer", "null"]},
            },
        }
    },
}
_REFUSALS = {
    "400": "The request is not valid, or no model can serve it.",
    "404": "No model has this name.",
    "405": "Only POST is allowed here.",
    "408": "The body did not arrive in time.",
    "413": "The body or a message is too large.",
    "415": "The content type is not application/json.",
    "422": "The backend refused the request.",
    "429": "The backend limits the rate.",
    "502": "The backends failed.",
    "503": "No model is available now.",
    "504": "The time limit passed.",
}
_POSTS = (
    ("/v1/chat/completions", "Chat", ChatRequest, ChatCompletion, True),
    ("/v1/completions", "Complete a text", CompletionRequest, None, True),
    ("/v1/embeddings", "Embeddings", EmbeddingsRequest, EmbeddingsAnswer, False),
)
_GETS = (
    ("/v1/models", "All models, the router first"),
    ("/health", "All checks"),
    ("/healthz", "The process is alive"),
    ("/readyz", "Requests can be served"),
)


def data_plane(app: FastAPI) -> None:
    """Make `app.openapi()` describe the data routes too. The document is made once, when it is first asked for."""
    own = app.openapi

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _extended(own())
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]  # FastAPI's documented way to extend the schema


def _extended(document: dict[str, Any]) -> dict[str, Any]:
    shapes = [shape for _, _, request, answer, _ in _POSTS for shape in (request, answer) if shape is not None]
    _, components = msgspec.json.schema_components(shapes, ref_template=_REFERENCE)
    document.setdefault("components", {}).setdefault("schemas", {}).update({**components, "Error": _ERROR})
    paths = document.setdefault("paths", {})
    for path, summary, request, answer, streams in _POSTS:
        paths[path] = {"post": _post(summary, request.__name__, answer.__name__ if answer else None, streams=streams)}
    for path, summary in _GETS:
        paths[path] = {"get": _get(summary)}
    paths["/v1/models/{id}"] = {"get": _get_model()}
    return document


def _post(summary: str, request: str, answer: str | None, *, streams: bool) -> dict[str, Any]:
    shape = {"$ref": _REFERENCE.format(name=answer)} if answer else {"type": "object"}
    content: dict[str, Any] = {"application/json": {"schema": shape}}
    if streams:
        content["text/event-stream"] = {"schema": {"type": "string"}}
    model = {"name": "model", "in": "query", "required": False, "schema": {"type": "string", "minLength": 1}}
    body = {"required": True, "content": {"application/json": {"schema": {"$ref": _REFERENCE.format(name=request)}}}}
    refusals = {status: _refusal(text) for status, text in _REFUSALS.items()}
    return {
        "summary": summary,
        "tags": ["OpenAI"],
        "parameters": [model],
        "requestBody": body,
        "responses": {"200": {"description": "The answer", "content": content}, **refusals},
    }


def _get(summary: str) -> dict[str, Any]:
    content = {"application/json": {"schema": {"type": "object"}}}
    ok = {"description": summary, "content": content}
    return {"summary": summary, "tags": ["OpenAI"], "responses": {"200": ok, "503": {**ok, "description": "Not now."}}}


def _get_model() -> dict[str, Any]:
    identity = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    answers = {**_get("One model")["responses"], "400": _refusal("Not a name."), "404": _refusal("No such model.")}
    return {"summary": "One model", "tags": ["OpenAI"], "parameters": [identity], "responses": answers}


def _refusal(text: str) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": _REFERENCE.format(name="Error")}}}
    return {"description": text, "content": content}
