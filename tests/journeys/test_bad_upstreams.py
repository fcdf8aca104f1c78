"""Backends that answer nonsense, half of something, too much, or nothing: callers get a clear error or a clean end."""

import gzip
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from tests.doubles.gateway import Answer, InProcessGateway, backends_yaml, until
from tests.doubles.leaks import is_openai_error, no_faults, nothing_is_left
from tests.doubles.raw_upstream import CLOSE, EVENTS_HEAD, HOLD, OK_JSON, RESET, RawUpstream, Step, whole

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("bad_upstreams")]
CHAT, TEXT, EMBED = "/v1/chat/completions", "/v1/completions", "/v1/embeddings"
USAGE = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
GOOD = {
    "id": "x",
    "object": "chat.completion",
    "created": 1,
    "model": "raw",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "Fine."}, "finish_reason": "stop"}],
}


class World:
    """A gateway that asks one strange backend and gives it one second."""

    def __init__(self, gateway: InProcessGateway, upstream: RawUpstream) -> None:
        self.gateway = gateway
        self.upstream = upstream

    async def asked(self, *steps: Step, path: str = CHAT, **members: Any) -> Answer:
        """The gateway's answer when the backend does this."""
        self.upstream.steps = steps
        content = {"input": "hi"} if path == EMBED else {"prompt": "hi"} if path == TEXT else {}
        content = content or {"messages": [{"role": "user", "content": "hi"}]}
        return await self.gateway.post(path, {"model": "raw", **content, **members})

    async def streamed(self, *steps: Step, **members: Any) -> list[Any]:
        """The events of a stream that begins well, "[DONE]" as text; comments and errors included."""
        answer = await self.asked(*steps, stream=True, **members)
        assert answer.status == 200, answer.body
        assert answer.headers["content-type"].startswith("text/event-stream")
        payloads = [line[5:].strip() for line in answer.body.splitlines() if line.startswith(b"data:")]
        return [payload.decode() if payload == b"[DONE]" else json.loads(payload) for payload in payloads]


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def world() -> AsyncIterator[World]:
    async with (
        RawUpstream(whole(json.dumps(GOOD).encode())) as upstream,
        InProcessGateway(
            backends_yaml(("raw", "compatible", upstream.base_url)),
            ROUTER_BACKEND_RETRY_ENABLED="false",
            ROUTER_GENERATION_TIMEOUT="1",
        ) as gateway,
    ):
        world = World(gateway, upstream)
        assert (await world.asked(*upstream.steps)).status == 200
        await gateway.rows()
        yield world


@pytest_asyncio.fixture(loop_scope="module", autouse=True)
async def clean(world: World, caplog: pytest.LogCaptureFixture) -> AsyncIterator[None]:
    async with nothing_is_left(world.gateway, world.upstream):
        yield
        assert (await world.asked(whole(json.dumps(GOOD).encode()))).status == 200
    no_faults(caplog)


ENDLESS = b"HTTP/1.1 200 OK\r\nx: "
BAD: dict[str, tuple[Step, ...]] = {
    "garbage instead of HTTP": (b"\x00\xffhello\r\n\r\n", CLOSE),
    "nothing and the end": (CLOSE,),
    "reset before headers": (RESET,),
    "half a status line": (b"HTTP/1.1 20", CLOSE),
    "headers and the end": (OK_JSON, CLOSE),
    "half a body": (OK_JSON + b"content-length: 100\r\n\r\n{", CLOSE),
    "half a body and a reset": (OK_JSON + b"content-length: 100\r\n\r\n{", RESET),
    "a chunk that is none": (OK_JSON + b"transfer-encoding: chunked\r\n\r\nxyz\r\n", CLOSE),
    "silence": (HOLD,),
    "silence after the headers": (OK_JSON + b"content-length: 100\r\n\r\n{", HOLD),
    "headers without end": (ENDLESS, lambda: b"a" * 65_536),
    "headers without number": (b"HTTP/1.1 200 OK\r\n", lambda: b"x: y\r\n" * 1000),
    "an empty 200": (whole(b""),),
    "an empty 200 without a type": (whole(b"", kind=""),),
    "no JSON": (whole(b"hello"),),
    "HTML": (whole(b"<html>busy</html>", kind="text/html"),),
    "half JSON": (whole(json.dumps(GOOD).encode()[:-1]),),
    "a list": (whole(b"[]"),),
    "null": (whole(b"null"),),
    "another object": (whole(b'{"status":"ok"}'),),
    "choices is text": (whole(b'{"choices":"x"}'),),
    "deep": (whole(b'{"choices":' + b"[" * 100_000),),
    "invalid utf-8": (whole(b'{"choices":[{"finish_reason":"\xff"}]}'),),
    "an error in a 200": (whole(b'{"error":{"message":"out of memory","type":"x"}}'),),
    "an error as text in a 200": (whole(b'{"error":"out of memory"}'),),
    "gzip although it was not asked": (
        OK_JSON + b"content-encoding: gzip\r\ncontent-length: 20\r\n\r\n" + gzip.compress(b"{}")[:20],
    ),
    "a redirect": (b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n",),
    "no content": (b"HTTP/1.1 204 No Content\r\n\r\n",),
    "an unknown status": (whole(b"?", status=799),),
    "500 with a page": (whole(b"<h1>Internal</h1>", kind="text/html", status=500),),
    "500 with nothing": (whole(b"", status=500),),
    "503 with half JSON": (whole(b'{"error":', status=503),),
    "401 with our key in it": (whole(b'{"error":{"message":"bad key sk-1234567890abcdef"}}', status=401),),
}
STATUSES = (502, 503, 504)


@pytest.mark.parametrize("what", BAD)
async def test_a_bad_answer_is_an_error_of_the_backend(world: World, what: str) -> None:
    error = is_openai_error(await world.asked(*BAD[what]), *STATUSES)
    assert error["type"] == "server_error"
    assert "sk-1234567890abcdef" not in error["message"]
    assert len(error["message"]) < 1000


@pytest.mark.parametrize("what", BAD)
async def test_a_bad_answer_to_a_stream_is_a_real_status_too(world: World, what: str) -> None:
    is_openai_error(await world.asked(*BAD[what], stream=True), *STATUSES)


@pytest.mark.parametrize("path", [TEXT, EMBED])
@pytest.mark.parametrize("what", ["garbage instead of HTTP", "silence", "an empty 200", "half JSON", "null", "deep"])
async def test_the_other_routes_say_so_as_well(world: World, what: str, path: str) -> None:
    is_openai_error(await world.asked(*BAD[what], path=path), *STATUSES)


async def test_silence_is_a_timeout_and_a_lost_connection_is_not(world: World) -> None:
    assert is_openai_error(await world.asked(HOLD), 504)["code"] == "backend_timeout"
    assert is_openai_error(await world.asked(RESET), 502)["code"] == "backend_unreachable"
    assert is_openai_error(await world.asked(whole(b"")), 502)["code"] == "backend_bad_answer"


def event(*choices: dict[str, Any], **members: Any) -> bytes:
    """One event of a stream."""
    chunk = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "raw", "choices": choices, **members}
    return b"data: " + json.dumps(chunk).encode() + b"\n\n"


def said(text: str, finish: str | None = None, role: str | None = None) -> bytes:
    """An event with text."""
    delta = {"content": text, **({"role": role} if role else {})}
    return event({"index": 0, "delta": delta, "finish_reason": finish})


FIRST, END, DONE = said("", role="assistant"), said("", "stop"), b"data: [DONE]\n\n"
STREAM_BAD: dict[str, tuple[Step, ...]] = {
    "no event at all": (EVENTS_HEAD, CLOSE),
    "comments alone": (EVENTS_HEAD, b": hello\n\n: still there\n\n", CLOSE),
    "half an event": (EVENTS_HEAD, b'data: {"id":"x","cho', CLOSE),
    "an error first": (EVENTS_HEAD, b'data: {"error":{"message":"out of memory"}}\n\n', CLOSE),
    "silence": (EVENTS_HEAD, HOLD),
    "comments and a reset": (EVENTS_HEAD, b": hello\n\n", RESET),
    "JSON instead of events": (whole(json.dumps(GOOD).encode()),),
    "text instead of events": (whole(b"data: x\n\n", kind="text/plain"),),
}


@pytest.mark.parametrize("what", STREAM_BAD)
async def test_a_stream_that_does_not_begin_is_a_real_status(world: World, what: str) -> None:
    is_openai_error(await world.asked(*STREAM_BAD[what], stream=True), *STATUSES)


BROKEN: dict[str, tuple[Step, ...]] = {
    "the end in the middle": (EVENTS_HEAD, FIRST, said("a"), CLOSE),
    "a reset in the middle": (EVENTS_HEAD, FIRST, said("a"), RESET),
    "half an event": (EVENTS_HEAD, FIRST, said("a"), said("b")[:40], CLOSE),
    "silence in the middle": (EVENTS_HEAD, FIRST, said("a"), HOLD),
    "chunks that break": (
        b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n",
        b"%x\r\n%b\r\n" % (len(FIRST + said("a")), FIRST + said("a")),
        0.1,
        b"zz\r\n",
        CLOSE,
    ),
    "an event without end": (EVENTS_HEAD, FIRST, said("a"), lambda: b"x" * 2**20),
}


@pytest.mark.parametrize("what", BROKEN)
async def test_a_stream_that_breaks_ends_with_an_error_and_no_end_mark(world: World, what: str) -> None:
    events = await world.streamed(*BROKEN[what])
    assert [part["choices"][0]["delta"]["content"] for part in events[:2]] == ["", "a"]
    assert set(events[-1]) == {"error"}
    assert events[-1]["error"]["type"] == "server_error"
    assert len(events) == 3
    row = (await world.gateway.rows())[-1]
    assert row["error"].startswith("backend_")


async def test_an_error_in_the_middle_reaches_the_caller(world: World) -> None:
    error = b'data: {"error":{"message":"out of memory","type":"server_error"}}\n\n'
    events = await world.streamed(EVENTS_HEAD, FIRST, said("a"), error, CLOSE)
    assert events[2]["error"]["message"] == "out of memory"
    assert "[DONE]" not in events


CRLF = (FIRST + said("a") + END + DONE).replace(b"\n", b"\r\n")
FORGIVEN: dict[str, tuple[Step, ...]] = {
    "as it should be": (EVENTS_HEAD, FIRST + said("a") + END + DONE, CLOSE),
    "byte by byte": (EVENTS_HEAD, *[bytes([byte]) for byte in FIRST + said("a") + END + DONE], CLOSE),
    "CRLF": (EVENTS_HEAD, CRLF, CLOSE),
    "CRLF byte by byte": (EVENTS_HEAD, *[bytes([byte]) for byte in CRLF], CLOSE),
    "CR": (EVENTS_HEAD, (FIRST + said("a") + END + DONE).replace(b"\n", b"\r"), CLOSE),
    "no space after the colon": (EVENTS_HEAD, (FIRST + said("a") + END + DONE).replace(b"data: ", b"data:"), CLOSE),
    "comments": (EVENTS_HEAD, b": a\n\n", FIRST, b":\n\n", said("a"), b": processing\n\n", END, DONE, CLOSE),
    "names and ids": (EVENTS_HEAD, b"event: message\nid: 7\nretry: 10\n" + FIRST, said("a"), END, DONE, CLOSE),
    "no end mark": (EVENTS_HEAD, FIRST, said("a"), END, CLOSE),
    "no blank line after the end mark": (EVENTS_HEAD, FIRST, said("a"), END, b"data: [DONE]", CLOSE),
    "data after the end mark": (EVENTS_HEAD, FIRST, said("a"), END, DONE + said("never") + DONE, said("never"), CLOSE),
    "it goes on after the end mark": (EVENTS_HEAD, FIRST, said("a"), END, DONE, HOLD),
    "a reset after the end mark": (EVENTS_HEAD, FIRST, said("a"), END, DONE, RESET),
    "no role": (EVENTS_HEAD, said("a"), END, DONE, CLOSE),
    "a finish with text": (EVENTS_HEAD, FIRST, said("a", "stop"), DONE, CLOSE),
    "a role in each": (EVENTS_HEAD, FIRST, said("a", role="assistant"), END, DONE, CLOSE),
    "type with parameters": (
        EVENTS_HEAD.replace(b"event-stream", b"event-stream; charset=utf-8"),
        FIRST + said("a") + END + DONE,
        CLOSE,
    ),
}


@pytest.mark.parametrize("what", FORGIVEN)
async def test_what_can_be_understood_is_a_whole_answer(world: World, what: str) -> None:
    events = await world.streamed(*FORGIVEN[what])
    assert events[-1] == "[DONE]"
    assert events.count("[DONE]") == 1
    parts = [part["choices"][0] for part in events[:-1] if part["choices"]]
    assert "".join(part["delta"].get("content") or "" for part in parts) == "a"
    assert parts[0]["delta"]["role"] == "assistant"
    assert [part["finish_reason"] for part in parts if part["finish_reason"]] == ["stop"]


async def test_a_second_finish_is_relayed_but_the_stream_ends_once(world: World) -> None:
    events = await world.streamed(EVENTS_HEAD, FIRST, said("a"), END, END, DONE, CLOSE)
    assert {part["choices"][0]["finish_reason"] for part in events[:-1]} == {None, "stop"}
    assert events.index("[DONE]") == len(events) - 1


@pytest.mark.parametrize("asked", [True, False])
async def test_usage_in_the_last_choice_becomes_a_chunk_of_its_own_when_asked(world: World, *, asked: bool) -> None:
    last = event({"index": 0, "delta": {}, "finish_reason": "stop"}, usage=USAGE)
    options = {"stream_options": {"include_usage": True}} if asked else {}
    events = await world.streamed(EVENTS_HEAD, FIRST, said("a"), last, DONE, CLOSE, **options)
    own = [part for part in events[:-1] if not part["choices"]]
    assert [part["usage"] for part in own] == ([USAGE] if asked else [])
    row = (await world.gateway.rows())[-1]
    assert (row["prompt_tokens"], row["completion_tokens"]) == (3, 2)


async def test_a_hundred_megabytes_in_one_event_are_never_held(world: World) -> None:
    written = 0

    def more() -> bytes:
        nonlocal written
        written += 2**20
        return b"x" * 2**20

    events = await world.streamed(EVENTS_HEAD, FIRST, said("a"), b'data: {"x":"', more)
    assert set(events[-1]) == {"error"}
    assert written < 100 * 2**20


async def test_a_caller_who_leaves_ends_the_work_upstream(world: World) -> None:
    world.upstream.steps = (EVENTS_HEAD, FIRST, said("a"), HOLD)
    body = {"model": "raw", "messages": [{"role": "user", "content": "hi"}], "stream": True}
    url = world.gateway.url + CHAT
    async with world.gateway.session.post(url, json=body) as answer:
        await answer.content.readuntil(b'"a"')
        answer.close()
    await until(lambda: not world.upstream.open)
    assert (await world.gateway.rows())[-1]["error"] == "client_disconnected"
