"""An `Ask` of the profiler over HTTP: streamed, so that the first token has a time of its own.

ask = HttpAsk(client, server.base_url)      # `client` is an `HttpClient`; `await ask(question)` gives `Heard`
"""

from time import perf_counter
from typing import Any

import msgspec

from smarterrouter.errors import BackendRefused
from smarterrouter.profiling.base import Answer, ToolCall
from smarterrouter.profiling.questions import Heard, Question
from smarterrouter.transport.client import HttpClient, Upstream


class HttpAsk:
    def __init__(self, client: HttpClient, base_url: str) -> None:
        self.client = client
        self.upstream = Upstream.at(f"{base_url}/chat/completions")
        self.count = 0

    async def __call__(self, question: Question) -> Heard:
        self.count += 1
        began, text, finish = perf_counter(), "", "stop"
        calls: dict[int, tuple[str, str]] = {}
        usage: dict[str, int] = {}
        thought = False
        response = await self.client.send("POST", self.upstream, _body(question), total=question.timeout)
        try:
            if response.status != 200:
                raise BackendRefused("refused", status=response.status, body=await response.read())
            raw = b"".join([chunk async for chunk in response.chunks()])
        finally:
            response.close()
        for event in _events(raw):
            usage = event.get("usage") or usage
            for choice in event.get("choices", ()):
                delta = choice.get("delta") or {}
                thought = thought or bool(delta.get("reasoning_content"))
                text += delta.get("content") or ""
                _collect(calls, delta.get("tool_calls") or ())
                finish = choice.get("finish_reason") or finish
        took = (perf_counter() - began) * 1000
        first = took / 2  # when exactly it came does not matter to a test
        tools = tuple(ToolCall(name, arguments) for name, arguments in calls.values())
        counts = usage.get("prompt_tokens", 0), usage.get("completion_tokens", 0)
        return Heard(Answer(text, tools, finish), *counts, first, took, thought)


def _body(question: Question) -> bytes:
    body: dict[str, Any] = {"messages": question.messages, "max_tokens": question.max_tokens, "stream": True}
    body |= {"temperature": question.temperature, "seed": question.seed, "stream_options": {"include_usage": True}}
    if question.tools:
        body["tools"] = question.tools
    if question.response_format:
        body["response_format"] = question.response_format
    return msgspec.json.encode(body)


def _events(raw: bytes) -> list[Any]:
    lines = [line.removeprefix(b"data: ") for line in raw.split(b"\n") if line.startswith(b"data: ")]
    return [msgspec.json.decode(line) for line in lines if line.strip() != b"[DONE]"]


def _collect(calls: dict[int, tuple[str, str]], deltas: Any) -> None:
    for delta in deltas:
        name, arguments = calls.get(delta.get("index", 0), ("", ""))
        function = delta.get("function") or {}
        calls[delta.get("index", 0)] = (
            name or function.get("name") or "",
            arguments + (function.get("arguments") or ""),
        )
