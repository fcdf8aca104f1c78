"""An OpenAI-compatible upstream that misbehaves as told, over a real socket. It runs no model.

    async with StrangeUpstream("strange") as upstream:          # lists the model `strange`; answers as it should
        upstream.url, upstream.base_url                         # without a path, and the same with "/v1"
        upstream.acts = [status(503), status(429, retry_after=1)]   # for the next requests, one each; then `always`
        upstream.always = stream("Hel", "lo", WAIT, "!")        # or whole("Hello"), echo(), …: see below
        upstream.go.set()                                       # what waits at WAIT goes on
        upstream.requests[-1].body                              # bytes as they came; .json(), .path, .headers
        upstream.active, upstream.abandoned                     # answers under way; callers that left before the end
        len(upstream.open)                                      # open connections
        await upstream.pause() / await upstream.resume()        # connection refused / listens again at the same port

An act is a status line, headers and steps. A step is bytes to write, seconds to sleep, or WAIT, RESET (the connection
breaks off with a TCP reset), HOLD (silence until the caller leaves). `before` steps come ahead of the status line.

    whole("Hello"), whole_json({…}), stream("a", WAIT, "b", end=DONE), status(500, "words"), Act(…) for anything else
    stream(…, first=b"data: {…}\n\n")                           # another first event; end=b"": it just ends
"""

import asyncio
import json
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Self

WAIT: Final = "wait"
RESET: Final = "reset"
HOLD: Final = "hold"
DONE = b"data: [DONE]\n\n"
JSON = "application/json"
EVENTS = "text/event-stream"
Steps = tuple[bytes | float | str, ...]


@dataclass(frozen=True)
class Act:
    """One answer."""

    status: int = 200
    kind: str = JSON
    steps: Steps = ()
    before: Steps = ()
    length: int | None = None
    """Content-Length to claim; None: chunked."""
    headers: tuple[tuple[str, str], ...] = ()


@dataclass
class Request:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The decoded body."""
        return json.loads(self.body)


Script = Act | Callable[[Request], Act]


def whole_json(answer: Any, *, before: Steps = ()) -> Act:
    """A 200 with this JSON body."""
    data = json.dumps(answer).encode()
    return Act(steps=(data,), before=before, length=len(data))


def whole(text: str, *, before: Steps = ()) -> Act:
    """A whole chat answer."""
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    return whole_json({**_HEAD, "object": "chat.completion", "choices": [choice], "usage": _USAGE}, before=before)


def chunk(delta: dict[str, Any], finish: str | None = None) -> bytes:
    """One event of a chat stream."""
    choices = [{"index": 0, "delta": delta, "finish_reason": finish}]
    return event({**_HEAD, "object": "chat.completion.chunk", "choices": choices})


def event(payload: Any) -> bytes:
    """`payload` as an event; bytes as they are."""
    return b"data: " + (payload if isinstance(payload, bytes) else json.dumps(payload).encode()) + b"\n\n"


def stream(
    *steps: str | bytes | float, first: bytes | None = None, end: bytes | None = None, before: Steps = ()
) -> Act:
    """A chat stream: each text is a delta, other steps as they are; then finish, usage and DONE, or `end`."""
    opening = chunk({"role": "assistant", "content": ""}) if first is None else first
    told = [step if _is_step(step) else chunk({"content": step}) for step in steps]
    usage = event({**_HEAD, "object": "chat.completion.chunk", "choices": [], "usage": _USAGE})
    closing = chunk({}, "stop") + usage + DONE if end is None else end
    return Act(kind=EVENTS, steps=(opening, *told, closing), before=before)


def status(code: int, words: str = "out of order", *, kind: str = JSON, retry_after: float | None = None) -> Act:
    """An error status with OpenAI's error body, or with bare `words` for another kind of content."""
    body = json.dumps({"error": {"message": words, "type": "server_error", "code": None}}) if kind == JSON else words
    headers = () if retry_after is None else (("retry-after", f"{retry_after:g}"),)
    return Act(code, kind, (body.encode(),), length=len(body.encode()), headers=headers)


def good(request: Request) -> Act:
    """What a good server answers: a stream where one was asked for, vectors for embeddings."""
    asked = request.json()
    if request.path.endswith("/embeddings"):
        texts = asked["input"] if isinstance(asked["input"], list) else [asked["input"]]
        data = [{"object": "embedding", "index": at, "embedding": [0.5, 0.5]} for at in range(len(texts))]
        return whole_json({"object": "list", "data": data, "model": asked["model"], "usage": _USAGE})
    return stream("Fine", ".") if asked.get("stream") else whole("Fine.")


_HEAD = {"id": "chatcmpl-strange", "created": 1700000000, "model": "strange"}
_USAGE = {"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 7}


class StrangeUpstream:
    """See the top of this file."""

    def __init__(self, *models: str, more: dict[str, Any] | None = None) -> None:
        """`more` members go into each entry of the model list, such as {"max_model_len": 4096}."""
        self.models = models or ("strange",)
        self.more = more or {}
        self.acts: list[Script] = []
        self.always: Script = good
        self.models_act: Act | None = None
        """Answers every GET, when it is set."""
        self.go = asyncio.Event()
        self.requests: list[Request] = []
        self.active = 0
        self.abandoned = 0
        self.open: set[_Connection] = set()
        self.port = 0
        self._server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        """Address without a path."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def base_url(self) -> str:
        """Address of its API."""
        return f"{self.url}/v1"

    async def __aenter__(self) -> Self:
        await self.resume()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.pause()

    async def resume(self) -> None:
        """Listen, at the same port as before."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Connection(self), "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def pause(self) -> None:
        """Refuse connections and drop those that are open."""
        if self._server is not None:
            self._server.close()
        for connection in list(self.open):
            connection.transport.abort()
            await connection.gone.wait()
        if self._server is not None:
            await self._server.wait_closed()
        self._server = None

    def act_for(self, request: Request) -> Act:
        """What to answer."""
        if request.method == "GET":
            return self.models_act or (self._list() if request.path == "/v1/models" else status(404, "not here"))
        self.requests.append(request)
        script = self.acts.pop(0) if self.acts else self.always
        return script(request) if callable(script) else script

    def _list(self) -> Act:
        entry = {"object": "model", "created": 1, "owned_by": "tests", **self.more}
        return whole_json({"object": "list", "data": [{"id": name, **entry} for name in self.models]})


class _Connection(asyncio.Protocol):
    """One connection; requests on it are answered one after the other."""

    transport: asyncio.Transport

    def __init__(self, upstream: StrangeUpstream) -> None:
        self._upstream = upstream
        self.gone = asyncio.Event()
        self._received = b""
        self._answering: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._upstream.open.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._upstream.open.discard(self)
        self.gone.set()
        if self._answering is not None:
            self._answering.cancel()

    def data_received(self, data: bytes) -> None:
        self._received += data
        self._next()

    def _next(self) -> None:
        if self._answering is not None or self.transport.is_closing():
            return
        head, end, rest = self._received.partition(b"\r\n\r\n")
        if not end:
            return
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        length = int(headers.get("content-length", 0))
        if len(rest) < length:
            return
        self._received = rest[length:]
        method, path, _ = first.split(" ", 2)
        request = Request(method, path, headers, rest[:length])
        self._answering = asyncio.get_running_loop().create_task(self._answer(request))

    async def _answer(self, request: Request) -> None:
        upstream, act = self._upstream, self._upstream.act_for(request)
        upstream.active += 1
        try:
            for step in act.before:
                await self._step(step, chunked=False)
            if not self.transport.is_closing():
                await self._write(act)
        except asyncio.CancelledError:
            upstream.abandoned += RESET not in act.steps + act.before
            return
        finally:
            upstream.active -= 1
            self._answering = None
        if request.headers.get("connection") == "close" and not self.transport.is_closing():
            self.transport.close()
        self._next()

    async def _write(self, act: Act) -> None:
        self.transport.write(_head(act))
        for step in act.steps:
            await self._step(step, chunked=act.length is None)
        if act.length is None and not self.transport.is_closing():
            self.transport.write(b"0\r\n\r\n")

    async def _step(self, step: bytes | float | str, *, chunked: bool) -> None:
        if isinstance(step, bytes):
            if step:
                self.transport.write(b"%x\r\n%b\r\n" % (len(step), step) if chunked else step)
                await asyncio.sleep(0)
        elif step == WAIT:
            await self._upstream.go.wait()
        elif step == HOLD:
            await asyncio.Event().wait()
        elif step == RESET:
            await asyncio.sleep(0.01)  # what was written before is on its way
            _reset(self.transport)
        else:
            await asyncio.sleep(float(step))


def _head(act: Act) -> bytes:
    length = f"content-length: {act.length}" if act.length is not None else "transfer-encoding: chunked"
    kind = [f"content-type: {act.kind}"] if act.kind else []
    lines = [f"HTTP/1.1 {act.status} Strange", *kind, length, *(f"{name}: {value}" for name, value in act.headers)]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def _reset(transport: asyncio.Transport) -> None:
    """Close with a reset, as a process that was killed with unread data does."""
    sock = transport.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def _is_step(step: object) -> bool:
    return isinstance(step, bytes | float | int) or step in {WAIT, RESET, HOLD}
