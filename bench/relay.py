"""The floor: the least that a relay written in Python can do. The gateway's cost is judged as a ratio to this one.

A raw ASGI application that decodes the request, posts its bytes to the upstream and hands back what comes. It routes
nothing, checks nothing, counts nothing and survives nothing.

    uvicorn relay:app --app-dir bench --loop uvloop --http httptools --no-access-log

RELAY_UPSTREAM says where the upstream is.
"""

import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import aiohttp
import msgspec

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

JSON = {"content-type": "application/json"}


class Turn(msgspec.Struct):
    """One message of a conversation."""

    role: str
    content: str | list[Any] | None = None


class Chat(msgspec.Struct):
    """What a gateway must at least know of a chat request."""

    messages: list[Turn]
    model: str = ""
    stream: bool = False


class Relay:
    """The ASGI application."""

    def __init__(self, upstream: str) -> None:
        """`upstream` is the base address, with /v1."""
        self.url = f"{upstream}/chat/completions"
        self.decoder = msgspec.json.Decoder(Chat)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one request, or open and close the session to the upstream."""
        if scope["type"] == "lifespan":
            await self.live(receive, send)
        elif scope["path"] == "/health":
            await answer(send, 200, b"{}")
        else:
            await self.relay(await whole_body(receive), send)

    async def live(self, receive: Receive, send: Send) -> None:
        """Hold one session for as long as the server runs."""
        await receive()
        async with aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0), auto_decompress=False
        ) as self.session:
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})

    async def relay(self, body: bytes, send: Send) -> None:
        """Post `body` and pass on the answer, event by event when it is a stream."""
        chat = self.decoder.decode(body)
        async with self.session.post(self.url, data=body, headers=JSON) as reply:
            if not chat.stream:
                await answer(send, reply.status, await reply.read())
                return
            headers = [(b"content-type", reply.headers["content-type"].encode())]
            await send({"type": "http.response.start", "status": reply.status, "headers": headers})
            async for piece in reply.content.iter_any():
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b""})


async def whole_body(receive: Receive) -> bytes:
    """The request body, however many pieces it comes in."""
    message = await receive()
    if not message.get("more_body"):
        return bytes(message["body"])
    pieces = [message["body"]]
    while message.get("more_body"):
        message = await receive()
        pieces.append(message["body"])
    return b"".join(pieces)


async def answer(send: Send, status: int, body: bytes) -> None:
    """Send a whole JSON body with its length."""
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


# The bench is a program of its own: its environment is read here, not in the product's settings.
app = Relay(os.environ.get("RELAY_UPSTREAM", "http://127.0.0.1:9000/v1"))  # noqa: TID251
