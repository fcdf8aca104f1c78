"""Server-sent events as bytes (https://html.spec.whatwg.org/multipage/server-sent-events.html): framed, cut, read."""

import re

from smarterrouter.errors import BackendGarbage

DONE = b"data: [DONE]\n\n"
"""The last event of every OpenAI stream."""
LONGEST_EVENT = 8 * 2**20
"""Bytes of one event above which an upstream is not believed to send events at all."""

_ENDS = (b"\n\n", b"\n\r\n")
_BLANK_LINES = (b"\n\n", b"\n\r\n", b"\n\r", b"\r\r")
_USAGE = re.compile(rb'"usage"\s*:\s*\{')


def frame(data: bytes) -> bytes:
    """One event with `data` as its payload; a payload of several lines takes one field a line."""
    if b"\n" in data or b"\r" in data:
        data = b"\ndata: ".join(_lines(data))
    return b"data: %b\n\n" % data


def comment(text: str) -> bytes:
    """A line that every client skips; it keeps a silent connection open."""
    return b": %b\n\n" % b" ".join(text.encode().splitlines())


class Splitter:
    """Takes a stream in pieces cut anywhere, gives it back in pieces that end where an event ends, byte for byte."""

    __slots__ = ("_held",)

    def __init__(self) -> None:
        self._held = bytearray()

    @property
    def remainder(self) -> bytes:
        """The beginning of an event whose end has not come yet."""
        return bytes(self._held)

    def feed(self, chunk: bytes) -> bytes:
        """All whole events so far that were not given out before, or nothing.

        Raise `BackendGarbage` when one event grows beyond `LONGEST_EVENT`.
        """
        if not self._held and chunk.endswith(_ENDS):
            return chunk
        return self._cut(chunk)

    def _cut(self, chunk: bytes) -> bytes:
        held = self._held
        unread = max(len(held) - 2, 0)  # what is held has no end in it, but an end may begin in its last two bytes
        held += chunk
        end = _last_end(held, unread)
        if len(held) - end > LONGEST_EVENT:
            held.clear()
            raise BackendGarbage("The backend sent an event without end.")
        whole = bytes(held[:end])
        del held[:end]
        return whole


def events(block: bytes) -> list[bytes]:
    """The payload of each event in `block`; events without data (comments, bare names) give none.

    The last event counts even without its blank line, so a `remainder` can be read too.
    """
    found: list[bytes] = []
    payload: list[bytes] = []
    for line in block.splitlines():
        if line.startswith(b"data:"):
            payload.append(line[6:] if line.startswith(b"data: ") else line[5:])
        elif line == b"data":
            payload.append(b"")
        elif not line and payload:
            found.append(b"\n".join(payload))
            payload.clear()
    if payload:
        found.append(b"\n".join(payload))
    return found


def first_event(block: bytes) -> bytes:
    """The first payload in `block` that is not empty; empty when there is none. Looks no further than needed."""
    at = 0
    while at < len(block):
        end = block.find(b"\n\n", at) + 2
        if end < 2 or b"\r" in block[at:end]:
            break
        if (payloads := events(block[at:end])) and payloads[0]:
            return payloads[0]
        at = end
    return next(filter(None, events(block[at:])), b"")


def special(block: bytes) -> int:
    """Where the first event begins that holds a usage object or the end mark; -1 when none does."""
    mark = block.find(b"[DONE]")
    usage = _USAGE.search(block) if b'"usage"' in block else None
    if usage is not None and (mark < 0 or usage.start() < mark):
        mark = usage.start()
    if mark < 0:
        return -1
    before = block.rfind(b"\n\n", 0, mark)
    return 0 if before < 0 or b"\r" in block else before + 2


def is_done(payload: bytes) -> bool:
    """Is this the payload that ends a stream?"""
    return payload.strip() == b"[DONE]"


def _lines(data: bytes) -> list[bytes]:
    """`data` at its line ends, an empty last line included."""
    return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")


def _last_end(held: bytearray, start: int) -> int:
    """Where the last whole event ends, 0 when none does. A blank line ends it, whatever ends the lines."""
    end = 0
    for blank in _BLANK_LINES:
        at = held.rfind(blank, start)
        if at >= 0:
            end = max(end, at + len(blank))
    return end
