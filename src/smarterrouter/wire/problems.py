"""Our errors as OpenAI's error body (https://platform.openai.com/docs/guides/error-codes)."""

import msgspec

from smarterrouter.errors import BackendRefused, GatewayError


class _Problem(msgspec.Struct):
    message: str
    type: str
    param: str | None
    code: str


class _Body(msgspec.Struct):
    error: _Problem


def problem(error: GatewayError) -> bytes:
    """`{"error": {"message", "type", "param", "code"}}`; a backend's own words where they have this shape."""
    if isinstance(error, BackendRefused) and error.body:
        return error.body
    return msgspec.json.encode(_Body(_Problem(error.message, error.kind, error.param, error.code)))
