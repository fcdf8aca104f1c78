"""uvicorn's protocol with the limits that it lacks; nonsense of every kind is in the journeys."""

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
import uvicorn
from tests.doubles.gateway_parts import until

from smarterrouter.api.asgi import STOPPING
from smarterrouter.api.connection import LONGEST_HEAD, Connection, limited


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Answers with the body that came."""
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    headers = [(b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class _Server(uvicorn.Server):
    def install_signal_handlers(self) -> None:
        """They are the test run's."""


@pytest.fixture
async def port() -> AsyncIterator[int]:
    config = uvicorn.Config(echo, http=limited(0.1), lifespan="off", log_config=None, access_log=False)
    config.load()
    state = uvicorn.server.ServerState()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: config.http_protocol_class(config=config, server_state=state, app_state={}), "127.0.0.1", 0
    )
    yield server.sockets[0].getsockname()[1]
    server.close()
    for connection in list(state.connections):
        connection.transport.close()
    await server.wait_closed()


async def told(port: int, *pieces: bytes) -> bytes:
    """Everything that comes back until the connection ends."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for piece in pieces:
        writer.write(piece)
        await asyncio.sleep(0.01)
    found = await asyncio.wait_for(reader.read(), 30)
    writer.close()
    await writer.wait_closed()
    return found


POST = b"POST / HTTP/1.1\r\nhost: t\r\nconnection: close\r\ncontent-length: 5\r\n\r\nhello"


async def test_applications_are_told_that_the_server_is_being_stopped() -> None:
    config = uvicorn.Config(echo, http=limited(30), lifespan="off", log_config=None)
    config.load()
    state, stopping = uvicorn.server.ServerState(), asyncio.Event()
    for told in ({}, {STOPPING: stopping}):
        made = config.http_protocol_class(config=config, server_state=state, app_state=told)
        left, right = socket.socketpair()
        await asyncio.get_running_loop().create_connection(lambda made=made: made, sock=left)
        assert not stopping.is_set()
        made.shutdown()
        assert made.transport.is_closing()
        right.close()
    assert stopping.is_set()
    await asyncio.sleep(0)


async def test_a_request_in_pieces_is_served(port: int) -> None:
    assert (await told(port, POST[:10], POST[10:60], POST[60:])).endswith(b"\r\n\r\nhello")


@pytest.mark.parametrize(
    ("pieces", "start"),
    [
        ([b""], b""),
        ([b"GE"], b"HTTP/1.1 408 Request Timeout\r\n"),
        ([b"hello\r\n\r\n"], b"HTTP/1.1 400 Bad Request\r\n"),
        ([b"GET / HTTP/1.1\r\n", b"x: " + b"y" * LONGEST_HEAD], b"HTTP/1.1 431 Request Header Fields Too Large\r\n"),
    ],
)
async def test_what_is_refused(port: int, pieces: list[bytes], start: bytes) -> None:
    found = await told(port, *pieces)
    assert found.startswith(start)
    if start:
        assert b"\r\nconnection: close\r\n" in found
        assert b'{"error":{"message":"' in found


async def test_an_offer_of_another_protocol_does_not_cost_the_body(port: int) -> None:
    offering = POST.replace(b"connection: close", b"Connection: close, Upgrade\r\nUPGRADE : h2c".replace(b" :", b":"))
    assert (await told(port, offering)).endswith(b"\r\n\r\nhello")


def test_each_limit_is_a_class_of_its_own() -> None:
    assert (limited(1.5).head_seconds, limited(2.5).head_seconds, Connection.head_seconds) == (1.5, 2.5, 30.0)


class Written(asyncio.Transport):
    """Remembers each write."""

    def __init__(self) -> None:
        super().__init__({"sockname": ("127.0.0.1", 1), "peername": ("127.0.0.1", 2)})
        self.writes: list[bytes] = []

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.writes.append(bytes(data))

    def is_closing(self) -> bool:
        return False

    def close(self) -> None:
        """Stays open."""


async def test_head_and_body_of_an_answer_are_one_write() -> None:
    config = uvicorn.Config(echo, http=limited(30), lifespan="off", log_config=None, access_log=False)
    config.load()
    made = config.http_protocol_class(config=config, server_state=uvicorn.server.ServerState(), app_state={})
    transport = Written()
    made.connection_made(transport)
    for count in (1, 2):  # the connection is kept
        made.data_received(POST.replace(b"connection: close\r\n", b""))
        await until(lambda: made.cycle.response_complete)
        assert len(transport.writes) == count
        assert transport.writes[-1].startswith(b"HTTP/1.1 200 OK\r\n")
        assert transport.writes[-1].endswith(b"\r\n\r\nhello")
    made.connection_lost(None)
