"""Parts for tests of the path of a request without a socket: a backend that answers as told, a sink, an ASGI caller.

    backend = ScriptedBackend("one")              # answers "Hello." as a body or as a stream
    backend.acts = [BackendBusy("full"), chunks(b"data: …")]     # for the next calls, one each; then `always`
    backend.asked, backend.closed                 # (what, model name) of each call; how many replies were closed
    path = Path_([model("one/a")], backend)       # everything of the gateway room, put together as bootstrap does
    await path.chat.answer(body, visit, sink)     # ListSink: sink.status, sink.headers, sink.body, sink.events
    caller = Caller(body); await endpoint(caller.scope, caller.receive, caller.send); caller.leave()

An act is an error to raise, a whole body as bytes, or steps of a stream: bytes, seconds, an error, an event to await.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from typing import Any

from smarterrouter.api.asgi import REQUEST_ID
from smarterrouter.catalog.catalog import Catalog
from smarterrouter.catalog.snapshot import Naming
from smarterrouter.domain.models import Capabilities, Model, Size
from smarterrouter.gateway.answering import Answering
from smarterrouter.gateway.chat import Chat, ChatRules
from smarterrouter.gateway.checks import Limits
from smarterrouter.gateway.choosing import Beside, Choosing
from smarterrouter.gateway.completions import Completions
from smarterrouter.gateway.conversations import Conversations
from smarterrouter.gateway.dispatch import Dispatch
from smarterrouter.gateway.embeddings import Embeddings
from smarterrouter.gateway.fit import Fit
from smarterrouter.gateway.policies import Policies
from smarterrouter.gateway.signature import Signature
from smarterrouter.gateway.visit import Visit
from smarterrouter.observability.metrics import Metrics
from smarterrouter.routing.policy import NO_POLICY
from smarterrouter.routing.quality import Quality
from smarterrouter.routing.router import Router
from smarterrouter.routing.strategies.registry import Strategies
from smarterrouter.routing.strategies.scored import Scored
from smarterrouter.routing.weights import weights_for
from smarterrouter.transport.breaker import Breaker, Rules
from smarterrouter.transport.guards import Guards
from smarterrouter.transport.retries import RetryPolicy
from smarterrouter.wire import sse
from smarterrouter.wire.calls import Reply

USAGE = {"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 7}
HEAD = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "a"}
Step = bytes | float | Exception | asyncio.Event
Act = Exception | bytes | tuple[Step, ...]


def chunk(delta: dict[str, Any], finish: str | None = None, **more: Any) -> bytes:
    """One event of a chat stream."""
    return event({**HEAD, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}], **more})


def event(payload: Any) -> bytes:
    """A payload as an event."""
    return b"data: " + json.dumps(payload).encode() + b"\n\n"


ROLE = chunk({"role": "assistant", "content": ""})
STOP = chunk({}, "stop")
COUNTS = event({**HEAD, "choices": [], "usage": USAGE})
WHOLE = json.dumps(
    {
        "id": "c1",
        "object": "chat.completion",
        "created": 1,
        "model": "a",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": "Hello."},
                "finish_reason": "stop",
                "logprobs": None,
            }
        ],
        "usage": USAGE,
    }
).encode()
STREAM: tuple[Step, ...] = (ROLE, chunk({"content": "Hel"}), chunk({"content": "lo."}), STOP, COUNTS + sse.DONE)
VECTORS = json.dumps(
    {"object": "list", "data": [{"object": "embedding", "index": 0, "embedding": [0.5]}], "model": "a", "usage": USAGE}
).encode()


def model(key: str = "one/a", *, size: float | None = 7.0, **more: Any) -> Model:
    """A chat model; `can` members may be given by name."""
    backend, _, name = key.partition("/")
    members = Capabilities.__struct_fields__
    can = Capabilities(**{member: more.pop(member) for member in members if member in more})
    return Model(key=key, backend=backend, name=name, size=Size(size, size), can=can, **more)


def request(text: str = "hi", **members: Any) -> bytes:
    """The body of a chat request."""
    return json.dumps({"messages": [{"role": "user", "content": text}], **members}).encode()


class ScriptedBackend:
    """A backend in the test's own process; see the top of this file."""

    kind = "scripted"
    address = "nowhere"

    def __init__(self, name: str = "one", *acts: Act, notes: tuple[str, ...] = ()) -> None:
        self.name = name
        self.acts = list(acts)
        self.always: Act | None = None
        self.notes = notes
        self.counts: int | Exception | None = None
        self.asked: list[tuple[str, str]] = []
        self.closed = 0
        self.opened = 0

    async def offers(self) -> list[Any]:
        return []

    async def chat(self, call: Any, model: Model) -> Reply:
        return self._reply("chat", model, stream=bool(call.request.stream), good=WHOLE)

    async def complete(self, call: Any, model: Model) -> Reply:
        return self._reply("complete", model, stream=bool(call.request.stream), good=WHOLE)

    async def embed(self, call: Any, model: Model) -> Reply:
        return self._reply("embed", model, stream=False, good=VECTORS)

    async def count(self, call: Any, model: Model) -> int | None:
        if isinstance(self.counts, Exception):
            raise self.counts
        return self.counts

    async def close(self) -> None:
        """Nothing to stop."""

    def _reply(self, what: str, model: Model, *, stream: bool, good: bytes) -> Reply:
        self.asked.append((what, model.name))
        act = self.acts.pop(0) if self.acts else self.always
        act = (STREAM if stream else good) if act is None else act
        if isinstance(act, Exception):
            raise act
        return self.reply(act, stream=stream)

    def reply(self, act: bytes | tuple[Step, ...], *, stream: bool = True) -> Reply:
        """An open reply that gives these steps; `closed` counts its end."""
        steps = (act,) if isinstance(act, bytes) else act
        self.opened += 1

        async def read() -> bytes:
            return b"".join([step async for step in _steps(steps)])

        def close() -> None:
            self.closed += 1

        return Reply(read=read, chunks=lambda: _steps(steps), close=close, stream=stream, notes=self.notes)


async def _steps(steps: Sequence[Step]) -> AsyncIterator[bytes]:
    for step in steps:
        if isinstance(step, bytes):
            yield step
        elif isinstance(step, Exception):
            raise step
        elif isinstance(step, asyncio.Event):
            await step.wait()
        else:
            await asyncio.sleep(step)


class ListSink:
    """Remembers what is sent."""

    def __init__(self) -> None:
        self.started = False
        self.writes = 0
        self.begun = 0
        self.status = 0
        self.headers: dict[bytes, bytes] = {}
        self.body = b""
        self.finished = False

    def begins(self) -> None:
        self.begun += 1

    async def whole(self, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        assert not self.started
        self.started = self.finished = True
        self.status, self.headers, self.body = status, dict(headers), body

    async def start(self, headers: list[tuple[bytes, bytes]]) -> None:
        assert not self.started
        self.started = True
        self.status, self.headers = 200, dict(headers)

    async def write(self, data: bytes) -> None:
        assert self.started
        assert not self.finished
        self.writes += 1
        self.body += data

    async def finish(self) -> None:
        assert not self.finished
        self.finished = True

    @property
    def events(self) -> list[Any]:
        """The payloads that were sent, decoded; the end mark as text."""
        payloads = sse.events(self.body)
        return ["[DONE]" if sse.is_done(payload) else json.loads(payload) for payload in payloads]


class Path_:  # noqa: N801  # `Path` is the standard library's
    """The gateway's objects around these models and backends."""

    def __init__(
        self,
        models: Sequence[Model],
        *backends: ScriptedBackend,
        cascading: bool = True,
        retries: int = 0,
        keepalive: float = 0,
        signature: Signature | None = None,
        breaker: Rules | None = None,
        aliases: dict[str, list[str]] | None = None,
        rules: dict[str, Any] | None = None,
    ) -> None:
        self.metrics = Metrics()
        self.catalog = Catalog(Naming(aliases=aliases or {}))
        self.catalog.swap(models)
        self.guards = Guards(None if breaker is None else lambda name: Breaker(name, breaker))
        by_name = {backend.name: backend for backend in backends}
        policy = RetryPolicy(max_retries=retries, base_delay=0.001, max_delay=0.01)
        self.dispatch = Dispatch(lambda: by_name, self.guards.of, policy, self.metrics, cascading=cascading)
        weights = weights_for(prefer_smaller=False, prefer_newer=False)
        strategies = Strategies(Scored(weights, Quality(1.0)))
        beside = Beside(Conversations(weights), weights)
        policies = Policies(NO_POLICY, "p")
        self.choosing = Choosing(self.catalog, Router(strategies), self.guards.open_names, policies, beside)
        self.answering = Answering(self.dispatch, self.choosing, self.metrics, keepalive)
        sign = signature or Signature(enabled=False, template="", everyone=False)
        limits = Limits(message_characters=100_000, messages=1000)
        members = {"limits": limits, "preference": 0.5, "margin": 0.1, **(rules or {})}
        self.chat = Chat(self.choosing, self.answering, Fit(0.1), sign, ChatRules(**members))
        self.completions = Completions(self.choosing, self.answering, Fit(0.1), 0.5, 0.1)
        self.embeddings = Embeddings(self.choosing, self.answering)


def visit(endpoint: str = "chat") -> Visit:
    """A fresh visit."""
    return Visit("r1", endpoint)


class Caller:
    """One HTTP request as an ASGI server hands it over; answers are remembered as they are sent."""

    def __init__(
        self, body: bytes | Sequence[bytes] = b"", *, method: str = "POST", query: bytes = b"", **headers: str
    ) -> None:
        named = {
            "content-type": "application/json",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        self.scope = {
            "type": "http",
            "method": method,
            "path": "/v1/chat/completions",
            "query_string": query,
            "headers": [(name.encode(), value.encode()) for name, value in named.items() if value],
            REQUEST_ID: "r1",
        }
        parts = [body] if isinstance(body, bytes) else list(body)
        self._parts = [
            {"type": "http.request", "body": part, "more_body": at < len(parts) - 1} for at, part in enumerate(parts)
        ]
        self._left = asyncio.Event()
        self.sent: list[dict[str, Any]] = []
        self.complete = False
        self.hold: asyncio.Event | None = None
        """While it is not set, whoever sends waits: a caller who does not read."""

    def leave(self) -> None:
        """Close the connection."""
        self._left.set()

    async def receive(self) -> dict[str, Any]:
        if self._parts:
            return self._parts.pop(0)
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        if self.hold is not None:
            await self.hold.wait()
        if self._left.is_set():
            return
        assert not self.complete, f"{message} after the end"
        assert (message["type"] == "http.response.start") == (not self.sent), "the status goes first, and once"
        self.sent.append(message)
        if message["type"] == "http.response.body" and not message.get("more_body"):
            self.complete = True
            self._left.set()  # a server says from now on that the caller has left

    @property
    def status(self) -> int:
        """The status that was sent."""
        return int(self.sent[0]["status"])

    @property
    def headers(self) -> dict[bytes, bytes]:
        """The headers that were sent."""
        return dict(self.sent[0]["headers"])

    @property
    def body(self) -> bytes:
        """What was sent so far."""
        return b"".join(message.get("body", b"") for message in self.sent[1:])

    def json(self) -> Any:
        """The decoded body."""
        return json.loads(self.body)
