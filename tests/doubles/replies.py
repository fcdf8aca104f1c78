"""Reading a backend's `Reply` to its end and closing it, whatever happens."""

from typing import Any

import msgspec

from smarterrouter.wire.calls import Reply


async def decoded(reply: Reply) -> Any:
    """The JSON answer."""
    try:
        return msgspec.json.decode(await reply.read())
    finally:
        reply.close()


async def streamed(reply: Reply) -> bytes:
    """All that is streamed."""
    try:
        return b"".join([piece async for piece in reply.chunks()])
    finally:
        reply.close()
