"""Any OpenAI-compatible server: bytes in, bytes out."""

from typing import Any

import msgspec

from smarterrouter.backends import dimensions, listing, nulls, refusals
from smarterrouter.backends.spec import BackendSpec
from smarterrouter.backends.vendors import VENDORS, Vendor, changes_meaning
from smarterrouter.domain.models import Model, Offer
from smarterrouter.errors import BackendGarbage, CannotHonour, GatewayError
from smarterrouter.transport.client import HttpClient, Response, Upstream
from smarterrouter.wire.calls import Call, ChatCall, CompletionCall, EmbedCall, Reply
from smarterrouter.wire.raw import RawBody

LIST_SECONDS = 10.0
COUNT_SECONDS = 10.0
_WITH_USAGE = msgspec.Raw(b'{"include_usage":true}')
_COUNTED = (
    *("messages", "tools", "prompt", "add_special_tokens", "add_generation_prompt", "continue_final_message"),
    *("chat_template", "chat_template_kwargs"),
)
"""Request members that decide how long a prompt becomes. Source: vLLM, entrypoints/serve/tokenize/protocol.py."""
_LONGEST_ERROR = 64 * 1024
"""Bytes of an error's body that are read: nobody needs more of it, and some never end."""
_NEUTRAL = frozenset({b"false", b"0", b"0.0", b"{}", b"[]", b'{"type":"text"}', b'{"type": "text"}'})
"""Values that ask for nothing: leaving them out changes nothing."""


class OpenAICompatible:
    """A server that speaks OpenAI's protocol. Requests go out as they came in, with another model name."""

    def __init__(self, spec: BackendSpec, client: HttpClient) -> None:
        """`spec.kind` names a row of `VENDORS`; any other kind is a plain server."""
        self.name = spec.name
        self.kind = spec.kind
        self.address = spec.url
        self.spec = spec
        self.client = client
        self.vendor: Vendor = VENDORS.get(spec.kind, VENDORS["compatible"])
        self._chat = self.upstream(f"{spec.url}/chat/completions")
        self._completions = self.upstream(f"{spec.url}/completions")
        self._embeddings = self.upstream(f"{spec.url}/embeddings")
        self._models = self.upstream(f"{spec.url}/models")

    def upstream(self, url: str) -> Upstream:
        """An address of this server with its key and headers."""
        headers = dict(self.spec.headers)
        if self.spec.api_key:
            headers["authorization"] = f"Bearer {self.spec.api_key}"
        return Upstream.at(url, headers, self.spec.socket)

    def at_root(self, path: str) -> Upstream:
        """An address outside `/v1`, such as `/tokenize`."""
        return self.upstream(self.spec.url.removesuffix("/v1") + path)

    async def offers(self) -> list[Offer]:
        """All models of `/v1/models`, with what the server says of them."""
        answer = await self.client.json("GET", self._models, total=LIST_SECONDS)
        items = answer.get("data") if isinstance(answer, dict) else answer
        if not isinstance(items, list):
            raise BackendGarbage(f"{self.name} answered a model list without `data`.")
        found = (listing.read(item, self.name, local=self.vendor.local) for item in items if isinstance(item, dict))
        return [offer for offer in found if offer is not None]

    async def chat(self, call: ChatCall, model: Model) -> Reply:
        """Relay a chat request. Raise as `Backend` says."""
        body, notes = self.body(call, model)
        return await self.open(self._chat, body, stream=bool(call.request.stream), notes=notes)

    async def complete(self, call: CompletionCall, model: Model) -> Reply:
        """Relay a text completion request."""
        body, notes = self.body(call, model)
        return await self.open(self._completions, body, stream=bool(call.request.stream), notes=notes)

    async def embed(self, call: EmbedCall, model: Model) -> Reply:
        """Relay an embeddings request."""
        body, notes = self.body(call, model)
        reply = await self.open(self._embeddings, body, stream=False, notes=notes)
        wanted = call.request.dimensions
        return reply if wanted is None else dimensions.checked(reply, wanted, self.name)

    async def count(self, call: ChatCall | CompletionCall, model: Model) -> int | None:
        """Prompt tokens by vLLM's `/tokenize`; None for servers without such an endpoint."""
        if not self.vendor.tokenize:
            return None
        members = {name: call.body.members[name] for name in _COUNTED if name in call.body.members}
        answer = await self.client.json(
            "POST", self.at_root(self.vendor.tokenize), {"model": self.sent_name(model), **members}, total=COUNT_SECONDS
        )
        count = answer.get("count") if isinstance(answer, dict) else None
        return count if isinstance(count, int) else None

    async def close(self) -> None:
        """Nothing of its own to stop: the client belongs to the whole process."""

    def sent_name(self, model: Model) -> str:
        """The name that the server is asked for (row C6)."""
        return self.spec.prefix + model.name

    def body(self, call: Call, model: Model) -> tuple[bytes, tuple[str, ...]]:
        """The request as this server wants it, and the members that it does not know.

        Raise `CannotHonour` where leaving one out would change the meaning.
        """
        changes: dict[str, Any] = nulls.tools(call)
        if call.request.model != (name := self.sent_name(model)):
            changes["model"] = name
        if not isinstance(call, EmbedCall) and call.request.stream and not call.request.wants_usage:
            changes["stream_options"] = _with_usage(call.body)
        if not (self.vendor.lacks or self.vendor.renames or self.vendor.single_choice):
            return call.body.encode(nulls.members(call), **changes), ()
        return self._adapted(call, changes)

    async def open(self, upstream: Upstream, body: bytes, *, stream: bool, notes: tuple[str, ...] = ()) -> Reply:
        """Send, and return when the answer has begun; any other status than 2xx becomes an error."""
        response = await self.client.send("POST", upstream, body, idle=self.spec.timeout_seconds)
        if not 200 <= response.status < 300:
            raise await self.refusal(response)
        if stream and not response.content_type.lower().startswith("text/event-stream"):
            raise await self._no_stream(response)
        return Reply(read=response.read, chunks=response.chunks, close=response.close, stream=stream, notes=notes)

    async def refusal(self, response: Response) -> GatewayError:
        """The error that this answer means."""
        try:
            body = await _beginning(response)
        finally:
            response.close()
        return refusals.read(response.status, response.headers, body, self.name)

    async def _no_stream(self, response: Response) -> GatewayError:
        """An error inside a 200 answers a stream with JSON; anything else is garbage."""
        try:
            detail, _ = refusals.words(await _beginning(response))
        finally:
            response.close()
        return BackendGarbage(
            f"{self.name} answered a stream with {response.content_type or 'no type'}: {detail[:200]}"
        )

    def _adapted(self, call: Call, changes: dict[str, Any]) -> tuple[bytes, tuple[str, ...]]:
        """Names changed and members left out as the vendor's row says."""
        body, vendor = call.body, self.vendor
        n = getattr(call.request, "n", None)
        if vendor.single_choice and n is not None and n > 1:
            raise CannotHonour(f"{self.name} gives one choice only, not {n}.", param="n")
        lost = sorted(name for name in vendor.lacks if body.has(name) and bytes(body.members[name]) not in _NEUTRAL)
        for name in lost:
            if changes_meaning(name):
                raise CannotHonour(f"{self.name} cannot honour `{name}`.", param=name)
        for old, new in vendor.renames.items():
            if body.has(old):
                changes[new] = body.members[old]
        if "stream_options" in vendor.lacks:
            changes.pop("stream_options", None)
            lost = [name for name in lost if name != "stream_options"]  # usage comes without being asked for
        return body.encode(vendor.lacks | vendor.renames.keys(), **changes), tuple(lost)


def _with_usage(body: RawBody) -> Any:
    """The caller's stream options, with usage asked for: accounting needs it."""
    if not body.has("stream_options"):
        return _WITH_USAGE
    return {**body.get("stream_options"), "include_usage": True}


async def _beginning(response: Response) -> bytes:
    said = b""
    async for chunk in response.chunks():
        said += chunk
        if len(said) >= _LONGEST_ERROR:
            break
    return said
