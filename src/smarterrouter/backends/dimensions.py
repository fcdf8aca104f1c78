"""Did a server make vectors of the length that was asked for? Many ignore `dimensions` without a word."""

import binascii
from collections.abc import Awaitable, Callable

import msgspec

from smarterrouter.errors import CannotHonour
from smarterrouter.wire.calls import Reply


class _Vector(msgspec.Struct):
    embedding: list[float] | str = ""


class _Answer(msgspec.Struct):
    data: list[_Vector] = []


_answers = msgspec.json.Decoder(_Answer)


def checked(reply: Reply, wanted: int, where: str) -> Reply:
    """`reply`, whose `read` raises `CannotHonour` when a vector has another length than `wanted`."""
    read = _checking(reply.read, wanted, where)
    return Reply(read=read, chunks=reply.chunks, close=reply.close, stream=False, notes=reply.notes)


def _checking(read: Callable[[], Awaitable[bytes]], wanted: int, where: str) -> Callable[[], Awaitable[bytes]]:
    async def reading() -> bytes:
        body = await read()
        for length in _lengths(body):
            if length != wanted:
                raise CannotHonour(f"{where} makes vectors of {length} numbers, not of {wanted}.", param="dimensions")
        return body

    return reading


def _lengths(body: bytes) -> list[int]:
    """How long the vectors are; none where `body` is no answer, which is for whoever reads it to find out."""
    try:
        vectors = _answers.decode(body).data
        return [_length(vector.embedding) for vector in vectors]
    except (msgspec.DecodeError, UnicodeDecodeError, binascii.Error):
        return []


def _length(vector: list[float] | str) -> int:
    """Numbers in a vector; as base64 each takes four bytes."""
    return len(binascii.a2b_base64(vector)) // 4 if isinstance(vector, str) else len(vector)
