"""Null means "not given" to OpenAI. Other servers refuse it in places, so it is left out where clients send it."""

from typing import Any

from smarterrouter.wire.calls import Call, EmbedCall

_NOTHING: frozenset[str] = frozenset()


def members(call: Call) -> frozenset[str]:
    """Null members of an embeddings request: LiteLLM sends `encoding_format` so, llama.cpp refuses it."""
    if not isinstance(call, EmbedCall):
        return _NOTHING
    return frozenset(name for name in call.body.members if not call.body.has(name))


def tools(call: Call) -> dict[str, Any]:
    """`tools` without what is null in their functions, or nothing to change: `llm` sends `description` so."""
    raw = call.body.members.get("tools")
    if raw is None or b"null" not in bytes(raw):
        return {}
    found = call.body.get("tools")
    return {"tools": [_given(tool) for tool in found]} if isinstance(found, list) else {}


def _given(tool: Any) -> Any:
    """Only the function's own members: inside `parameters` null is a value of JSON Schema."""
    function = tool.get("function") if isinstance(tool, dict) else None
    if not isinstance(function, dict):
        return tool
    return {**tool, "function": {name: value for name, value in function.items() if value is not None}}
