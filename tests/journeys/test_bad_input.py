"""Callers that send nonsense: each gets a clear error in OpenAI's form or a clean end, and nothing of it stays."""

import json
from typing import Any

import pytest
from tests.doubles.gateway import until
from tests.doubles.leaks import is_openai_error
from tests.doubles.plain_world import CHAT, EMBED, HELLO, LIMIT, TEXT, PlainWorld
from tests.doubles.raw_caller import RawCaller, request

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.xdist_group("bad_input"),
    pytest.mark.usefixtures("stays_clean"),
]


def message(**members: Any) -> bytes:
    return json.dumps({"messages": [{"role": "user", "content": "hi"}], **members}).encode()


WRONG = {
    "empty": b"",
    "blank": b" \n",
    "no JSON": b"hello",
    "half": HELLO[:-1],
    "two": HELLO + HELLO,
    "single quotes": b"{'messages': []}",
    "trailing comma": b'{"messages":[],}',
    "a list": b"[]",
    "a number": b"1",
    "null": b"null",
    "NaN": b'{"messages":[{"role":"user","content":"x"}],"temperature":NaN}',
    "byte order mark": b"\xef\xbb\xbf" + HELLO,
    "utf-16": HELLO.decode().encode("utf-16"),
    "invalid utf-8 in text": HELLO.replace(b"hi", b"\xff\xfe"),
    "invalid utf-8 in an unknown member": HELLO[:-1] + b',"x":"\xc3("}',
    "half a surrogate": HELLO.replace(b"hi", b"\\ud800"),
    "raw control character": HELLO.replace(b"hi", b"a\x01b"),
    "deep": b"[" * 100_000,
    "deep in an unknown member": HELLO[:-1] + b',"x":' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    "deep in a tool": HELLO[:-1] + b',"tools":[' + b'{"a":' * 50_000 + b"1" + b"}" * 50_000 + b"]}",
    "no messages": b"{}",
    "empty messages": b'{"messages":[]}',
    "messages is text": b'{"messages":"hi"}',
    "messages is null": b'{"messages":null}',
    "a message is text": b'{"messages":["hi"]}',
    "a message without role": b'{"messages":[{"content":"hi"}]}',
    "an unknown role": b'{"messages":[{"role":"pirate","content":"hi"}]}',
    "content is a number": b'{"messages":[{"role":"user","content":1}]}',
    "content is an object": b'{"messages":[{"role":"user","content":{}}]}',
    "a part is text": b'{"messages":[{"role":"user","content":["hi"]}]}',
    "model is a number": message(model=1),
    "stream is text": message(stream="yes"),
    "tools is an object": message(tools={}),
    "n is 0": message(n=0),
    "n is a million": message(n=10**6),
    "temperature is hot": message(temperature=2.1),
    "temperature is text": message(temperature="warm"),
    "temperature is endless": HELLO[:-1] + b',"temperature":1e999}',
    "max_tokens is huge": message(max_tokens=10**30),
    "max_tokens is negative": message(max_tokens=-2),
    "stop is a number": message(stop=1),
    "logit_bias is a list": message(logit_bias=[1]),
    "10,001 messages": json.dumps({"messages": [{"role": "user", "content": "x"}] * 10_001}).encode(),
}


@pytest.mark.parametrize("what", WRONG)
async def test_a_body_that_is_wrong_is_400(plain: PlainWorld, what: str) -> None:
    before = len(plain.upstream.requests)
    error = is_openai_error(await plain.post(WRONG[what]), 400)
    assert error["type"] == "invalid_request_error"
    assert len(error["message"]) < 500, "the caller's own body must not come back"
    assert len(plain.upstream.requests) == before, "no backend hears of it"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (TEXT, b"{}"),
        (TEXT, b'{"prompt":[]}'),
        (TEXT, b'{"prompt":{"a":1}}'),
        (TEXT, b'{"prompt":["a",1]}'),
        (TEXT, b'{"prompt":[-1]}'),
        (TEXT, b'{"prompt":"a","logprobs":21}'),
        (EMBED, b"{}"),
        (EMBED, b'{"input":""}'),
        (EMBED, b'{"input":[]}'),
        (EMBED, b'{"input":null}'),
        (EMBED, b'{"input":["a",["b"]]}'),
        (EMBED, b'{"input":"a","dimensions":0}'),
        (EMBED, b'{"input":"a","encoding_format":"xml"}'),
    ],
)
async def test_the_other_routes_check_as_well(plain: PlainWorld, path: str, body: bytes) -> None:
    is_openai_error(await plain.post(body, path=path), 400)


@pytest.mark.parametrize(
    "name", ["nobody", "nobody/nothing", "../../etc/passwd", "a" * 5000, "\u0000", "☃", "%s%n", " "]
)
async def test_a_name_that_nobody_has_is_404(plain: PlainWorld, name: str) -> None:
    error = is_openai_error(await plain.post(message(model=name)), 404, 400)
    assert error["code"] in {"model_not_found", "invalid_request_error"}
    assert len(error["message"]) < 1000


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "json", "\xff"]
)
async def test_other_content_types_are_415(plain: PlainWorld, kind: str) -> None:
    async with RawCaller(plain.gateway.port) as caller:
        line = f"content-type: {kind}\r\n".encode("latin-1") if kind else b""
        await caller.send(b"POST /v1/chat/completions HTTP/1.1\r\nhost: t\r\n" + line + b"content-length: 2\r\n\r\n{}")
        is_openai_error(await caller.answer(), 415)


@pytest.mark.parametrize(
    "kind", ["application/json", "Application/JSON; charset=utf-8", "application/json;charset=UTF-8"]
)
async def test_json_may_be_spelled_in_many_ways(plain: PlainWorld, kind: str) -> None:
    assert (await plain.post(HELLO, {"content-type": kind})).status == 200


PASSED_ON = {
    "escaped NUL": HELLO.replace(b"hi", rb"a\u0000b"),
    "escaped controls": HELLO.replace(b"hi", rb"\u0001\u001b[2J\u007f\u2028"),
    "delete": HELLO.replace(b"hi", b"\x7f"),
    "direction marks": HELLO.replace(b"hi", "\u202e\ufeff\U0001f600".encode()),
    "huge number in an unknown member": HELLO[:-1] + b',"x":' + b"9" * 400 + b',"y":1e400,"z":-0.0}',
    "unknown members": HELLO[:-1] + b',"x":{"y":[null,true,1.50]},"\xc3\xa9":"\xf0\x9f\x98\x80"}',
    "huge seed": HELLO[:-1] + b',"seed":' + b"9" * 400 + b"}",
    "extreme seed": HELLO[:-1] + b',"seed":-9223372036854775808}',
    "white space": HELLO.replace(b",", b" ,\r\n\t "),
    "10,000 messages": b'{"model":"strange","messages":['
    + b",".join([b'{"role":"user","content":"x"}'] * 10_000)
    + b"]}",
}


@pytest.mark.parametrize("what", PASSED_ON)
async def test_what_is_strange_but_allowed_reaches_the_backend_untouched(plain: PlainWorld, what: str) -> None:
    assert (await plain.post(PASSED_ON[what])).status == 200
    assert plain.upstream.requests[-1].body == PASSED_ON[what]


async def test_of_a_member_written_twice_the_last_counts_everywhere(plain: PlainWorld) -> None:
    twice = b'{"model":"nobody","stream":true,"stream":false,"model":"strange",' + HELLO[19:]
    assert (await plain.post(twice)).headers["content-type"] == "application/json"
    sent = plain.upstream.requests[-1].json()
    assert (sent["model"], sent["stream"], sent["messages"][0]["content"]) == ("strange", False, "hi")


async def test_a_body_over_the_limit_is_413(plain: PlainWorld) -> None:
    exactly = HELLO[:-1] + b" " * (LIMIT - len(HELLO)) + b"}"
    assert len(exactly) == LIMIT
    assert (await plain.post(exactly)).status == 200
    error = is_openai_error(await plain.post(exactly + b" "), 413)
    assert error["code"] == "request_too_large"


async def test_a_streamed_body_over_the_limit_is_413(plain: PlainWorld) -> None:
    async with RawCaller(plain.gateway.port) as caller:
        head = b"POST /v1/chat/completions HTTP/1.1\r\nhost: t\r\ncontent-type: application/json\r\n"
        await caller.send(head + b"transfer-encoding: chunked\r\n\r\n")
        piece = b"20000\r\n" + b" " * 0x20000 + b"\r\n"
        await caller.send(*[piece] * (LIMIT // 0x20000 + 2))
        is_openai_error(await caller.answer(), 413)


async def test_a_streamed_body_without_length_is_read(plain: PlainWorld) -> None:
    async with RawCaller(plain.gateway.port) as caller:
        head = b"POST /v1/chat/completions HTTP/1.1\r\nhost: t\r\ncontent-type: application/json\r\n"
        pieces = [b"1\r\n%c\r\n" % byte for byte in HELLO]
        await caller.send(head + b"transfer-encoding: chunked\r\n\r\n", *pieces, b"0\r\n\r\n")
        assert (await caller.answer()).status == 200


@pytest.mark.parametrize("length", [LIMIT + 1, 10**18])
async def test_a_claimed_length_over_the_limit_is_413_before_it_is_sent(plain: PlainWorld, length: int) -> None:
    async with RawCaller(plain.gateway.port) as caller:
        await caller.send(request(CHAT, b"", length=length))
        is_openai_error(await caller.answer(), 413)


@pytest.mark.parametrize("length", ["-1", "1e3", "0x10", "ten", "5, 5", "9" * 40])
async def test_a_length_that_is_no_length_ends_cleanly(plain: PlainWorld, length: str) -> None:
    async with RawCaller(plain.gateway.port) as caller:
        head = f"POST {CHAT} HTTP/1.1\r\nhost: t\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n"
        await caller.send(head.encode() + HELLO)
        assert (await caller.answer()).status in {400, 413}


async def test_a_length_that_is_too_short_makes_the_rest_another_request(plain: PlainWorld) -> None:
    async with RawCaller(plain.gateway.port) as caller:
        await caller.send(request(CHAT, HELLO, length=10))
        is_openai_error(await caller.answer(), 400)
        await caller.rest()  # it is closed


@pytest.mark.parametrize("chunked", [False, True])
async def test_half_a_body_and_silence_is_408(plain: PlainWorld, *, chunked: bool) -> None:
    async with RawCaller(plain.gateway.port) as caller:
        if chunked:
            head = f"POST {CHAT} HTTP/1.1\r\nhost: t\r\ncontent-type: application/json\r\n"
            await caller.send(head.encode() + b'transfer-encoding: chunked\r\n\r\n5\r\n{"mes')
        else:
            await caller.send(request(CHAT, HELLO[:10], length=len(HELLO)))
        error = is_openai_error(await caller.answer(), 408)
        assert error["code"] == "request_timeout"
        await caller.rest()  # and then it is closed


async def test_a_caller_who_leaves_in_the_middle_of_its_body_is_counted_and_forgotten(plain: PlainWorld) -> None:
    async with RawCaller(plain.gateway.port) as caller:
        await caller.send(request(CHAT, HELLO[:10], length=len(HELLO)))
        await until(lambda: plain.gateway.callers() == 1)
    await until(lambda: not plain.gateway.callers())
    assert (await plain.gateway.rows())[-1]["error"] == "client_disconnected"


async def test_a_refused_request_is_in_the_log_of_requests_without_its_text(plain: PlainWorld) -> None:
    await plain.post(b'{"messages":"a secret"}')
    row = (await plain.gateway.rows())[-1]
    assert (row["status"], row["error"], row["model"]) == (400, "invalid_request_error", "")
    assert "secret" not in str(row)
