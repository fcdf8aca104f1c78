import asyncio
import gc

import pytest
from tests.doubles.gateway_parts import until
from tests.doubles.in_process import Caller

from smarterrouter.api.asgi import AsgiSink, CallerLeft, Watch, caller_of, header, read_body, require_json, whole_body
from smarterrouter.api.rounds import Rounds
from smarterrouter.errors import BadRequest, NotJson, SlowBody, TooLarge


def watchers():
    return [task for task in asyncio.all_tasks() if task.get_name() == "watch a caller"]


def test_headers_are_found_by_their_lower_case_name():
    scope = {"headers": [(b"a", b"1"), (b"b", b"2"), (b"b", b"3")]}
    assert (header(scope, b"b"), header(scope, b"c")) == (b"2", b"")


def test_the_content_type_that_is_not_json_is_named_and_cut():
    with pytest.raises(NotJson, match="it is none"):
        require_json({"headers": []})
    with pytest.raises(NotJson) as caught:
        require_json({"headers": [(b"content-type", b"\xff" * 500)]})
    assert len(caught.value.message) < 200
    require_json({"headers": [(b"content-type", b"application/json")]})


async def read(caller, limit=10, seconds=60.0):
    return await read_body(caller.scope, caller.receive, limit, seconds, Rounds())


async def test_bodies_are_read_whole():
    assert await read(Caller(b"hello")) == b"hello"
    assert await read(Caller([b"he", b"", b"llo"])) == b"hello"
    assert await read(Caller(b"")) == b""


@pytest.mark.parametrize("length", ["11", "abc", "-1", "9" * 5000, "²"])
async def test_bad_lengths_are_refused_unread(length):
    caller = Caller(b"hello", content_length=length)
    with pytest.raises(TooLarge, match="larger than 10 bytes"):
        await read(caller)
    assert len(caller._parts) == 1


async def test_a_body_that_grows_too_large_is_given_up():
    with pytest.raises(TooLarge):
        await read(Caller([b"x" * 5, b"x" * 6]))


async def test_a_caller_who_leaves_is_no_error_of_theirs_to_read():
    caller = Caller([b"a", b"b"])
    caller._parts.pop()
    caller.leave()
    with pytest.raises(CallerLeft):
        await read(caller)


async def test_a_whole_body_that_breaks_off_is_a_bad_request():
    caller = Caller([b"a", b"b"])
    caller._parts.pop()
    caller.leave()
    with pytest.raises(BadRequest, match="broke off"):
        await whole_body(caller.scope, caller.receive, 10, 5.0)


async def test_a_late_body_is_told_apart_from_a_cancelled_task():
    silent = Caller([b"a", b"b"])
    silent._parts.pop()
    with pytest.raises(SlowBody, match=r"within 0.01 s"):
        await read(silent, seconds=0.01)
    task = asyncio.get_running_loop().create_task(read(silent))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_the_timer_of_a_body_ends_with_it():
    await read(Caller(b"hello"), seconds=0.005)
    await asyncio.sleep(0.02)
    assert asyncio.current_task().cancelling() == 0


async def watched(receive, seconds=None):
    watch = Watch(receive, seconds, Rounds())
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        asyncio.current_task().uncancel()
    finally:
        watch.stop()
    return watch.reason


async def test_a_quick_request_costs_no_task():
    watch = Watch(Caller().receive, None, Rounds())
    watch.stop()
    await asyncio.sleep(0.03)
    assert not watchers()


async def test_it_ends_a_request_whose_caller_leaves():
    caller = Caller([b"more", b"of the body"])  # a server may still hand over parts of a body: they are read past
    task = asyncio.get_running_loop().create_task(watched(caller.receive))
    await until(watchers)
    assert not task.done()
    caller.leave()
    assert await task == "left"
    assert not watchers()


async def test_it_ends_a_request_whose_time_is_up():
    assert await watched(Caller().receive, 0.001) == "timeout"
    assert await watched(Caller().receive, 0.03) == "timeout"
    assert not watchers()


@pytest.mark.parametrize("pause", [0.0, 0.04])
async def test_without_a_deadline_only_leaving_ends_it(pause):
    caller = Caller()
    reasons = []

    async def serve():
        watch = Watch(caller.receive, 0.6, Rounds())
        await asyncio.sleep(pause)  # before, or while the caller is watched
        watch.no_deadline()
        try:
            await asyncio.sleep(0.8)
        finally:
            watch.stop()
            reasons.append(watch.reason)

    await serve()
    assert reasons == [""]


async def test_an_answer_that_begins_as_its_caller_leaves_is_no_fault():
    caller = Caller()
    watch = Watch(caller.receive, 60, Rounds())
    await until(watchers)
    caller.leave()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.sleep(60)
    asyncio.current_task().uncancel()
    assert watch.reason == "left"
    watch.no_deadline()
    watch.stop()


async def test_stopping_ends_the_watch():
    watch = Watch(Caller().receive, None, Rounds())
    await until(watchers)
    watch.stop()
    await until(lambda: not watchers())
    assert watch.reason == ""


async def test_a_watch_that_is_over_leaves_nothing_for_the_collector():
    gc.collect()
    gc.disable()
    try:
        watch = Watch(Caller().receive, 60, Rounds())
        await until(watchers)
        watch.stop()
        del watch
        await until(lambda: not watchers())
        await asyncio.sleep(0)
        assert not [found for found in gc.get_objects() if isinstance(found, Watch)]
    finally:
        gc.enable()


def sink_of(caller, **told):
    return AsgiSink(caller.send, "r1", begins=told.get("begins", lambda: None), on_end=told.get("on_end", lambda: None))


async def test_a_whole_answer_has_a_length_and_the_request_id():
    ends = []
    caller = Caller()
    sink = sink_of(caller, on_end=lambda: ends.append(len(caller.sent)))
    await sink.whole(404, [(b"x", b"y")], b"gone")
    assert caller.status == 404
    assert caller.headers == {b"x": b"y", b"x-request-id": b"r1", b"content-length": b"4"}
    assert caller.body == b"gone"
    assert (sink.started, sink.ended, ends) == (True, True, [0])


async def test_a_stream_is_sent_as_it_comes():
    told = []
    caller = Caller()
    sink = sink_of(caller, begins=lambda: told.append("begins"), on_end=lambda: told.append("ends"))
    await sink.start([(b"x", b"y")])
    sink.begins()
    await sink.write(b"a")
    await sink.write(b"b")
    assert (sink.started, sink.ended, sink.writes, told) == (True, False, 2, ["begins"])
    await sink.finish()
    assert (sink.ended, told) == (True, ["begins", "ends"])
    assert caller.complete
    assert caller.headers == {b"x": b"y", b"x-request-id": b"r1"}
    assert [message.get("more_body") for message in caller.sent[1:]] == [True, True, None]


@pytest.mark.parametrize(("client", "address"), [(("10.0.0.1", 5), "10.0.0.1"), (None, "")])
def test_a_caller_is_a_credential_and_an_address(client, address):
    scope = {"headers": [(b"authorization", b"Bearer x")], "client": client}
    assert caller_of(scope) == (b"Bearer x", address)
    assert caller_of({"headers": []}) == (b"", "")
