"""Makes the OpenAPI document whole: the data plane is msgspec structs, which FastAPI does not know.

The shapes come from the structs; what their types cannot say (names of models, one kind for each list) is added here.
"""

from typing import Any

import msgspec
from fastapi import FastAPI

from smarterrouter.api.openapi_answers import ERROR, REFERENCE, REFUSALS, answered, described, reference, refusal
from smarterrouter.api.openapi_profiles import profile_shapes
from smarterrouter.catalog.names import LONGEST
from smarterrouter.wire.chat import ChatCompletion, ChatRequest, CompletionRequest
from smarterrouter.wire.embeddings import EmbeddingsAnswer, EmbeddingsRequest
from smarterrouter.wire.feedback import FeedbackAnswer, FeedbackRequest
from smarterrouter.wire.models import ModelItem

_SHAPES = (
    *(ChatRequest, ChatCompletion, CompletionRequest, EmbeddingsRequest, EmbeddingsAnswer, ModelItem),
    *(FeedbackRequest, FeedbackAnswer),
)
_NAME = {
    "type": "string",
    "maxLength": LONGEST,
    "pattern": "^[A-Za-z0-9_:./@+ -]*[A-Za-z0-9_:./@+-][A-Za-z0-9_:./@+ -]*$",
}
_NAME_OR_NOTHING = {
    "type": ["string", "null"],
    "maxLength": LONGEST,
    "pattern": f"^$|{_NAME['pattern']}",
    "default": None,
}
_TOKENS = {"type": "array", "items": {"type": "integer", "minimum": 0}, "minItems": 1}
_LISTS = [
    {"type": "array", "items": {"type": "string"}, "minItems": 1},
    _TOKENS,
    {"type": "array", "items": {**_TOKENS, "minItems": 0}, "minItems": 1},
]
_MODELS = {
    "type": "object",
    "required": ["object", "data"],
    "properties": {
        "object": {"const": "list"},
        "data": {"type": "array", "items": reference("ModelItem")},
    },
}
_ADMIN_KEY = {"type": "http", "scheme": "bearer", "description": "ROUTER_ADMIN_API_KEY, or the key of the first start."}


def data_plane(app: FastAPI) -> None:
    """Make `app.openapi()` describe the data routes too. The document is made once, when it is first asked for."""
    own = app.openapi

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _extended(own())
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]  # FastAPI's documented way to extend the schema


def _extended(document: dict[str, Any]) -> dict[str, Any]:
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas.update({**_shapes(), **profile_shapes(), "Error": ERROR})
    components["securitySchemes"] = {"adminKey": _ADMIN_KEY}
    paths = document["paths"]
    for operations in list(paths.values()):
        for operation in operations.values():
            _close(operation)
    paths.update({**_posts(), **_gets()})
    return document


def _shapes() -> dict[str, Any]:
    _, shapes = msgspec.json.schema_components(_SHAPES, ref_template=REFERENCE)
    for name in ("ChatRequest", "CompletionRequest", "EmbeddingsRequest"):
        shapes[name]["properties"]["model"] = _NAME_OR_NOTHING
    shapes["CompletionRequest"]["properties"]["prompt"] = {"anyOf": [{"type": "string"}, *_LISTS]}
    shapes["EmbeddingsRequest"]["properties"]["input"] = {"anyOf": [{"type": "string", "minLength": 1}, *_LISTS]}
    return shapes


def _close(operation: dict[str, Any]) -> None:
    """An admin operation needs the key, and speaks OpenAI's error form, as 400 where FastAPI would say 422."""
    operation["security"] = [{"adminKey": []}]
    answers = operation["responses"]
    if answers.pop("422", None) is not None:
        answers["400"] = refusal("A parameter is missing or wrong.")
    answers["401"] = refusal("No admin key, or a wrong one.")


def _posts() -> dict[str, Any]:
    return {
        "/v1/chat/completions": {"post": _post("Chat", "ChatRequest", "ChatCompletion", streams=True)},
        "/v1/completions": {"post": _post("Complete a text", "CompletionRequest", None, streams=True)},
        "/v1/embeddings": {"post": _post("Embeddings", "EmbeddingsRequest", "EmbeddingsAnswer", streams=False)},
        "/v1/feedback": {"post": _feedback()},
    }


def _feedback() -> dict[str, Any]:
    others = {status: refusal(REFUSALS[status]) for status in ("405", "408", "413", "415", "431")}
    return {
        "summary": "Say how good an answer was",
        "tags": ["OpenAI"],
        "requestBody": {"required": True, "content": {"application/json": {"schema": reference("FeedbackRequest")}}},
        "responses": {
            "200": answered(reference("FeedbackAnswer")),
            "400": refusal("The request is not valid, or the answer cannot be rated."),
            "403": refusal("Feedback is switched off."),
            "404": refusal("There is no answer with this id."),
            "503": refusal("The database is not available."),
            **others,
        },
    }


def _post(summary: str, request: str, answer: str | None, *, streams: bool) -> dict[str, Any]:
    content: dict[str, Any] = {"application/json": {"schema": reference(answer) if answer else {"type": "object"}}}
    if streams:
        content["text/event-stream"] = {}  # a schema would be one of the whole stream, which is no JSON
    model = {
        "name": "model",
        "in": "query",
        "description": "Wins over `model` in the body.",
        "required": False,
        "schema": _NAME,
    }
    return {
        "summary": summary,
        "tags": ["OpenAI"],
        "parameters": [model],
        "requestBody": {"required": True, "content": {"application/json": {"schema": reference(request)}}},
        "responses": {"200": {"description": "The answer", "content": content}, **_refusals()},
    }


def _refusals() -> dict[str, Any]:
    return {status: refusal(text) for status, text in REFUSALS.items()}


def _gets() -> dict[str, Any]:
    identity = {"name": "id", "in": "path", "required": True, "schema": _NAME}
    one = described("One model", answered(reference("ModelItem")), {"404": refusal("No such model.")})
    return {
        "/v1/models": {"get": described("All models, the router first", answered(_MODELS))},
        "/v1/models/{id}": {"get": {**one, "parameters": [identity]}},
        "/health": {"get": described("All checks", answered(), {"503": answered(text="Nothing can be served.")})},
        "/healthz": {"get": described("The process is alive", answered())},
        "/readyz": {"get": described("Requests can be served", answered(), {"503": answered(text="Not now.")})},
        "/metrics": {"get": described("Metrics for Prometheus", answered({"type": "string"}, kind="text/plain"))},
    }
