import asyncio
import json

import pytest
from tests.doubles.in_process import COUNTS, ROLE, STOP, VECTORS, WHOLE, ScriptedBackend, chunk, event

from smarterrouter.errors import BackendError, BackendGarbage, BackendUnreachable
from smarterrouter.gateway import opened as opening
from smarterrouter.gateway.opened import Opened, read_first, read_whole
from smarterrouter.wire import sse


@pytest.fixture
def backend():
    made = ScriptedBackend()
    yield made
    assert made.closed == made.opened, "every reply is closed exactly once"


async def first(backend, *pieces):
    opened = await read_first(backend.reply(pieces))
    opened.close()
    return opened


async def test_a_whole_answer_is_read_and_its_connection_given_back(backend):
    opened = await read_whole(backend.reply(WHOLE))
    assert opened.body == WHOLE
    assert opened.usage.total_tokens == 7
    assert [piece async for piece in opened.rest] == []
    await opened.drain()


async def test_vectors_are_an_answer(backend):
    assert (await read_whole(backend.reply(VECTORS))).usage.prompt_tokens == 5


@pytest.mark.parametrize(
    "body",
    [
        b'{"choices":[{"finish_reason":3}],"usage":{"prompt_tokens":null}}',
        b'{"choices":[],"usage":{"prompt_tokens":1.5}}',
        b'{"data":[],"usage":"none"}',
    ],
)
async def test_odd_counts_do_not_cost_a_good_answer(backend, body):
    opened = await read_whole(backend.reply(body))
    assert opened.body == body
    assert opened.usage is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"{",
        b"[]",
        b'"x"',
        b"{}",
        b'{"choices":3}',
        b"[" * 9999,
        b'{"choices":[{"finish_reason":"\xff"}]}',
    ],
)
async def test_garbage_is_not_an_answer(backend, body):
    with pytest.raises(BackendGarbage):
        await read_whole(backend.reply(body))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"error":{"message":"out of memory"}}', "out of memory"),
        (b'{"error":"out of memory","usage":3}', "out of memory"),
        (b'{"error":{"code":5}}', "code"),
    ],
)
async def test_an_error_inside_a_200_is_an_error(backend, body, words):
    with pytest.raises(BackendError, match=words):
        await read_whole(backend.reply(body))


async def test_a_body_that_breaks_off_raises_and_is_closed(backend):
    with pytest.raises(BackendUnreachable):
        await read_whole(backend.reply((WHOLE[:9], BackendUnreachable("broke off"))))


async def test_a_stream_is_read_up_to_its_first_event(backend):
    opened = await first(backend, ROLE[:7], ROLE[7:] + STOP[:5], STOP[5:])
    assert opened.first == ROLE
    assert opened.splitter.remainder == STOP[:5]


async def test_comments_and_empty_events_are_no_beginning(backend):
    opened = await first(backend, b": wait\n\n", b"data:\n\n", b"event: x\n\n", b": wait\n\n" + ROLE)
    assert opened.first == b": wait\n\n" + ROLE
    assert (await first(backend, b"data: \n\n" + ROLE)).first == b"data: \n\n" + ROLE


@pytest.mark.parametrize("pieces", [(), (b": wait\n\n",), (ROLE[:-2],), (b'{"x":1}',), (sse.DONE,), (b"data: [DONE]",)])
async def test_a_stream_without_events_is_garbage(backend, pieces):
    with pytest.raises(BackendGarbage, match="before the first event"):
        await read_first(backend.reply(pieces))


async def test_an_error_as_the_first_event_lets_the_next_candidate_try(backend):
    with pytest.raises(BackendError, match="no memory"):
        await read_first(backend.reply((event({"error": {"message": "no memory"}}),)))


@pytest.mark.parametrize(
    "piece",
    [
        chunk({"content": '"error"'}),
        chunk({"role": "assistant"}, error=None),
        b'data: {"error": \n\n',
        b'data: {"usage":{"error":1},"model":"\xff","choices":[{"finish_reason":"\xff"}]}\n\n',
    ],
)
async def test_the_word_error_alone_is_none(backend, piece):
    assert (await first(backend, piece)).first == piece


async def test_a_caller_who_leaves_early_closes_the_stream(backend):
    task = asyncio.get_running_loop().create_task(read_first(backend.reply((asyncio.Event(),))))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_what_follows_the_end_is_drained(backend):
    opened = await read_first(backend.reply((ROLE, STOP, COUNTS, sse.DONE)))
    await opened.drain()
    assert [piece async for piece in opened.rest] == []
    opened.close()


async def test_draining_ends_after_a_moment_and_swallows_what_breaks(backend, monkeypatch):
    monkeypatch.setattr(opening, "_DRAIN_SECONDS", 0.01)
    for last in (asyncio.Event(), BackendUnreachable("broke off")):
        opened = await read_first(backend.reply((ROLE, last)))
        await opened.drain()
        opened.close()


def test_notes_are_those_of_the_reply():
    assert Opened(ScriptedBackend(notes=("top_k",)).reply(b"")).notes == ("top_k",)
    assert json.loads(WHOLE)["usage"]
