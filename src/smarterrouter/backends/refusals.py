"""What an HTTP status and body of an OpenAI-compatible server mean: one of our errors for each."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from smarterrouter.errors import (
    BackendBusy,
    BackendError,
    BackendLimited,
    BackendRefused,
    CannotHonour,
    ContextTooLong,
    GatewayError,
    ModelGone,
)

_CONTEXT = re.compile(
    r"context[ _](length|size|window)|exceed_context|maximum context|prompt is too long|max_model_len", re.IGNORECASE
)
_NO_IMAGES = re.compile(
    r"image (input|inputs|data)? ?(is|are)? ?not supported|mmproj|not a multimodal model", re.IGNORECASE
)
_LONGEST_WORDS = 500
"""Characters of a backend's message that are shown."""


def read(status: int, headers: Mapping[str, str], body: bytes, where: str) -> GatewayError:
    """The error that an answer with `status` (not 2xx) means; `where` names the backend for people."""
    detail, code = words(body)
    text = f"{where} answered {status}: {detail}" if detail else f"{where} answered {status}."
    if _CONTEXT.search(f"{code} {detail}") and status in {400, 413, 422, 500}:
        return ContextTooLong(text)
    if _NO_IMAGES.search(detail):
        return CannotHonour(text, param="messages")
    if status in {401, 403}:
        return BackendError(f"{where} does not accept the key or address of this gateway ({status}).")
    return _by_status(status, headers, body, text, code)


def _by_status(status: int, headers: Mapping[str, str], body: bytes, text: str, code: str) -> GatewayError:
    if status == 404:
        return ModelGone(text)
    if status == 429:
        return BackendLimited(text, retry_after=retry_after(headers))
    if status in {408, 502, 503, 504, 529}:
        return BackendBusy(text, retry_after=retry_after(headers))
    if status >= 500 or status < 400:
        return BackendError(text)
    return BackendRefused(text, status=status, code=code or "backend_refused", body=_as_openai(body))


def words(body: bytes) -> tuple[str, str]:
    """The message and the code or type inside an error body of any of the usual shapes; empty when there is none."""
    try:
        data = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return body[:_LONGEST_WORDS].decode(errors="replace").strip(), ""
    return _words(data)


def _words(data: Any) -> tuple[str, str]:
    if not isinstance(data, dict):
        return str(data)[:_LONGEST_WORDS], ""
    error = data.get("error", data)
    if not isinstance(error, dict):
        return str(error)[:_LONGEST_WORDS], ""
    message = error.get("message") or error.get("detail") or ""
    code = error.get("code") if isinstance(error.get("code"), str) else error.get("type")
    return str(message)[:_LONGEST_WORDS], str(code or "")


def _as_openai(body: bytes) -> bytes:
    """The body itself when it is OpenAI's error shape, so that it can be relayed; else nothing."""
    try:
        data = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return b""
    error = data.get("error") if isinstance(data, dict) else None
    return body if isinstance(error, dict) and isinstance(error.get("message"), str) else b""


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds of `Retry-After`, when it is a plain number."""
    try:
        return max(0.0, float(headers.get("retry-after", "")))
    except ValueError:
        return None
