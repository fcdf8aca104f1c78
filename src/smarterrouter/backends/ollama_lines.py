"""What Ollama sends back, typed, and its errors as ours. Source: https://github.com/ollama/ollama/blob/main/docs/api.md."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from smarterrouter.backends import refusals
from smarterrouter.errors import BackendError, BackendGarbage, CannotHonour, GatewayError

LONGEST_LINE = 8 * 2**20
"""Bytes of one line above which an upstream is not believed to send lines at all."""
_CANNOT = re.compile(r"does not support|not supported (for|by) this model|missing data required", re.IGNORECASE)
_BUSY = re.compile(r"server busy|too many requests", re.IGNORECASE)


class Function(msgspec.Struct):
    """A function the model wants called. `arguments` stays JSON text: OpenAI wants it as a string."""

    name: str = ""
    arguments: msgspec.Raw = msgspec.Raw(b"{}")


class Call(msgspec.Struct):
    """One tool call. Older servers give it no id."""

    function: Function
    id: str = ""


class Said(msgspec.Struct):
    """The message of a chat answer, whole or the part that one line adds."""

    content: str | None = None
    thinking: str | None = None
    tool_calls: list[Call] | None = None


class Token(msgspec.Struct):
    """A token and how likely it was."""

    token: str
    logprob: float
    bytes: list[int] | None = None
    top_logprobs: list["Token"] | None = None


class Line(msgspec.Struct):
    """One line of a stream, or a whole answer: /api/chat fills `message`, /api/generate `response`."""

    message: Said | None = None
    response: str | None = None
    done: bool = False
    done_reason: str | None = None
    prompt_eval_count: int | None = None
    eval_count: int | None = None
    logprobs: list[Token] | None = None
    error: Any = None
    status: int | None = None


class Vectors(msgspec.Struct):
    """The answer of /api/embed."""

    embeddings: list[list[float]] | None = None
    prompt_eval_count: int | None = None
    error: Any = None
    status: int | None = None


_line = msgspec.json.Decoder(Line)
_vectors = msgspec.json.Decoder(Vectors)


def line(data: bytes, where: str) -> Line:
    """Raise `BackendGarbage` unless `data` is one object of an answer; `where` names the backend for people."""
    try:
        return _line.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BackendGarbage(f"{where} answered something that is not Ollama's protocol.") from error


def vectors(data: bytes, where: str) -> Vectors:
    """As `line`, for /api/embed."""
    try:
        return _vectors.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BackendGarbage(f"{where} answered something that is not Ollama's protocol.") from error


class LineSplitter:
    """Takes a stream in pieces cut anywhere, gives back its lines without their ends."""

    __slots__ = ("_held",)

    def __init__(self) -> None:
        self._held = b""

    def feed(self, chunk: bytes) -> list[bytes]:
        """The lines that `chunk` completes. Raise `BackendGarbage` when one grows beyond `LONGEST_LINE`."""
        *lines, self._held = (self._held + chunk if self._held else chunk).split(b"\n")
        if len(self._held) > LONGEST_LINE:
            raise BackendGarbage("The backend sent a line without end.")
        return [each for each in lines if each and not each.isspace()]

    def rest(self) -> list[bytes]:
        """What is left when the stream has ended: a last line may lack its end."""
        rest, self._held = self._held, b""
        return [rest] if rest and not rest.isspace() else []


def refusal(status: int, headers: Mapping[str, str], body: bytes, where: str) -> GatewayError:
    """The error that an answer with `status` (not 2xx) means."""
    detail, _ = refusals.words(body)
    if status < 500 and _CANNOT.search(detail):
        return CannotHonour(f"{where}: {detail}")
    return refusals.read(status, headers, body, where)


def failure(error: Any, status: int | None, where: str) -> GatewayError:
    """The error that an `error` member inside a 200 means; its own status, where it has one, tells more."""
    text = str(error)
    if status is None and _BUSY.search(text):
        status = 503
    meant = refusal(status or 500, {}, msgspec.json.encode({"error": text}), where)
    if type(meant) is BackendError and status is None:
        return BackendGarbage(f"{where} failed: {text[:500]}")
    return meant
