"""Heads wait for what follows, and nothing is lost or turned round."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarterrouter.api.joining import OneWrite

HEAD = b"HTTP/1.1 200 OK\r\n\r\n"


class Written(asyncio.Transport):
    """Remembers each write."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[bytes] = []
        self.closed = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.writes.append(bytes(data))

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed


class Turns:
    """A loop whose turns end when told."""

    def __init__(self) -> None:
        self.soon: list = []

    def call_soon(self, call) -> None:
        self.soon.append(call)

    def turn(self) -> None:
        soon, self.soon = self.soon, []
        for call in soon:
            call()


@pytest.fixture
def parts():
    transport, turns = Written(), Turns()
    return OneWrite(transport, turns), transport, turns


def test_a_head_goes_out_with_its_body(parts):
    writer, transport, turns = parts
    writer.write(HEAD)
    assert transport.writes == []
    writer.write(b"body")
    turns.turn()
    assert transport.writes == [HEAD + b"body"]


def test_a_head_alone_waits_for_the_end_of_the_turn(parts):
    writer, transport, turns = parts
    writer.write(HEAD)
    turns.turn()
    assert transport.writes == [HEAD]
    writer.write(b"data: 1\n\n")
    assert transport.writes == [HEAD, b"data: 1\n\n"]


def test_what_waits_is_written_before_the_end(parts):
    writer, transport, _ = parts
    writer.write(HEAD)
    assert not writer.is_closing()
    writer.close()
    assert (transport.writes, writer.is_closing()) == ([HEAD], True)


def test_large_bodies_are_not_copied(parts):
    writer, transport, _ = parts
    written = []
    transport.writelines = written.append
    body = b"x" * 20_000
    writer.write(HEAD)
    writer.write(body)
    assert written == [[HEAD, body]]
    assert written[0][1] is body


@given(st.lists(st.sampled_from([HEAD, b"", b"HTTP/1.1", b"body", b"x" * 20_000, None])))
def test_the_bytes_are_the_same_however_they_are_written(steps):
    transport, turns = Written(), Turns()
    writer = OneWrite(transport, turns)
    for step in steps:
        if step is None:
            turns.turn()
        else:
            writer.write(step)
    turns.turn()
    assert b"".join(transport.writes) == b"".join(step for step in steps if step)
