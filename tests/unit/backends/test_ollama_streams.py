"""Streams of the double, through the real transport, as OpenAI events: whole, broken, in error, several at once."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
from tests.doubles.ollama_double import DoubleModel, OllamaDouble
from tests.doubles.replies import streamed

from smarterrouter.backends.ollama import Ollama
from smarterrouter.backends.spec import BackendSpec
from smarterrouter.domain.models import Model
from smarterrouter.errors import BackendBusy, BackendGarbage, BackendUnreachable, ContextTooLong
from smarterrouter.transport.client import HttpClient
from smarterrouter.wire.calls import ChatCall, CompletionCall, Reply
from smarterrouter.wire.sse import events as payloads

MODEL = Model(key="ollama/m:1b", backend="ollama", name="m:1b")
SAID = "This is the double speaking."


@pytest.fixture
async def double() -> AsyncIterator[OllamaDouble]:
    async with OllamaDouble([DoubleModel("m:1b"), DoubleModel("slow:1b", seconds_per_token=0.02)]) as running:
        yield running


@pytest.fixture
def backend(double: OllamaDouble, client: HttpClient) -> Ollama:
    return Ollama(BackendSpec("ollama", "ollama", double.url), client)


async def ask(backend: Ollama, model: Model = MODEL, **members: Any) -> Reply:
    body = {"messages": [{"role": "user", "content": "Hi"}], "stream": True, **members}
    return await backend.chat(ChatCall.decode(msgspec.json.encode(body)), model)


async def gathered(reply: Reply) -> list[Any]:
    """The decoded events, `[DONE]` as a string; the reply is closed."""
    found = payloads(await streamed(reply))
    return [each.decode() if each == b"[DONE]" else msgspec.json.decode(each) for each in found]


def said(events: list[Any], index: int = 0) -> str:
    choices = [choice for event in events if event != "[DONE]" for choice in event.get("choices", [])]
    return "".join(choice["delta"].get("content", "") for choice in choices if choice["index"] == index)


async def emptied(double: OllamaDouble) -> None:
    """Wait until no generation runs any more."""
    for _ in range(500):
        if not double.active:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("a generation is still running")


async def test_w03_a_stream_is_whole_and_ends_once(backend: Ollama) -> None:
    events = await gathered(await ask(backend, temperature=0.1))
    assert said(events) == SAID
    assert events[-1] == "[DONE]"
    assert events[-2]["choices"] == []
    assert events[-2]["usage"] == {"prompt_tokens": 1, "completion_tokens": 5, "total_tokens": 6}
    reasons = [choice["finish_reason"] for event in events[:-2] for choice in event["choices"]]
    assert [reason for reason in reasons if reason] == ["stop"]
    assert reasons[-1] == "stop"


@pytest.mark.parametrize("size", [1, 7, 64])
async def test_lines_may_be_cut_anywhere(double: OllamaDouble, backend: Ollama, size: int) -> None:
    double.fragment = size
    assert said(await gathered(await ask(backend))) == SAID


async def test_an_error_before_any_output_is_raised(double: OllamaDouble, backend: Ollama) -> None:
    double.error_after = 0
    for error, kind in [
        ({"error": "model runner has unexpectedly stopped"}, BackendGarbage),
        ({"error": "busy", "status": 503}, BackendBusy),
        ({"error": "the input length exceeds the context length"}, ContextTooLong),
    ]:
        double.error_line = error
        with pytest.raises(kind):
            await gathered(await ask(backend))


async def test_w03_an_error_after_output_is_an_event_and_no_done_follows(double: OllamaDouble, backend: Ollama) -> None:
    double.error_after = 2
    events = await gathered(await ask(backend))
    assert said(events) == "This is"
    assert events[-1]["error"]["message"].endswith("an error was encountered while running the model")
    assert events[-1]["error"].keys() == {"message", "type", "param", "code"}
    assert "[DONE]" not in events


async def test_w03_a_break_is_never_a_clean_end(double: OllamaDouble, backend: Ollama) -> None:
    for fault in ("break_after", "end_after"):
        setattr(double, fault, 2)
        reply = await ask(backend)
        pieces = []
        with pytest.raises(BackendUnreachable):
            async for piece in reply.chunks():
                pieces.append(piece)
        reply.close()
        setattr(double, fault, None)
        assert b"This" in b"".join(pieces)
        assert b"[DONE]" not in b"".join(pieces)


@pytest.mark.parametrize("raw", [b"<html>no</html>", b"", b'{"done": 1}\n', b"null\n"])
async def test_garbage_is_garbage(double: OllamaDouble, backend: Ollama, raw: bytes) -> None:
    double.raw_answer = raw
    for members in ({}, {"stream": False}, {"n": 2}):
        reply = await ask(backend, **members)
        with pytest.raises(BackendGarbage):
            await (gathered(reply) if members != {"stream": False} else reply.read())
        reply.close()


async def test_a_last_line_without_its_end_counts(double: OllamaDouble, backend: Ollama) -> None:
    double.raw_answer = b'{"message":{"content":"x"},"done":true,"done_reason":"length"}'
    events = await gathered(await ask(backend))
    assert events[-3]["choices"][0]["finish_reason"] == "length"


async def test_w11_several_choices_are_streamed_together(backend: Ollama) -> None:
    events = await gathered(await ask(backend, n=3, seed=1))
    assert [said(events, index) for index in range(3)] == [SAID] * 3
    assert [event["usage"] for event in events[:-1] if "usage" in event] == [
        {"prompt_tokens": 1, "completion_tokens": 15, "total_tokens": 16}
    ]
    assert events.count("[DONE]") == 1
    reasons = [choice["finish_reason"] for event in events[:-1] for choice in event["choices"]]
    assert reasons.count("stop") == 3


async def test_one_broken_choice_ends_all(double: OllamaDouble, backend: Ollama) -> None:
    double.error_after = 1
    events = await gathered(await ask(backend, n=2))
    assert "error" in events[-1]
    double.error_after, double.end_after = None, 1
    with pytest.raises(BackendUnreachable):
        await gathered(await ask(backend, n=2))
    await emptied(double)


@pytest.mark.parametrize("n", [1, 3])
async def test_closing_early_cancels_the_work(double: OllamaDouble, backend: Ollama, n: int) -> None:
    double.models["slow:1b"].reply = "word " * 2000
    reply = await ask(backend, Model(key="ollama/slow:1b", backend="ollama", name="slow:1b"), n=n)
    pieces = reply.chunks()
    assert await anext(pieces)
    assert double.active == n
    reply.close()
    await pieces.aclose()  # type: ignore[attr-defined]
    await emptied(double)
    assert double.abandoned == n
    assert not [task for task in asyncio.all_tasks() if task.get_name().startswith("ollama choice")]


async def test_a_slow_reader_gets_everything(backend: Ollama, double: OllamaDouble) -> None:
    double.models["m:1b"].reply = " ".join(map(str, range(500)))
    reply = await ask(backend, n=2)
    pieces = []
    async for piece in reply.chunks():
        pieces.append(piece)
        await asyncio.sleep(0)
    reply.close()
    events = [msgspec.json.decode(each) for each in payloads(b"".join(pieces))[:-1]]
    assert said(events, 0) == said(events, 1) == double.models["m:1b"].reply


async def test_text_completions_stream_too(backend: Ollama) -> None:
    body = msgspec.json.encode({"prompt": ["a", "b"], "stream": True, "echo": True})
    events = await gathered(await backend.complete(CompletionCall.decode(body), MODEL))
    for index, prompt in enumerate("ab"):
        texts = [c["text"] for e in events[:-1] for c in e["choices"] if c["index"] == index]
        assert "".join(texts) == prompt + SAID
    assert events[-1] == "[DONE]"
