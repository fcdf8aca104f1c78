"""How jobs ask a model: one question in, one measured answer out. The same way to a backend that requests take."""

import asyncio
from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Any

import msgspec

from smarterrouter.backends.base import Backend
from smarterrouter.errors import BackendGarbage, BackendTimeout, BackendUnreachable
from smarterrouter.profiling.base import Answer, ToolCall
from smarterrouter.profiling.questions import Heard, Question
from smarterrouter.wire import sse
from smarterrouter.wire.calls import ChatCall, Reply

_encode = msgspec.json.encode


class _Function(msgspec.Struct):
    name: str | None = None
    arguments: str | None = None


class _Call(msgspec.Struct):
    index: int | None = None
    function: _Function | None = None


class _Delta(msgspec.Struct):
    content: str | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None
    tool_calls: list[_Call] | None = None


class _Choice(msgspec.Struct):
    delta: _Delta | None = None
    finish_reason: str | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class _Chunk(msgspec.Struct):
    choices: list[_Choice] = []
    usage: _Usage | None = None
    error: Any = None


_chunks = msgspec.json.Decoder(_Chunk)


class Asking:
    """Asks models through their backends; a stream, so that the first token can be timed."""

    def __init__(self, backends: Callable[[], Mapping[str, Backend]]) -> None:
        """`backends` gives those in use."""
        self._backends = backends

    async def ask(self, question: Question) -> Heard:
        """The answer. Raise `BackendError` of some kind where none comes, `BackendTimeout` when it takes too long."""
        backend = self._backends().get(question.model.backend)
        if backend is None:
            raise BackendUnreachable(f"The backend {question.model.backend} is no longer there.")
        try:
            async with asyncio.timeout(question.timeout):
                return await self._heard(backend, question)
        except TimeoutError:
            raise BackendTimeout(f"{question.model.key} did not answer within {question.timeout:g} s.") from None

    async def _heard(self, backend: Backend, question: Question) -> Heard:
        hearing = _Hearing()
        reply = await backend.chat(ChatCall.decode(_body(question)), question.model)
        try:
            await hearing.listen(reply)
        finally:
            reply.close()
        return hearing.heard()


class _Hearing:
    """Puts an answer together from its events."""

    def __init__(self) -> None:
        self._started = perf_counter()
        self._first: float | None = None
        self._text: list[str] = []
        self._calls: dict[int, list[str]] = {}
        self._finish = ""
        self._done = False
        self._thought = False
        self._usage = _Usage()
        self._ended = 0.0

    async def listen(self, reply: Reply) -> None:
        splitter = sse.Splitter()
        async for piece in reply.chunks():
            for payload in sse.events(splitter.feed(piece)):
                if sse.is_done(payload):
                    self._done = True
                else:
                    self._event(payload)
        self._ended = perf_counter()
        if not (self._finish or self._done):
            raise BackendUnreachable("The answer broke off.")

    def heard(self) -> Heard:
        calls = tuple(ToolCall(name, arguments) for _, (name, arguments) in sorted(self._calls.items()))
        first = None if self._first is None else (self._first - self._started) * 1000
        return Heard(
            answer=Answer("".join(self._text), calls, self._finish or "stop"),
            prompt_tokens=self._usage.prompt_tokens or 0,
            completion_tokens=self._usage.completion_tokens or 0,
            first_token_ms=first,
            total_ms=(self._ended - self._started) * 1000,
            thought=self._thought,
        )

    def _event(self, payload: bytes) -> None:
        try:
            chunk = _chunks.decode(payload)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise BackendGarbage("The backend sent an event that is no chunk of an answer.") from None
        if chunk.error is not None:
            raise BackendGarbage(f"The backend reported an error: {str(chunk.error)[:300]}")
        if chunk.usage is not None:
            self._usage = chunk.usage
        for choice in chunk.choices:
            self._finish = choice.finish_reason or self._finish
            if choice.delta is not None:
                self._delta(choice.delta)

    def _delta(self, delta: _Delta) -> None:
        said = delta.content or delta.reasoning_content or delta.reasoning or delta.tool_calls
        if said and self._first is None:
            self._first = perf_counter()
        self._thought = self._thought or bool(delta.reasoning_content or delta.reasoning)
        if delta.content:
            self._text.append(delta.content)
        for call in delta.tool_calls or ():
            self._call(call)

    def _call(self, call: _Call) -> None:
        function = call.function or _Function()
        at = call.index
        if at is None:  # some servers send whole calls without a number
            at = len(self._calls) if function.name or not self._calls else max(self._calls)
        known = self._calls.setdefault(at, ["", ""])
        known[0] += function.name or ""
        known[1] += function.arguments or ""


def _body(question: Question) -> bytes:
    body: dict[str, Any] = {
        "model": question.model.name,
        "messages": question.messages,
        "max_tokens": question.max_tokens,
        "temperature": question.temperature,
        "seed": question.seed,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if question.tools:
        body["tools"] = question.tools
    if question.response_format is not None:
        body["response_format"] = question.response_format
    if question.keep_alive:
        body["keep_alive"] = question.keep_alive
    return _encode(body)
