"""Request lines, headers, methods and paths that are nonsense, and callers that never finish theirs."""

import asyncio

import pytest
from tests.doubles.leaks import is_openai_error
from tests.doubles.plain_world import CHAT, HELLO, TEXT, PlainWorld
from tests.doubles.raw_caller import RawCaller, request

from smarterrouter.api.connection import LONGEST_HEAD

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.xdist_group("bad_heads"),
    pytest.mark.usefixtures("stays_clean"),
]


@pytest.mark.parametrize(
    "given",
    [
        b"a" * 10_240,
        b"%s%n%d%(x)s",
        b"%0d%0aX-Evil: 1",
        b"a\tb",
        b"a b",
        b"\xc3\xa9\xff",
        b"'; DROP TABLE requests; --",
        b"<script>",
        b"../../x",
        b"",
    ],
)
async def test_w17_a_request_id_that_could_do_harm_is_replaced(plain: PlainWorld, given: bytes) -> None:
    async with RawCaller(plain.gateway.port) as caller:
        lines = b"content-type: application/json\r\ncontent-length: %d\r\nX-Request-ID: " % len(HELLO)
        await caller.send(b"POST /v1/chat/completions HTTP/1.1\r\nhost: t\r\n" + lines + given + b"\r\n\r\n" + HELLO)
        answer = await caller.answer()
    assert answer.status == 200
    assert len(answer.headers["x-request-id"]) == 24
    assert int(answer.headers["x-request-id"], 16)
    assert "x-evil" not in answer.headers


@pytest.mark.parametrize("given", [b"a\rX-Evil: 1", b"a\x00b", b"a\x0bb"])
async def test_w17_a_request_id_with_control_characters_adds_no_header(plain: PlainWorld, given: bytes) -> None:
    async with RawCaller(plain.gateway.port) as caller:
        await caller.send(b"GET /health HTTP/1.1\r\nhost: t\r\nX-Request-ID: " + given + b"\r\n\r\n")
        answer = await caller.answer()
    assert "x-evil" not in answer.headers
    assert answer.headers["x-request-id"] not in {"a", given.decode()}


@pytest.mark.parametrize("given", ["abc", "a-b_c.d:1", "A" * 128])
async def test_a_harmless_request_id_comes_back(plain: PlainWorld, given: str) -> None:
    assert (await plain.post(headers={"X-Request-ID": given})).headers["x-request-id"] == given
    assert (await plain.post(b"{", {"X-Request-ID": given})).headers["x-request-id"] == given
    assert (await plain.gateway.get("/health", {"X-Request-ID": given})).headers["x-request-id"] == given


NOT_HTTP = {
    "words": b"hello\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 64,
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "zeros": b"\x00" * 100,
    "an unknown method": b"BREW /v1/chat/completions HTTP/1.1\r\nhost: t\r\n\r\n",
    "a path with raw bytes": b"GET /v1/models/\xff\xfe HTTP/1.1\r\nhost: t\r\n\r\n",
    "no path": b"GET  HTTP/1.1\r\nhost: t\r\n\r\n",
    "a header without name": b"GET /health HTTP/1.1\r\n: x\r\n\r\n",
    "two lengths": b"POST /v1/completions HTTP/1.1\r\nhost: t\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n{}",
    "length and chunks": b"POST /v1/completions HTTP/1.1\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n{}",
    "a broken chunk": b"POST /v1/completions HTTP/1.1\r\ncontent-type: application/json\r\n"
    b"transfer-encoding: chunked\r\n\r\nxyz\r\n",
}


@pytest.mark.parametrize("what", NOT_HTTP)
async def test_what_is_not_http_is_refused_and_closed(plain: PlainWorld, what: str) -> None:
    async with RawCaller(plain.gateway.port) as caller:
        await caller.send(NOT_HTTP[what])
        is_openai_error(await caller.answer(), 400)
        assert await caller.rest() == b""


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"", None),
        (b"\r\n\r\n", 408),
        (b"POST /v1/chat/com", 408),
        (b"POST /v1/chat/completions HTTP/1.1\r\nhost: t\r\ncontent-ty", 408),
        (b"GET /healthz HTTP/1.1\r\nhost: t\r\n\r\nGET /he", 200),
    ],
)
async def test_half_a_request_and_silence_ends(plain: PlainWorld, sent: bytes, status: int | None) -> None:
    async with RawCaller(plain.gateway.port) as caller:
        await caller.send(sent)
        if status == 200:
            assert (await caller.answer()).status == 200
            await caller.rest()
        elif status is not None:
            is_openai_error(await caller.answer(), status)
        assert await caller.rest() == b""


async def test_a_connection_with_blank_lines_alone_ends(plain: PlainWorld) -> None:
    async with RawCaller(plain.gateway.port) as caller:
        await caller.send(b"GET /healthz HTTP/1.1\r\nhost: t\r\n\r\n")
        assert (await caller.answer()).status == 200
        await caller.send(b"\r\n")
        assert await caller.rest() == b""


@pytest.mark.parametrize("start", [b"GET /", b"GET / HTTP/1.1\r\nx: ", b"GET / HTTP/1.1\r\n"])
async def test_a_head_without_end_is_431(plain: PlainWorld, start: bytes) -> None:
    more = b"x: " + b"a" * 5000 + b"\r\n" if start.endswith(b"\n") else b"a" * 5000
    async with RawCaller(plain.gateway.port) as caller:
        await caller.send(start, *[more] * (LONGEST_HEAD // len(more) + 2))
        is_openai_error(await caller.answer(), 431)


async def test_many_headers_below_the_limit_are_read(plain: PlainWorld) -> None:
    headers = {f"x-{number}": "y" * 100 for number in range(LONGEST_HEAD // 150)}
    assert (await plain.post(headers=headers)).status == 200


async def test_pipelined_requests_are_answered_in_order(plain: PlainWorld) -> None:
    async with RawCaller(plain.gateway.port) as caller:
        await caller.send(
            request(CHAT, HELLO, "X-Request-ID: one")
            + request(CHAT, b"{", "X-Request-ID: two")
            + request(TEXT, HELLO, "X-Request-ID: three", method="PUT")
            + request(CHAT, HELLO, "X-Request-ID: four")
        )
        answers = [await caller.answer() for _ in range(4)]
    assert [answer.status for answer in answers] == [200, 400, 405, 200]
    assert [answer.headers["x-request-id"] for answer in answers] == ["one", "two", "three", "four"]


async def test_http_1_0_gets_its_answer_and_the_end(plain: PlainWorld) -> None:
    async with RawCaller(plain.gateway.port) as caller:
        await caller.send(request(CHAT, HELLO).replace(b"HTTP/1.1", b"HTTP/1.0"))
        answer = await caller.answer()
        assert await caller.rest() == b""
    assert answer.status == 200
    assert answer.json()["choices"][0]["message"]["content"] == "Fine."
    assert answer.headers["connection"] == "close"


async def test_an_offer_to_speak_http_2_costs_nothing(plain: PlainWorld) -> None:
    offer = ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAA")
    async with RawCaller(plain.gateway.port) as caller:
        for _ in range(3):  # on one connection, as Java's client does
            await caller.send(request(CHAT, HELLO, *offer))
            assert (await caller.answer()).status == 200
        await caller.send(request(CHAT, HELLO))
        assert (await caller.answer()).status == 200


async def test_expect_100_continue_is_answered(plain: PlainWorld) -> None:
    async with RawCaller(plain.gateway.port) as caller:
        await caller.send(request(CHAT, b"", "Expect: 100-continue", length=len(HELLO)))
        assert await caller.reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        await caller.send(HELLO)
        assert (await caller.answer()).status == 200


READ_ONLY = ["/", "/health", "/healthz", "/readyz", "/metrics", "/v1/models", "/v1/models/strange", "/admin/models"]
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("path", [CHAT, TEXT, "/v1/embeddings", *READ_ONLY])
async def test_methods_that_a_path_does_not_have_are_405(plain: PlainWorld, path: str, method: str) -> None:
    allowed = "GET" if path in READ_ONLY else "POST"
    if method == allowed:
        return
    async with RawCaller(plain.gateway.port) as caller:
        await caller.send(request(path, b"{}", method=method))
        answer = await caller.answer()
    is_openai_error(answer, 405)
    assert allowed in answer.headers["allow"]


@pytest.mark.parametrize("path", READ_ONLY[:-1])
async def test_head_is_get_without_the_body(plain: PlainWorld, path: str) -> None:
    async with RawCaller(plain.gateway.port) as caller:
        await caller.send(f"HEAD {path} HTTP/1.1\r\nhost: t\r\nconnection: close\r\n\r\n".encode())
        head, _, body = (await caller.rest()).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200")
    assert body == b""


@pytest.mark.parametrize(
    "path",
    ["/nothing", "/v1", "/v1/", "/v1/nothing", "//v1/models", "*", f"{CHAT}/", "/admin/nothing", "/health/x", "/%00"],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_unknown_paths_are_404(plain: PlainWorld, path: str, method: str) -> None:
    async with RawCaller(plain.gateway.port) as caller:
        await caller.send(request(path, HELLO, method=method))
        is_openai_error(await caller.answer(), 404)


@pytest.mark.parametrize("query", ["model=", "model", "model=strange&model=strange", "model=a&model="])
async def test_a_model_in_the_address_that_is_empty_or_doubled_is_400(plain: PlainWorld, query: str) -> None:
    error = is_openai_error(await plain.post(path=f"{CHAT}?{query}"), 400)
    assert error["param"] == "model"


@pytest.mark.parametrize(
    "query", ["model=strange", "x=1", "", "&&&", "=", "%", "%ff=%ff", "a" * 5000, "model=strange&x="]
)
async def test_other_queries_do_no_harm(plain: PlainWorld, query: str) -> None:
    async with RawCaller(plain.gateway.port) as caller:
        await caller.send(request(f"{CHAT}?{query}", HELLO))
        assert (await caller.answer()).status == 200


async def test_fifty_who_stay_silent_hold_up_nobody(plain: PlainWorld) -> None:
    async with asyncio.TaskGroup() as group:
        for number in range(50):
            group.create_task(_silent(plain, [b"", b"GET /", request(CHAT, HELLO[:5], length=99)][number % 3]))
        for _ in range(5):
            assert (await plain.post()).status == 200


async def _silent(plain: PlainWorld, sent: bytes) -> None:
    async with RawCaller(plain.gateway.port) as caller:
        await caller.send(sent)
        await caller.rest()
