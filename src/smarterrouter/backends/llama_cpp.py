"""llama.cpp's server with one model, its router mode with many, and llama-swap in front of several servers.

Sources: https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md and
https://github.com/mostlygeek/llama-swap/blob/main/README.md.
"""

import asyncio
import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any
from urllib.parse import quote

import msgspec
from msgspec import structs

from smarterrouter.backends import listing, llama_props, refusals
from smarterrouter.backends.openai import COUNT_SECONDS, LIST_SECONDS, OpenAICompatible
from smarterrouter.backends.spec import BackendSpec
from smarterrouter.domain.models import Model, Offer
from smarterrouter.errors import (
    BackendBusy,
    BackendError,
    BackendGarbage,
    CannotHonour,
    ContextTooLong,
    GatewayError,
    ModelGone,
)
from smarterrouter.transport.client import HttpClient, Response, Upstream
from smarterrouter.wire.calls import ChatCall, CompletionCall, Reply

_VERSION = re.compile(r"/v\d+$")
_NO_MODEL = re.compile(r"model .*not found|could not find .*model", re.IGNORECASE)
_TOO_LARGE = re.compile(r"too large to process", re.IGNORECASE)
_PROBE = b'{"input":"a"}'


class Flavour(StrEnum):
    """What answers at the address."""

    SINGLE = "llama.cpp"
    ROUTER = "llama.cpp router"
    SWAP = "llama-swap"


class LlamaCpp(OpenAICompatible):
    """llama.cpp in any of its three forms; which one it is, its model list tells."""

    def __init__(self, spec: BackendSpec, client: HttpClient) -> None:
        """`spec.url` with or without `/v1` and trailing slashes (row C7)."""
        root = spec.url.rstrip("/")
        super().__init__(structs.replace(spec, url=root if _VERSION.search(root) else f"{root}/v1"), client)
        self.flavour = Flavour.SINGLE
        self._root = _VERSION.sub("", root)
        self._once = {
            upstream.url: structs.replace(upstream, headers={**upstream.headers, "connection": "close"})
            for upstream in (self._chat, self._completions)
        }
        self._counters: dict[str, tuple[Upstream, Upstream]] = {}
        self._ready: frozenset[str] = frozenset()
        self._learned: dict[str, Offer] = {}
        self._embeds: dict[str, bool] = {}

    async def offers(self) -> list[Offer]:
        """All models, with what the server says of those that are loaded; what it once said is remembered."""
        answer = await self.client.json("GET", self._models, total=LIST_SECONDS)
        items = answer.get("data") if isinstance(answer, dict) else None
        if not isinstance(items, list):
            raise BackendGarbage(f"{self.name} answered a model list without `data`.")
        items = [item for item in items if isinstance(item, dict) and not _failed(item)]
        self.flavour = _flavour(items)
        running = await self._running() if self.flavour is Flavour.SWAP else None
        found = await asyncio.gather(*(self._offer(item, running) for item in items))
        offers = [offer for offer in found if offer is not None]
        self._ready = frozenset(offer.name for offer in offers if offer.loaded)
        return offers

    async def count(self, call: ChatCall | CompletionCall, model: Model) -> int | None:
        """Prompt tokens as the server will count them: the template applied, tools included, then its tokenizer.

        None when it cannot say without loading a model first. Several prompts in one call: the longest.
        """
        if self.flavour is Flavour.SWAP and model.name not in self._ready:
            return None
        template, tokenizer = self._counter(model)
        if isinstance(call, CompletionCall):
            texts = _prompts(call.request.prompt)
            counts = [await self._tokens(tokenizer, text, model) if isinstance(text, str) else text for text in texts]
            return None if None in counts else max((count for count in counts if count is not None), default=0)
        prompt = (await self._ask(template, self.body(call, model)[0])).get("prompt")
        return await self._tokens(tokenizer, prompt, model) if isinstance(prompt, str) else None

    async def open(self, upstream: Upstream, body: bytes, *, stream: bool, notes: tuple[str, ...] = ()) -> Reply:
        """Send, and return when the answer has begun.

        llama.cpp closes the connection after every stream although it announces keep-alive, and the next request on it
        would be lost. So a stream says from the start that its connection will not be used again.
        """
        return await super().open(self._once[upstream.url] if stream else upstream, body, stream=stream, notes=notes)

    async def refusal(self, response: Response) -> GatewayError:
        """The error that this answer means, in llama.cpp's own words where they say more than the status."""
        try:
            body = await response.read()
        finally:
            response.close()
        return understand(response.status, response.headers, body, self.name)

    async def _offer(self, item: Mapping[str, Any], running: frozenset[str] | None) -> Offer | None:
        offer = listing.read(item, self.name, local=True)
        if offer is None:
            return None
        offer = structs.replace(offer, quantisation=llama_props.quantisation(_meta(item).get("ftype")))
        if running is not None:
            offer = structs.replace(offer, loaded=offer.name in running)
        if offer.loaded is False:
            return self._remembered(offer, item)
        props = await self._props(offer.name)
        offer = structs.replace(offer, loaded=True)
        if props:
            offer = llama_props.enrich(offer, props, embeddings=await self._makes_embeddings(offer.name, item))
        self._learned[offer.name] = offer
        return offer

    def _remembered(self, offer: Offer, item: Mapping[str, Any]) -> Offer:
        """What is known of a model that is not loaded now."""
        learned = self._learned.get(offer.name)
        if learned is not None:
            return structs.replace(learned, loaded=False)
        return structs.replace(
            offer, context_tokens=offer.context_tokens or llama_props.planned_context(_arguments(item))
        )

    async def _props(self, name: str) -> Mapping[str, Any] | None:
        """`/props` of a loaded model; None where there is none, such as a vLLM behind llama-swap."""
        asked = "" if self.flavour is Flavour.SINGLE else f"?model={quote(name, safe='')}&autoload=false"
        path = f"/upstream/{quote(name)}/props" if self.flavour is Flavour.SWAP else f"/props{asked}"
        try:
            answer = await self.client.json("GET", self.upstream(self._root + path), total=LIST_SECONDS)
        except BackendError:
            return None
        return answer if isinstance(answer, dict) else None

    async def _running(self) -> frozenset[str]:
        """The models that llama-swap has ready."""
        try:
            answer = await self.client.json("GET", self.upstream(f"{self._root}/running"), total=LIST_SECONDS)
        except BackendGarbage:
            return frozenset()
        rows = answer.get("running") if isinstance(answer, dict) else None
        rows = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
        return frozenset(str(row.get("model")) for row in rows if row.get("state") == "ready")

    async def _makes_embeddings(self, name: str, item: Mapping[str, Any]) -> bool | None:
        """A router tells. A single server is tried once: without `--embeddings` it answers 501."""
        if self.flavour is not Flavour.SINGLE:
            return llama_props.planned_embeddings(_arguments(item))
        if name not in self._embeds:
            response = await self.client.send("POST", self._embeddings, _PROBE, total=LIST_SECONDS)
            try:
                await response.read()
            finally:
                response.close()
            self._embeds[name] = response.status == 200
        return self._embeds[name]

    def _counter(self, model: Model) -> tuple[Upstream, Upstream]:
        """Where to apply the template and where to count tokens; made once for each model."""
        known = self._counters.get(model.name)
        if known is None:
            root = self._root + (f"/upstream/{quote(model.name)}" if self.flavour is Flavour.SWAP else "")
            asked = "?autoload=false" if self.flavour is Flavour.ROUTER else ""
            known = (self.upstream(f"{root}/apply-template{asked}"), self.upstream(f"{root}/tokenize{asked}"))
            self._counters[model.name] = known
        return known

    async def _tokens(self, tokenizer: Upstream, text: str, model: Model) -> int | None:
        """How many tokens `text` is, the beginning mark included, as for a prompt."""
        asked = {"model": self.sent_name(model), "content": text, "add_special": True, "parse_special": True}
        tokens = (await self._ask(tokenizer, msgspec.json.encode(asked))).get("tokens")
        return len(tokens) if isinstance(tokens, list) else None

    async def _ask(self, upstream: Upstream, body: bytes) -> Mapping[str, Any]:
        """The JSON object that a POST answers; empty when the server refuses, which the request itself will show."""
        response = await self.client.send("POST", upstream, body, total=COUNT_SECONDS)
        try:
            data = await response.read()
        finally:
            response.close()
        try:
            answer = msgspec.json.decode(data) if response.status == 200 else None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return {}
        return answer if isinstance(answer, dict) else {}


def understand(status: int, headers: Mapping[str, str], body: bytes, where: str) -> GatewayError:
    """The error that an answer of llama.cpp or llama-swap means; `where` names the backend for people."""
    detail, _ = refusals.words(body)
    text = f"{where} answered {status}: {detail}"
    if status == 501:
        return CannotHonour(text)
    if _TOO_LARGE.search(detail):
        return ContextTooLong(text)
    if status == 400 and "model is not loaded" in detail:
        return BackendBusy(text)
    if status < 500 and _NO_MODEL.search(detail):
        return ModelGone(text)
    return refusals.read(status, headers, body, where)


def _flavour(items: Sequence[Mapping[str, Any]]) -> Flavour:
    if any(item.get("owned_by") == "llama-swap" for item in items):
        return Flavour.SWAP
    return Flavour.ROUTER if any("status" in item for item in items) else Flavour.SINGLE


def _failed(item: Mapping[str, Any]) -> bool:
    """A model that a router could not load, such as a broken file, is no offer."""
    status = item.get("status")
    return isinstance(status, dict) and status.get("failed") is True


def _meta(item: Mapping[str, Any]) -> Mapping[str, Any]:
    meta = item.get("meta")
    return meta if isinstance(meta, dict) else {}


def _arguments(item: Mapping[str, Any]) -> list[str]:
    """The command line with which a router starts the model; empty where there is none."""
    status = item.get("status")
    arguments = status.get("args") if isinstance(status, dict) else None
    return [part for part in arguments if isinstance(part, str)] if isinstance(arguments, list) else []


def _prompts(prompt: str | list[str | int | list[int]]) -> list[str | int]:
    """Each prompt as text, or as the number of its token ids."""
    if isinstance(prompt, str):
        return [prompt]
    if prompt and isinstance(prompt[0], int):
        return [len(prompt)]
    return [part if isinstance(part, str) else len(part) for part in prompt if not isinstance(part, int)]
