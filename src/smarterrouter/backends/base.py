"""`Backend`: what a place that serves models must do."""

from typing import Protocol

from smarterrouter.domain.models import Model, Offer
from smarterrouter.wire.calls import ChatCall, CompletionCall, EmbedCall, Reply


class Backend(Protocol):
    """A place that serves models: an Ollama, a vLLM server, an account at a vendor, our own runtime.

    Every method may raise `BackendUnreachable`, `BackendTimeout`, `BackendBusy`, `BackendGarbage` (dispatch tries the
    next candidate), `CannotHonour` (this backend cannot do it, another may) or `BackendRefused` (the backend's own 4xx,
    final). `chat`, `complete` and `embed` return as soon as the answer has begun. Nothing of a call may be dropped
    silently: what the backend cannot do is listed in `Reply.notes`, or refused with `CannotHonour` when it would change
    the meaning.

    Example: `reply = await backend.chat(call, model)`, then `await reply.read()` or `async for x in reply.chunks()`,
    and in any case `reply.close()`.
    """

    name: str
    """Unique among the configured backends; the first part of a model's key."""
    kind: str
    """Which entry of the registry made it."""
    address: str
    """Where it is, for people: an origin without credentials."""

    async def offers(self) -> list[Offer]:
        """All models it serves now, within 10 seconds."""

    async def chat(self, call: ChatCall, model: Model) -> Reply:
        """Answer a chat request with `model`."""

    async def complete(self, call: CompletionCall, model: Model) -> Reply:
        """Continue a text with `model`."""

    async def embed(self, call: EmbedCall, model: Model) -> Reply:
        """Turn texts into vectors with `model`."""

    async def count(self, call: ChatCall | CompletionCall, model: Model) -> int | None:
        """Exact prompt tokens by the backend's own tokenizer, template included; None when it has none to ask."""

    async def close(self) -> None:
        """Stop what it started. Called once."""
