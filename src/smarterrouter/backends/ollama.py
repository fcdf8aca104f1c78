"""Ollama over its own protocol: chat, text completions and embeddings, translated both ways; load, unload, loaded.

Its native endpoints are used, not its OpenAI-compatible ones: only they take `num_ctx` (so nothing is cut silently),
`think` and `keep_alive`. Source: https://github.com/ollama/ollama/blob/main/docs/api.md.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

import msgspec

from smarterrouter.backends import ollama_lines, ollama_listing, ollama_replies, ollama_requests
from smarterrouter.backends.ollama_context import ANSWER, Contexts, Need
from smarterrouter.backends.ollama_listing import Loaded
from smarterrouter.backends.ollama_replies import ChatPart, Head, TextPart
from smarterrouter.backends.ollama_requests import Asked
from smarterrouter.backends.ollama_streams import Answers, Part
from smarterrouter.backends.spec import BackendSpec
from smarterrouter.domain.models import Model, Offer
from smarterrouter.errors import ContextTooLong, GatewayError
from smarterrouter.transport.client import HttpClient, Response, Upstream
from smarterrouter.wire.calls import ChatCall, CompletionCall, EmbedCall, Reply

LIST_SECONDS = 10.0
SHOW_SECONDS = 5.0
_SHOWN_AT_ONCE = 8
"""How many models are asked about side by side."""
_encode = msgspec.json.Encoder().encode
log = logging.getLogger(__name__)


class Ollama:
    """One Ollama server."""

    def __init__(self, spec: BackendSpec, client: HttpClient, keep_alive: int = -1) -> None:
        """`keep_alive`: seconds that a model stays loaded after a request, 0 to unload at once, negative for ever."""
        self.name = spec.name
        self.kind = spec.kind
        self.address = _root(spec.url)
        self._spec = spec
        self._client = client
        self._keep_alive = keep_alive
        self._contexts = Contexts(spec.context_tokens)
        self._shown: dict[str, Mapping[str, Any]] = {}
        """Answers of /api/show by name and digest: what a digest says never changes."""
        self._chat = self._upstream("/api/chat")
        self._generate = self._upstream("/api/generate")
        self._embed = self._upstream("/api/embed")
        self._show = self._upstream("/api/show")

    async def offers(self) -> list[Offer]:
        """All installed models. A model that cannot be asked about is offered with what the list says of it."""
        answer = await self._client.json("GET", self._upstream("/api/tags"), total=LIST_SECONDS - SHOW_SECONDS)
        tags = ollama_listing.listed(answer, self.name)
        gate = asyncio.Semaphore(_SHOWN_AT_ONCE)
        running, *shown = await asyncio.gather(self._running(), *(self._details(tag, gate) for tag in tags))
        self._shown = {_key(tag): details for tag, details in zip(tags, shown, strict=True) if details}
        most = self._spec.context_tokens
        found = [ollama_listing.offer(tag, said, self.name, most) for tag, said in zip(tags, shown, strict=True)]
        if running is None:
            return found
        self._contexts.saw({model.name: model.context_tokens for model in running})
        names = {model.name for model in running}
        return [msgspec.structs.replace(offer, loaded=offer.name in names) for offer in found]

    async def chat(self, call: ChatCall, model: Model) -> Reply:
        """Answer by /api/chat. Raise as `Backend` says."""
        asked = ollama_requests.chat(call, self._sent_name(model), self._keep_alive, model.can.thinking)
        head = Head(model.name, chat=True)
        parts: list[Part] = [ChatPart(head, index) for index in range(len(asked.bodies))]
        answers = await self._ask(self._chat, asked, model, Need.of_chat(call), (head, parts))
        return _answered(answers, asked, stream=bool(call.request.stream))

    async def complete(self, call: CompletionCall, model: Model) -> Reply:
        """Continue texts by /api/generate, one upstream call for each prompt and choice."""
        asked = ollama_requests.complete(call, self._sent_name(model), self._keep_alive)
        head = Head(model.name, chat=False)
        echoes = asked.echoes or ("",) * len(asked.bodies)
        parts: list[Part] = [TextPart(head, index, echo) for index, echo in enumerate(echoes)]
        need = Need.of_texts([body["prompt"] + body.get("suffix", "") for body in asked.bodies])
        answers = await self._ask(self._generate, asked, model, need, (head, parts))
        return _answered(answers, asked, stream=bool(call.request.stream))

    async def embed(self, call: EmbedCall, model: Model) -> Reply:
        """Embed all texts by one call of /api/embed."""
        asked = ollama_requests.embed(call, self._sent_name(model), self._keep_alive)
        texts: list[str] = asked.bodies[0]["input"]
        [response] = await self._fitting(self._embed, asked, model, Need.of_texts(texts), answer=0)
        as_base64 = call.request.encoding_format == "base64"

        async def read() -> bytes:
            found = ollama_lines.vectors(await response.read(), self.name)
            if found.error is not None:
                raise ollama_lines.failure(found.error, found.status, self.name)
            return ollama_replies.embeddings(found, model.name, len(texts), as_base64=as_base64)

        return Reply(read=read, chunks=lambda: _once(read), close=response.close, stream=False, notes=asked.notes)

    async def count(self, call: ChatCall | CompletionCall, model: Model) -> int | None:
        """None: Ollama has no endpoint that counts."""
        return None

    async def load(self, model: Model) -> bool:
        """Bring a model into memory, however long that takes. False when it does not exist or cannot be loaded."""
        start = {"model": self._sent_name(model), "keep_alive": self._keep_alive, "stream": False}
        options = {"options": {"num_ctx": self._contexts.grant(model, ANSWER + 1)}}  # as a first short chat will need
        attempts: list[tuple[Upstream, dict[str, Any]]] = [(self._generate, {}), (self._chat, {"messages": []})]
        if not model.can.chat:
            attempts = [(self._embed, {"input": ""})]
        for upstream, body in attempts:
            if await self._done(upstream, {**start, **options, **body}):
                return True
        return False

    async def unload(self, model: Model) -> bool:
        """Take a model out of memory. False when Ollama does not do it."""
        self._contexts.forget(model.name)
        return await self._done(self._generate, {"model": self._sent_name(model), "keep_alive": 0, "stream": False})

    async def loaded(self) -> list[Loaded]:
        """The models in memory. Raise as `offers` does."""
        answer = await self._client.json("GET", self._upstream("/api/ps"), total=SHOW_SECONDS)
        return [ollama_listing.loaded(model) for model in ollama_listing.listed(answer, self.name)]

    async def close(self) -> None:
        """Nothing of its own to stop: the client belongs to the whole process."""

    def _sent_name(self, model: Model) -> str:
        return self._spec.prefix + model.name

    def _upstream(self, path: str) -> Upstream:
        headers = dict(self._spec.headers)
        if self._spec.api_key:
            headers["authorization"] = f"Bearer {self._spec.api_key}"
        return Upstream.at(self.address + path, headers, self._spec.socket)

    async def _running(self) -> list[Loaded] | None:
        """None when the server is too old for /api/ps, or does not answer it."""
        try:
            return await self.loaded()
        except GatewayError:
            return None

    async def _details(self, tag: Mapping[str, Any], gate: asyncio.Semaphore) -> Mapping[str, Any]:
        """What /api/show says, remembered by digest; empty when it does not answer in time."""
        if (known := self._shown.get(_key(tag))) is not None:
            return known
        try:
            async with asyncio.timeout(SHOW_SECONDS), gate:
                name = ollama_listing.name_of(tag)
                answer = await self._client.json("POST", self._show, {"model": name}, total=SHOW_SECONDS)
        except (GatewayError, TimeoutError) as error:
            log.warning("%s does not describe %s: %s", self.name, ollama_listing.name_of(tag), error)
            return {}
        return answer if isinstance(answer, dict) else {}

    async def _ask(
        self, upstream: Upstream, asked: Asked, model: Model, need: Need, shape: tuple[Head, list[Part]]
    ) -> Answers:
        head, parts = shape
        responses = await self._fitting(upstream, asked, model, need, answer=ANSWER)
        answers = Answers(head, parts, responses, self.name)
        answers.when_done = lambda: self._contexts.check(model.name, need.estimate, head.prompt_tokens)
        return answers

    async def _fitting(
        self, upstream: Upstream, asked: Asked, model: Model, need: Need, *, answer: int
    ) -> list[Response]:
        """Send with enough context; where the estimate was too low and more can be granted, once more with that."""
        wished, own = ollama_requests.tokens_wished(asked)
        granted = self._contexts.grant(model, need.likely + (wished or answer), own)
        try:
            return await self._send(upstream, asked, granted)
        except ContextTooLong:
            more = self._contexts.grant(model, need.bound + (wished or answer), own)
            if more <= granted:
                raise
            return await self._send(upstream, asked, more)

    async def _send(self, upstream: Upstream, asked: Asked, context: int) -> list[Response]:
        """One call for each choice, side by side. When one fails, the others are dropped."""
        encoded = [_encode({**body, "options": {**body["options"], "num_ctx": context}}) for body in asked.bodies]
        if len(encoded) == 1:
            return [await self._post(upstream, encoded[0])]
        opened: list[Response] = []

        async def post(body: bytes) -> Response:
            response = await self._post(upstream, body)
            opened.append(response)
            return response

        complete = False
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(post(body)) for body in encoded]
            complete = True
        except ExceptionGroup as failed:
            raise failed.exceptions[0] from None
        finally:
            for response in () if complete else opened:
                response.close()
        return [task.result() for task in tasks]

    async def _post(self, upstream: Upstream, body: bytes) -> Response:
        response = await self._client.send("POST", upstream, body, idle=self._spec.timeout_seconds)
        if response.status == 200:
            return response
        try:
            detail = await response.read()
        finally:
            response.close()
        raise ollama_lines.refusal(response.status, response.headers, detail, self.name)

    async def _done(self, upstream: Upstream, body: dict[str, Any]) -> bool:
        """Send without any limit of time; did Ollama do it?"""
        try:
            response = await self._client.send("POST", upstream, _encode(body))
            try:
                answer = ollama_lines.line(await response.read(), self.name)
            finally:
                response.close()
        except GatewayError as error:
            log.warning("%s: %s", self.name, error)
            return False
        if response.status != 200 or answer.error is not None:
            log.warning("%s refused to load or unload %s: %s", self.name, body["model"], answer.error)
            return False
        return True


def _answered(answers: Answers, asked: Asked, *, stream: bool) -> Reply:
    chunks = answers.chunks if stream else lambda: _once(answers.read)
    return Reply(read=answers.read, chunks=chunks, close=answers.close, stream=stream, notes=asked.notes)


async def _once(read: Callable[[], Awaitable[bytes]]) -> AsyncIterator[bytes]:
    """A whole body as its only piece."""
    yield await read()


def _key(tag: Mapping[str, Any]) -> str:
    return f"{ollama_listing.name_of(tag)} {tag.get('digest')}"


def _root(url: str) -> str:
    """The server's root, whichever of its usual addresses was configured."""
    url = url.rstrip("/")
    for path in ("/v1", "/api"):
        url = url.removesuffix(path).rstrip("/")
    return url
