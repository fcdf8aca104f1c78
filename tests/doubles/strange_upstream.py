"""An OpenAI-compatible upstream that misbehaves as told, over a real socket. It runs no model.

    async with StrangeUpstream("strange") as upstream:          # lists the model `strange`; answers as a good server does
        upstream.url, upstream.base_url                         # without a path, and the same with "/v1"
        upstream.acts = [status(503), status(429, retry_after=1)]   # for the next requests, one each; then `always`
        upstream.always = stream("Hel", "lo", WAIT, "!")        # or whole("Hello"), echo(), …: see below
        upstream.go.set()                                       # what waits at WAIT goes on
        upstream.requests[-1].body                              # bytes as they came; .json(), .path, .headers
        upstream.active, upstream.abandoned                     # answers under way; callers that left before the end
        upstream.connections                                    # open now
        await upstream.pause() / await upstream.resume()        # connection refused / listens again at the same port

An act is a status line, headers and steps. A step is bytes to write, seconds to sleep, or WAIT, RESET (the connection
breaks off with a TCP reset), HOLD (silence until the caller leaves). `before` steps come ahead of the status line.

    whole("Hello"), whole_json({…}), stream("a", WAIT, "b", end=DONE), status(500, "words"), Act(…) for anything else
    stream(…, first=b"data: {…}\n\n")                           # another first event; end=b"" leaves the stream open-ended
"""

import asyncio
import contextlib
import json
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
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
    """A chat stream: each text is a delta, other steps as they are; a finish chunk, usage and DONE, or `end`, follow."""
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


@dataclass
class _Caller:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    task: "asyncio.Task[Any] | None" = None
    left: asyncio.Event = field(default_factory=asyncio.Event)


class StrangeUpstream:
    """See the top of this file."""

    def __init__(self, *models: str, more: dict[str, Any] | None = None) -> None:
        """`more` members go into each entry of the model list, such as {"max_model_len": 4096}."""
        self.models = models or ("strange",)
        self.more = more or {}
        self.acts: list[Script] = []
        self.always: Script = good
        self.go = asyncio.Event()
        self.requests: list[Request] = []
        self.active = 0
        self.abandoned = 0
        self.connections = 0
        self.port = 0
        self._server: asyncio.Server | None = None
        self._callers: set[asyncio.Task[Any]] = set()

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
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def pause(self) -> None:
        """Refuse connections and drop those that are open."""
        if self._server is not None:
            self._server.close()
        for task in list(self._callers):
            task.cancel()
        await asyncio.gather(*self._callers, return_exceptions=True)
        if self._server is not None:
            await self._server.wait_closed()
        self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._callers.add(task)
        self.connections += 1
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                while await self._one(reader, writer):
                    pass
        finally:
            self.connections -= 1
            self._callers.discard(task)
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Serve one request; True when another may follow on the connection."""
        request = await _read(reader)
        if request.method == "GET":
            await self._list(request, writer)
            return True
        self.requests.append(request)
        script = self.acts.pop(0) if self.acts else self.always
        act = script(request) if callable(script) else script
        self.active += 1
        finished = False
        try:
            finished = await _attended(self._play(act, writer), reader)
        finally:
            self.active -= 1
            self.abandoned += not finished
        return finished and RESET not in act.steps + act.before and request.headers.get("connection") != "close"

    async def _list(self, request: Request, writer: asyncio.StreamWriter) -> None:
        entries = [
            {"id": name, "object": "model", "created": 1, "owned_by": "tests", **self.more} for name in self.models
        ]
        found = request.path == "/v1/models"
        data = json.dumps({"object": "list", "data": entries} if found else {"error": {"message": "not here"}}).encode()
        writer.write(_head(Act(200 if found else 404, length=len(data))) + data)
        await writer.drain()

    async def _play(self, act: Act, writer: asyncio.StreamWriter) -> None:
        for step in act.before:
            await self._step(step, writer, chunked=False)
        if RESET in act.before:
            return
        writer.write(_head(act))
        for step in act.steps:
            await self._step(step, writer, chunked=act.length is None)
        if act.length is None and RESET not in act.steps:
            writer.write(b"0\r\n\r\n")
        await writer.drain()

    async def _step(self, step: bytes | float | str, writer: asyncio.StreamWriter, *, chunked: bool) -> None:
        if isinstance(step, bytes):
            if step:
                writer.write(b"%x\r\n%b\r\n" % (len(step), step) if chunked else step)
                await writer.drain()
        elif step == WAIT:
            await self.go.wait()
        elif step == HOLD:
            await asyncio.Event().wait()
        elif step == RESET:
            await _reset(writer)
        else:
            await asyncio.sleep(float(step))


async def _attended(work: Any, reader: asyncio.StreamReader) -> bool:
    """Do the work unless the caller leaves meanwhile; was it done?"""
    loop = asyncio.get_running_loop()
    playing, leaving = loop.create_task(work), loop.create_task(reader.read(1))
    try:
        await asyncio.wait({playing, leaving}, return_when=asyncio.FIRST_COMPLETED)
        return playing.done() and playing.exception() is None
    finally:
        for task in (playing, leaving):
            task.cancel()
        await asyncio.gather(playing, leaving, return_exceptions=True)


async def _read(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, path, _ = head[0].split(" ", 2)
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    return Request(method, path, headers, await reader.readexactly(int(headers.get("content-length", 0))))


def _head(act: Act) -> bytes:
    length = f"content-length: {act.length}" if act.length is not None else "transfer-encoding: chunked"
    kind = [f"content-type: {act.kind}"] if act.kind else []
    lines = [f"HTTP/1.1 {act.status} Strange", *kind, length, *(f"{name}: {value}" for name, value in act.headers)]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


async def _reset(writer: asyncio.StreamWriter) -> None:
    """Close with a reset, as a process that was killed with unread data does."""
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def _is_step(step: object) -> bool:
    return isinstance(step, bytes | float | int) or step in {WAIT, RESET, HOLD}
