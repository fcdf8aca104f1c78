"""Vectors of another length than was asked for are found out."""

import base64
import struct
from collections.abc import AsyncIterator

import msgspec
import pytest

from smarterrouter.backends import dimensions
from smarterrouter.errors import CannotHonour
from smarterrouter.wire.calls import Reply

PLAIN = [0.5, 0.25, 0.125]
PACKED = base64.b64encode(struct.pack("<3f", *PLAIN)).decode()


def reply(body: bytes) -> Reply:
    async def read() -> bytes:
        return body

    async def chunks() -> AsyncIterator[bytes]:
        yield body

    return Reply(read=read, chunks=chunks, close=lambda: None, stream=False, notes=("user",))


def answer(*vectors: object) -> bytes:
    return msgspec.json.encode({"object": "list", "data": [{"index": 0, "embedding": vector} for vector in vectors]})


@pytest.mark.parametrize("vector", [PLAIN, PACKED])
async def test_the_right_length_passes_untouched(vector):
    body = answer(vector, vector)
    checked = dimensions.checked(reply(body), 3, "far")

    assert await checked.read() is body
    assert checked.notes == ("user",)


@pytest.mark.parametrize("vector", [PLAIN, PACKED])
async def test_another_length_in_any_vector_is_refused(vector):
    with pytest.raises(CannotHonour, match="far makes vectors of 3 numbers, not of 2") as caught:
        await dimensions.checked(reply(answer([1.0, 0.0], vector)), 2, "far").read()

    assert caught.value.param == "dimensions"


@pytest.mark.parametrize("body", [b"", b"\xff", b"[]", b'{"data":7}', b'{"error":{}}', answer("x"), answer(None)])
async def test_what_is_no_answer_is_left_to_whoever_reads_it(body):
    assert await dimensions.checked(reply(body), 2, "far").read() == body
