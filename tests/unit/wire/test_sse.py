import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarterrouter.errors import BackendGarbage
from smarterrouter.wire import sse

line_ends = st.sampled_from([b"\n", b"\r\n", b"\r"])
payloads = st.binary(max_size=40).map(lambda data: re.sub(rb"[\r\n]", b"", data))


@st.composite
def streams(draw: st.DrawFn) -> tuple[bytes, list[bytes]]:
    """Bytes of a stream and the payloads in it: several lines each, comments and names between, any line end."""
    written, expected = b"", []
    for lines in draw(st.lists(st.lists(payloads, min_size=1, max_size=3), max_size=5)):
        end = draw(line_ends)
        extra = draw(st.sampled_from([b"", b": ping" + end, b"event: delta" + end, b"id: 7" + end]))
        space = draw(st.sampled_from([b"", b" "]))
        # A payload that begins with a space keeps it only behind the one that the format takes away.
        written += extra + b"".join(b"data:" + (space or b" "[: line[:1] == b" "]) + line + end for line in lines) + end
        expected.append(b"\n".join(lines))
    return written, expected


def cut(data: bytes, marks: list[int]) -> list[bytes]:
    """`data` in pieces, cut at `marks`."""
    places = [0, *sorted(mark % (len(data) + 1) for mark in marks), len(data)]
    return [data[start:end] for start, end in pairwise(places)]


@given(streams(), st.lists(st.integers(min_value=0), max_size=12))
def test_any_chunking_gives_the_same_bytes_and_the_same_events(
    stream: tuple[bytes, list[bytes]], marks: list[int]
) -> None:
    written, expected = stream
    splitter = sse.Splitter()
    blocks = [splitter.feed(chunk) for chunk in cut(written, marks)]
    assert b"".join(blocks) + splitter.remainder == written
    assert [payload for block in blocks for payload in sse.events(block)] == expected
    assert splitter.remainder.strip() == b""


@given(streams())
def test_one_byte_at_a_time_gives_out_whole_events_only(stream: tuple[bytes, list[bytes]]) -> None:
    written, expected = stream
    splitter = sse.Splitter()
    blocks = [block for byte in written if (block := splitter.feed(bytes([byte])))]
    assert [sse.events(block) for block in blocks if sse.events(block)] == [[payload] for payload in expected]


@given(st.lists(st.binary(max_size=60), max_size=6))
def test_what_is_framed_is_read_back(data: list[bytes]) -> None:
    stream = b"".join(sse.frame(payload) for payload in data)
    expected = [payload.replace(b"\r\n", b"\n").replace(b"\r", b"\n") for payload in data]
    assert sse.events(stream) == expected


@given(st.lists(st.binary(max_size=30), max_size=8))
def test_garbage_comes_out_as_it_went_in(chunks: list[bytes]) -> None:
    splitter = sse.Splitter()
    assert b"".join(map(splitter.feed, chunks)) + splitter.remainder == b"".join(chunks)
    assert isinstance(sse.events(b"".join(chunks)), list)


@pytest.mark.parametrize("chunk", [b"data: 1\n\n", b"data: 1\n\ndata: 2\n\n", b"data: 1\r\n\r\n", b"data: 1\n\r\n"])
def test_a_chunk_of_whole_events_is_not_copied(chunk: bytes) -> None:
    assert sse.Splitter().feed(chunk) is chunk


def test_the_beginning_of_an_event_is_kept_back() -> None:
    splitter = sse.Splitter()
    assert splitter.feed(b"data: 1\n\ndata: 2\n") == b"data: 1\n\n"
    assert splitter.remainder == b"data: 2\n"
    assert splitter.feed(b"\ndata: 3\n\nda") == b"data: 2\n\ndata: 3\n\n"
    assert splitter.remainder == b"da"


def test_an_event_without_end_is_refused_and_forgotten() -> None:
    splitter = sse.Splitter()
    splitter.feed(b"data: ")
    megabyte = b"x" * 2**20
    with pytest.raises(BackendGarbage, match="without end"):
        for _ in range(9):
            splitter.feed(megabyte)
    assert splitter.remainder == b""


def test_many_whole_events_at_once_may_be_longer_than_one_event_may() -> None:
    chunk = (b"data: " + b"x" * 2**20 + b"\n\n") * 9 + b"data: half"
    splitter = sse.Splitter()
    assert splitter.feed(chunk) == chunk[: -len(b"data: half")]


def test_a_large_event_in_small_pieces_is_searched_once() -> None:
    """Only what is new is searched for an end, so the time does not grow with the square of the length."""
    splitter = sse.Splitter()
    pieces = [b"data: ", *[b"y" * 1000] * 4000, b"\n", b"\n"]
    assert b"".join(map(splitter.feed, pieces)) == b"".join(pieces)


def test_the_last_event_counts_without_its_blank_line() -> None:
    assert sse.events(b"data: 1\n\ndata: [DONE]") == [b"1", b"[DONE]"]
    assert sse.events(b": only a comment\n\nevent: ping\n\n") == []
    assert sse.events(b"data\n\n") == [b""]
    assert sse.events(b"data: a\ndata: b\n\n") == [b"a\nb"]
    assert sse.events(b"database: no\n\n") == []


def test_comments_are_skipped_and_stay_on_one_line() -> None:
    assert sse.comment("still loading") == b": still loading\n\n"
    assert sse.comment("a\ndata: forged") == b": a data: forged\n\n"
    assert sse.events(sse.comment("a\n\ndata: forged")) == []


def test_the_end_mark() -> None:
    assert sse.events(sse.DONE) == [b"[DONE]"]
    assert sse.is_done(b"[DONE]")
    assert sse.is_done(b" [DONE] ")
    assert not sse.is_done(b'{"content":"[DONE]"}')


@given(streams())
def test_the_first_event_is_the_first_of_all(stream: tuple[bytes, list[bytes]]) -> None:
    written, expected = stream
    assert sse.first_event(written) == next(filter(None, expected), b"")


@pytest.mark.parametrize(
    ("block", "payload"),
    [
        (b"", b""),
        (b": comment\n\n", b""),
        (b": comment\n\ndata: 1\n\ndata: 2\n\n", b"1"),
        (b"data: 1\r\n\r\ndata: 2\r\n\r\n", b"1"),
        (b"data: half", b"half"),
    ],
)
def test_the_first_event_of_a_block(block: bytes, payload: bytes) -> None:
    assert sse.first_event(block) == payload


plain = st.sampled_from([b"data: 1\n\n", b": ping\n\n", b'data: {"usage":null}\n\n', b"event: x\ndata: y\n\n"])
marked = st.sampled_from([sse.DONE, b'data: {"usage":{}}\n\n', b'data: {"a":1,\ndata: "usage": {}}\n\n'])


@given(st.lists(plain, max_size=4), st.lists(plain | marked, max_size=3), marked)
def test_special_events_are_found_at_their_beginning(before: list[bytes], after: list[bytes], first: bytes) -> None:
    block = b"".join([*before, first, *after])
    assert sse.special(b"".join(before)) == -1
    assert sse.special(block) == len(b"".join(before))
    assert sse.special(block.replace(b"\n", b"\r\n")) == 0
