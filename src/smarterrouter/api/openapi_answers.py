"""Answers and refusals as the OpenAPI document describes them."""

from typing import Any

ERROR = {
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
REFERENCE = "#/components/schemas/{name}"
"""Where a schema that has a name stands in the document."""
REFUSALS = {
    "400": "The request is not valid, or no model can serve it.",
    "404": "No model has this name.",
    "405": "Only POST is allowed here.",
    "408": "The request did not arrive in time.",
    "413": "The body or a message is too large.",
    "415": "The content type is not application/json.",
    "422": "The backend refused the request.",
    "429": "The backend limits the rate.",
    "431": "The request line and headers are too large.",
    "502": "The backends failed.",
    "503": "No model is available now.",
    "504": "The time limit passed.",
}
"""What a POST of the data plane may answer instead."""


def reference(name: str) -> dict[str, str]:
    """Stands for the schema called `name`."""
    return {"$ref": REFERENCE.format(name=name)}


def answered(shape: dict[str, Any] | None = None, *, text: str = "", kind: str = "application/json") -> dict[str, Any]:
    """An answer of this shape, any object when there is none."""
    return {"description": text or "The answer", "content": {kind: {"schema": shape or {"type": "object"}}}}


def refusal(text: str) -> dict[str, Any]:
    """An answer in OpenAI's error form."""
    return answered(reference("Error"), text=text)


def described(summary: str, answer: dict[str, Any], others: dict[str, Any] | None = None) -> dict[str, Any]:
    """A GET without parameters; `others` are its further answers by status."""
    return {"summary": summary, "tags": ["OpenAI"], "responses": {"200": answer, **(others or {})}}
