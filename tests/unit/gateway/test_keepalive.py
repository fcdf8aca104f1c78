import asyncio

import pytest
from tests.doubles.gateway_parts import until
from tests.doubles.in_process import Caller, ListSink

from smarterrouter.api.asgi import AsgiSink
from smarterrouter.gateway.keepalive import KeepAlive
from smarterrouter.observability import tasks

SOON = 0.005
COMMENT = b": keep-alive\n\n"
HEADERS = [(b"content-type", b"text/event-stream")]


@pytest.fixture(autouse=True)
async def nothing_stays():
    before = len(asyncio.all_tasks())
    yield
    await asyncio.sleep(0)
    assert len(asyncio.all_tasks()) == before
    assert not [task for task in tasks._running if not task.done()]


async def test_a_silent_stream_begins_with_a_comment_and_gets_more():
    sink = ListSink()
    keepalive = KeepAlive(sink, SOON, HEADERS)
    await until(lambda: sink.writes >= 3)
    keepalive.stop()
    assert sink.headers == dict(HEADERS)
    assert sink.body == COMMENT * sink.writes
    assert sink.begun == 0  # a comment is no answer yet


async def test_nothing_is_sent_before_the_silence_has_lasted():
    sink = ListSink()
    keepalive = KeepAlive(sink, 60, HEADERS)
    await asyncio.sleep(0.01)
    keepalive.stop()
    assert not sink.started


async def test_it_is_silent_while_events_flow():
    sink = ListSink()
    await sink.start(HEADERS)
    keepalive = KeepAlive(sink, 0.2, HEADERS)
    for _ in range(5):
        keepalive._look()  # as the timer would, with an event between each two looks
        keepalive._handle.cancel()
        await sink.write(b"x")
        keepalive._look()
        keepalive._handle.cancel()
        await sink.write(b"x")
    keepalive.stop()
    await asyncio.sleep(0)
    assert sink.body == b"x" * 10


async def test_zero_switches_it_off():
    sink = ListSink()
    keepalive = KeepAlive(sink, 0, HEADERS)
    await asyncio.sleep(0.01)
    keepalive.stop()
    assert not sink.started


async def test_stopping_takes_back_a_comment_that_is_about_to_be_sent():
    sink = ListSink()
    keepalive = KeepAlive(sink, 60, HEADERS)
    keepalive._look()
    keepalive.stop()
    await asyncio.sleep(0.01)
    assert not sink.started


async def test_a_caller_who_does_not_read_holds_up_one_comment_only():
    caller = Caller()
    sink = AsgiSink(caller.send, "r1", begins=lambda: None, on_end=lambda: None)
    await sink.start(HEADERS)
    caller.hold = asyncio.Event()
    keepalive = KeepAlive(sink, SOON, HEADERS)
    await until(lambda: keepalive._task is not None)
    first = keepalive._task
    for _ in range(6):
        keepalive._look()
        await asyncio.sleep(0)
    assert keepalive._task is first
    assert sum(task.get_name() == "keep-alive comment" for task in asyncio.all_tasks()) == 1
    keepalive.stop()
    caller.hold.set()
    await sink.finish()
    await asyncio.sleep(0.01)
    assert caller.body == b""


async def test_an_answer_that_begins_beside_a_comment_comes_after_the_status():
    caller = Caller()
    caller.hold = asyncio.Event()
    sink = AsgiSink(caller.send, "r1", begins=lambda: None, on_end=lambda: None)
    keepalive = KeepAlive(sink, SOON, HEADERS)
    await until(lambda: sink.started)
    writing = asyncio.get_running_loop().create_task(sink.write(b"data: x\n\n"))
    await asyncio.sleep(0)
    caller.hold.set()
    await writing
    await until(lambda: len(caller.sent) == 3)
    keepalive.stop()
    assert caller.sent[0]["type"] == "http.response.start"
    assert sorted([caller.sent[1]["body"], caller.sent[2]["body"]]) == sorted([COMMENT, b"data: x\n\n"])
