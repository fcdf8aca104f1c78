import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import aiohttp
import pytest

from smarterrouter.errors import BackendGarbage, BackendTimeout, BackendUnreachable, GatewayError
from smarterrouter.transport.client import HttpClient, Response, Upstream, translate

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"transfer-encoding: chunked\r\n\r\n"
CERTIFICATE = Path(__file__).parent / "localhost.pem"
"""Signed by itself, for tests only, valid for a hundred years."""


class Server:
    """A TCP server that answers each request with the given pieces, then does as `after` says."""

    def __init__(self, *pieces: bytes, after: str = "close") -> None:
        self.pieces = pieces
        self.after = after
        self.requests: list[bytes] = []
        self.connections = 0
        self.asked = asyncio.Event()
        self.gone = asyncio.Event()
        """Set when a client has closed its side."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                self.requests.append(await self.request(reader))
                self.asked.set()
                for piece in self.pieces:
                    writer.write(piece)
                    await writer.drain()
                    await asyncio.sleep(0.01)  # so that pieces arrive one by one
                if self.after != "keep":
                    break
            if self.after == "hold":
                await reader.read()
                self.gone.set()
        except (ConnectionError, asyncio.IncompleteReadError):
            self.gone.set()
        finally:
            if self.after == "reset":
                writer.transport.abort()
            writer.close()

    @staticmethod
    async def request(reader: asyncio.StreamReader) -> bytes:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next((line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), b": 0")
        return head + await reader.readexactly(int(length.partition(b":")[2]))


@asynccontextmanager
async def listening(server: Server, **options: object) -> AsyncIterator[str]:
    """The address of `server`; it is closed, with its connections, at the end."""
    tasks: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await server.serve(reader, writer)
        except asyncio.CancelledError:
            writer.transport.abort()
        finally:
            tasks.discard(task)

    where = ("127.0.0.1", 0) if "path" not in options else ()
    start = asyncio.start_server if where else asyncio.start_unix_server
    running = await start(connected, *where, **options)  # type: ignore[operator]
    try:
        address = running.sockets[0].getsockname()
        yield f"http://127.0.0.1:{address[1]}" if where else "http://local"
    finally:
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        running.close()
        await running.wait_closed()


@pytest.fixture
async def client() -> AsyncIterator[HttpClient]:
    client = HttpClient(connect_seconds=5)
    yield client
    await client.close()


async def by_read(response: Response) -> bytes:
    return await response.read()


async def by_chunks(response: Response) -> bytes:
    return b"".join([chunk async for chunk in response.chunks()])


EITHER = pytest.mark.parametrize("reading", [by_read, by_chunks])
Reading = Callable[[Response], Awaitable[bytes]]


async def exchange(client: HttpClient, url: str, reading: Reading, idle: float | None = None) -> bytes:
    response = await client.send("POST", Upstream.at(url), b"{}", idle=idle)
    try:
        return await reading(response)
    finally:
        response.close()


@EITHER
@pytest.mark.parametrize(
    ("pieces", "body"),
    [
        ([OK + b"content-length: 5\r\n\r\nhello"], b"hello"),
        ([OK + b"content-length: 5\r\n\r\nhel", b"lo"], b"hello"),
        ([CHUNKED + b"3\r\nhel\r\n", b"2\r\nlo\r\n0\r\n\r\n"], b"hello"),
        ([OK + b"\r\nuntil the end"], b"until the end"),
        ([b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"content-length: 2\r\n\r\n{}"], b"{}"),
        ([b"HTTP/1.1 204 No Content\r\n\r\n"], b""),
        ([OK + b"content-length: 0\r\n\r\n"], b""),
    ],
)
async def test_an_answer_is_read_whole(client: HttpClient, reading: Reading, pieces: list[bytes], body: bytes) -> None:
    async with listening(Server(*pieces)) as url:
        assert await exchange(client, url, reading) == body


@pytest.mark.parametrize(
    "piece",
    [
        b"hello world\r\n\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        OK + b"content-length: x\r\n\r\n",
        OK + b"content-length: 3\r\ncontent-length: 5\r\n\r\nabc",
        OK + b"x: a\x00b\r\ncontent-length: 0\r\n\r\n",
        OK + b"x: " + b"a" * 20_000 + b"\r\ncontent-length: 0\r\n\r\n",
        OK + b"content-encoding: gzip\r\ncontent-length: 3\r\n\r\nabc",
    ],
    ids=["words", "status", "length", "two lengths", "nul", "long header", "compressed"],
)
async def test_what_is_not_http_as_asked_is_garbage(client: HttpClient, piece: bytes) -> None:
    async with listening(Server(piece)) as url:
        with pytest.raises(BackendGarbage):
            await exchange(client, url, by_read)


@pytest.mark.parametrize("pieces", [[], [b"HTTP/1.1 200 OK\r\ncontent-le"]], ids=["nothing", "half a head"])
@pytest.mark.parametrize("after", ["close", "reset"])
async def test_a_connection_that_ends_before_an_answer_is_unreachable(
    client: HttpClient, pieces: list[bytes], after: str
) -> None:
    async with listening(Server(*pieces, after=after)) as url:
        with pytest.raises(BackendUnreachable):
            await exchange(client, url, by_read)


@EITHER
@pytest.mark.parametrize("after", ["close", "reset"])
@pytest.mark.parametrize(
    "pieces",
    [
        [OK + b"content-length: 10\r\n\r\nabc"],
        [CHUNKED + b"5\r\nhello\r\n"],
        [CHUNKED + b"5\r\nhel"],
        [CHUNKED + b"5\r\nhello\r\n", b"zz\r\nabc\r\n"],
    ],
    ids=["short", "no last chunk", "half a chunk", "wrong chunk size"],
)
async def test_a_body_that_breaks_off_is_told_at_once_even_without_any_limit(
    client: HttpClient, reading: Reading, after: str, pieces: list[bytes]
) -> None:
    async with listening(Server(*pieces, after=after)) as url:
        with pytest.raises(BackendUnreachable):
            await exchange(client, url, reading)


async def test_the_chunks_before_the_break_are_given_out(client: HttpClient) -> None:
    async with listening(Server(CHUNKED + b"5\r\nhello\r\n", b"zz\r\n")) as url:
        response = await client.send("POST", Upstream.at(url), b"{}")
        got = []
        with pytest.raises(BackendUnreachable, match="broke off"):
            async for chunk in response.chunks():
                got.append(chunk)
        response.close()
        assert got == [b"hello"]


@EITHER
@pytest.mark.parametrize("pieces", [[], [CHUNKED + b"5\r\nhello\r\n"]], ids=["before the head", "in the body"])
async def test_silence_beyond_the_limit_is_a_timeout(client: HttpClient, reading: Reading, pieces: list[bytes]) -> None:
    async with listening(Server(*pieces, after="hold")) as url:
        with pytest.raises(BackendTimeout):
            await exchange(client, url, reading, idle=0.05)


async def test_the_whole_exchange_may_be_limited(client: HttpClient) -> None:
    async with listening(Server(after="hold")) as url:
        with pytest.raises(BackendTimeout):
            await client.send("GET", Upstream.at(url), total=0.05)


async def test_nobody_there_is_unreachable(client: HttpClient) -> None:
    async with listening(Server()) as url:
        pass
    with pytest.raises(BackendUnreachable):
        await client.send("GET", Upstream.at(url))
    with pytest.raises(BackendUnreachable):
        await client.send("GET", Upstream.at("http://local", socket="/nowhere/socket"))


async def test_any_status_is_an_answer_and_no_redirect_is_followed(client: HttpClient) -> None:
    redirect = b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 2\r\n\r\nno"
    async with listening(Server(redirect)) as url:
        response = await client.send("GET", Upstream.at(url))
        assert (response.status, await response.read()) == (302, b"no")
        response.close()


async def test_headers_of_an_upstream_win_over_the_usual_ones_in_any_spelling(client: HttpClient) -> None:
    server = Server(OK + b"content-length: 0\r\n\r\n")
    async with listening(server) as url:
        (await client.send("POST", Upstream.at(url, {"User-Agent": "mine", "ACCEPT": "text/plain"}), b"{}")).close()
    headers = server.requests[0].decode().lower().split("\r\n")
    assert [line for line in headers if line.startswith("user-agent")] == ["user-agent: mine"]
    assert [line for line in headers if line.startswith("accept:")] == ["accept: text/plain"]


async def test_what_is_sent(client: HttpClient) -> None:
    server = Server(OK + b"content-type: text/plain\r\nX-More: yes\r\ncontent-length: 0\r\n\r\n")
    async with listening(server) as url:
        upstream = Upstream.at(f"{url}/v1/chat%2Fx?a=1", {"authorization": "Bearer key"})
        response = await client.send("POST", upstream, b'{"a":1}')
        response.close()
    assert (response.content_type, response.headers["x-more"]) == ("text/plain", "yes")
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    first, *headers = head.decode().lower().split("\r\n")
    assert first == "post /v1/chat%2fx?a=1 http/1.1"
    assert body == b'{"a":1}'
    assert set(headers) == {
        f"host: {url.removeprefix('http://')}",
        "content-type: application/json",
        "accept: */*",
        "accept-encoding: identity",
        "user-agent: smarterrouter",
        "authorization: bearer key",
        "content-length: 7",
    }


async def test_a_large_body_arrives_whole(client: HttpClient) -> None:
    server = Server(OK + b"content-length: 0\r\n\r\n")
    body = b"x" * (3 * 2**20)
    async with listening(server) as url:
        (await client.send("POST", Upstream.at(url), body)).close()
    assert server.requests[0].endswith(b"\r\n\r\n" + body)


async def test_a_header_cannot_smuggle_another(client: HttpClient) -> None:
    server = Server(OK + b"content-length: 0\r\n\r\n")
    async with listening(server) as url:
        with pytest.raises(GatewayError):
            await client.send("GET", Upstream.at(url, {"x-key": "a\r\nx-forged: b"}))
    assert server.requests == []


@pytest.mark.parametrize("url", ["", "nonsense", "http://", "http://[::1", "http://127.0.0.1:99999/", "ftp://host/"])
def test_an_address_that_is_none_is_refused_when_it_is_configured(url: str) -> None:
    with pytest.raises(ValueError, match=r"URL|Port|address"):
        Upstream.at(url)


async def test_connections_are_used_again_once_an_answer_was_read(client: HttpClient) -> None:
    server = Server(OK + b"content-length: 2\r\n\r\n{}", after="keep")
    async with listening(server) as url:
        for _ in range(5):
            assert await exchange(client, url, by_read) == b"{}"
            assert await exchange(client, url, by_chunks) == b"{}"
    assert server.connections == 1


class Forgetful(Server):
    """Answers the first request of each connection and throws the connection away at the second."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.requests.append(await self.request(reader))
        writer.write(self.pieces[0])
        await writer.drain()
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            await self.request(reader)
        if self.after == "reset":
            linger = struct.pack("ii", 1, 0)
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        writer.transport.abort()


@EITHER
@pytest.mark.parametrize("after", ["close", "reset"])
async def test_a_kept_connection_that_the_server_gave_up_is_replaced(
    client: HttpClient, reading: Reading, after: str
) -> None:
    server = Forgetful(OK + b"content-length: 2\r\n\r\n{}", after=after)
    async with listening(server) as url:
        assert [await exchange(client, url, reading) for _ in range(4)] == [b"{}"] * 4
    assert len(server.requests) == 4


async def test_closing_before_the_end_drops_the_connection_so_that_the_work_stops(client: HttpClient) -> None:
    server = Server(CHUNKED + b"5\r\nhello\r\n", after="hold")
    async with listening(server) as url:
        response = await client.send("POST", Upstream.at(url), b"{}")
        async for chunk in response.chunks():
            assert chunk == b"hello"
            break
        response.close()
        await asyncio.wait_for(server.gone.wait(), 10)


async def test_cancelling_before_the_answer_drops_the_connection(client: HttpClient) -> None:
    server = Server(after="hold")
    async with listening(server) as url:
        task = asyncio.ensure_future(client.send("POST", Upstream.at(url), b"{}"))
        await asyncio.wait_for(server.asked.wait(), 10)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(server.gone.wait(), 10)


async def test_json_there_and_back(client: HttpClient) -> None:
    server = Server(OK + b'content-length: 8\r\n\r\n{"a": 1}')
    async with listening(server) as url:
        assert await client.json("POST", Upstream.at(url), {"b": [2]}, total=10) == {"a": 1}
    assert server.requests[0].endswith(b'{"b":[2]}')


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 500 Oh\r\ncontent-length: 2\r\n\r\n{}",
        b"HTTP/1.1 301 Moved\r\nlocation: /\r\ncontent-length: 2\r\n\r\n{}",
        OK + b"content-length: 0\r\n\r\n",
        OK + b"content-length: 6\r\n\r\n<html>",
        OK + b'content-length: 3\r\n\r\n"\xff"',
        OK + b"\r\n" + b"[" * 100_000,
    ],
    ids=["500", "301", "empty", "html", "utf-8", "deep"],
)
async def test_other_answers_than_json_are_garbage(client: HttpClient, answer: bytes) -> None:
    async with listening(Server(answer)) as url:
        with pytest.raises(BackendGarbage):
            await client.json("GET", Upstream.at(url), total=10)


async def test_messages_show_no_credentials(client: HttpClient) -> None:
    async with listening(Server(b"HTTP/1.1 500 Oh\r\ncontent-length: 0\r\n\r\n")) as url:
        upstream = Upstream.at(url.replace("http://", "http://user:hunter2@") + "/v1/models?key=hunter3")
        with pytest.raises(BackendGarbage, match="/v1/models answered with status 500") as caught:
            await client.json("GET", upstream, total=10)
    assert "hunter" not in caught.value.message


@pytest.mark.parametrize("pieces", [[OK + b"content-length: 2\r\n\r\n{}"], [CHUNKED + b"1\r\n{\r\n", b"zz\r\n"]])
async def test_a_unix_socket_serves_as_well(client: HttpClient, tmp_path: Path, pieces: list[bytes]) -> None:
    path = str(tmp_path / "s")
    async with listening(Server(*pieces), path=path) as url:
        upstream = Upstream.at(f"{url}/x", socket=path)
        response = await client.send("GET", upstream)
        if len(pieces) == 1:
            assert await response.read() == b"{}"
        else:
            with pytest.raises(BackendUnreachable):
                await response.read()
        response.close()


@pytest.mark.parametrize("verify", [True, False])
async def test_r14_certificates_are_verified_unless_switched_off(*, verify: bool) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    client = HttpClient(verify_tls=verify)
    try:
        async with listening(Server(OK + b"content-length: 2\r\n\r\n{}"), ssl=context) as url:
            secure = url.replace("http:", "https:")
            if verify:
                with pytest.raises(BackendUnreachable, match="certificate"):
                    await exchange(client, secure, by_read)
            else:
                assert await exchange(client, secure, by_read) == b"{}"
    finally:
        await client.close()


async def test_limits_that_differ_from_call_to_call_do_not_pile_up(client: HttpClient) -> None:
    server = Server(OK + b"content-length: 2\r\n\r\n{}", after="keep")
    async with listening(server) as url:
        for number in range(200):
            assert await client.json("GET", Upstream.at(url), total=10 + number / 7) == {}
    assert len(client._timeouts) <= 64


async def test_closing_leaves_nothing_open() -> None:
    server = Server(OK + b"content-length: 2\r\n\r\n{}", after="keep")
    async with listening(server) as url:
        before = len(asyncio.all_tasks())
        client = HttpClient()
        assert await exchange(client, url, by_read) == b"{}"
        await client.close()
        await asyncio.wait_for(server.gone.wait(), 10)
        await asyncio.sleep(0)
        assert len(asyncio.all_tasks()) <= before


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (aiohttp.ConnectionTimeoutError("x"), BackendUnreachable),
        (aiohttp.SocketTimeoutError("x"), BackendTimeout),
        (TimeoutError(), BackendTimeout),
        (aiohttp.ServerDisconnectedError(), BackendUnreachable),
        (aiohttp.ClientPayloadError(), BackendUnreachable),
        (ConnectionResetError(), BackendUnreachable),
        (aiohttp.InvalidURL("http://x"), BackendGarbage),
        (ValueError(), BackendGarbage),
    ],
)
def test_errors_of_the_library_become_ours(error: BaseException, kind: type[GatewayError]) -> None:
    ours = translate(error, "http://host")
    assert type(ours) is kind
    assert "http://host" in ours.message
