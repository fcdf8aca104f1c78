"""`ChatCall`, `CompletionCall`, `EmbedCall`, `Reply`: one call to a model and its answer."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeVar

import msgspec

from smarterrouter.errors import BadRequest
from smarterrouter.wire.chat import ChatRequest, CompletionRequest
from smarterrouter.wire.embeddings import EmbeddingsRequest
from smarterrouter.wire.raw import RawBody

T = TypeVar("T")

_missing = re.compile("Object missing required field `(.+)`")
_LONGEST_WORDS = 200
_chat = msgspec.json.Decoder(ChatRequest)
_completion = msgspec.json.Decoder(CompletionRequest)
_embeddings = msgspec.json.Decoder(EmbeddingsRequest)


def _typed(decoder: msgspec.json.Decoder[T], body: bytes) -> T:
    """`RawBody` has read the same bytes before, so what goes wrong here is a member of a wrong type or size."""
    try:
        return decoder.decode(body)
    except (msgspec.DecodeError, RecursionError) as error:
        raise _invalid(str(error)) from None


def _invalid(words: str) -> BadRequest:
    """The library's words, without a caller's whole value in them, and the member that they are about."""
    text, found, path = words.rpartition(" - at `$")
    text = text if found else words
    path = path if found else ""
    text = text if len(text) <= _LONGEST_WORDS else f"{text[:_LONGEST_WORDS]}…"
    param = path.rstrip("`").lstrip(".")
    where = f" at {param}" if param else ""
    if missing := _missing.fullmatch(text):
        param = f"{param}.{missing[1]}" if param else missing[1]
    return BadRequest(f"{text}{where}.", param=param or None)


class ChatCall(msgspec.Struct, frozen=True, gc=False):
    """One chat request: a typed view for us, the raw members for the backend."""

    request: ChatRequest
    body: RawBody

    @classmethod
    def decode(cls, body: bytes) -> "ChatCall":
        """Raise `BadRequest` with the member at fault unless `body` is a chat request."""
        raw = RawBody.decode(body)
        return cls(_typed(_chat, body), raw)


class CompletionCall(msgspec.Struct, frozen=True, gc=False):
    """One text completion request."""

    request: CompletionRequest
    body: RawBody

    @classmethod
    def decode(cls, body: bytes) -> "CompletionCall":
        """Raise `BadRequest` with the member at fault unless `body` is a text completion request."""
        raw = RawBody.decode(body)
        return cls(_typed(_completion, body), raw)


class EmbedCall(msgspec.Struct, frozen=True, gc=False):
    """One embeddings request."""

    request: EmbeddingsRequest
    body: RawBody

    @classmethod
    def decode(cls, body: bytes) -> "EmbedCall":
        """Raise `BadRequest` with the member at fault unless `body` is an embeddings request."""
        raw = RawBody.decode(body)
        return cls(_typed(_embeddings, body), raw)


Call = ChatCall | CompletionCall | EmbedCall


class Reply:
    """An open answer of a backend: OpenAI-shaped bytes, whatever the backend speaks.

    Whoever holds it closes it, exactly once; closing before the end cancels the work upstream. For every status but
    success a backend raises instead of returning a `Reply`.
    """

    __slots__ = ("chunks", "close", "notes", "read", "stream")

    def __init__(
        self,
        *,
        read: Callable[[], Awaitable[bytes]],
        chunks: Callable[[], AsyncIterator[bytes]],
        close: Callable[[], None],
        stream: bool,
        notes: tuple[str, ...] = (),
    ) -> None:
        """`read()` gives the whole JSON body, `chunks()` server-sent events as they come (cut anywhere).

        `notes` names request members that the backend does not know and that could be left out.
        """
        self.read = read
        self.chunks = chunks
        self.close = close
        self.stream = stream
        self.notes = notes
