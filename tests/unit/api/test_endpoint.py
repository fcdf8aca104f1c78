import asyncio
import json
import logging

import pytest
from tests.doubles.gateway_parts import Readings, until
from tests.doubles.in_process import ROLE, STOP, WHOLE, Caller, Path_, ScriptedBackend, model, request

from smarterrouter.api.endpoint import DataEndpoint, RequestLimits
from smarterrouter.errors import BackendUnreachable
from smarterrouter.gateway.accounting import Accounting
from smarterrouter.gateway.signature import Signature
from smarterrouter.store.database import Database
from smarterrouter.store.journal import Journal
from smarterrouter.wire import sse

HELLO = request()
STREAMED = request(stream=True)
MANY_SECONDS = 60.0


@pytest.fixture
async def world(tmp_path):
    database = Database("sqlite:///router.db", tmp_path)
    before = len(asyncio.all_tasks())
    made = World(database)
    yield made
    await until(lambda: len(asyncio.all_tasks()) == before, "a task has stayed")
    assert made.backend.opened == made.backend.closed
    assert made.reading("requests_in_flight") == 0
    assert made.reading("streams_open") == 0
    assert made.reading("requests_total") == made.journal.waiting == made.served, "each request counts once"
    await database.close()


class World:
    """One endpoint before a scripted backend, with real accounting."""

    def __init__(self, database):
        self.backend = ScriptedBackend("one")
        self.journal = Journal(database)
        self.served = 0
        self.furnish()

    def furnish(self, total=None, body_bytes=1000, body_seconds=MANY_SECONDS, **options):
        path = Path_([model("one/a"), model("one/b")], self.backend, **options)
        self.path, self.metrics = path, path.metrics
        self.limits = RequestLimits(body_bytes, body_seconds, total)
        accounting = Accounting(self.metrics, self.journal, lambda: "p")
        self.endpoint = DataEndpoint("chat", path.chat.answer, self.limits, accounting)

    async def serve(self, caller):
        self.served += 1
        await self.endpoint(caller.scope, caller.receive, caller.send)
        return caller

    def begin(self, caller):
        return asyncio.get_running_loop().create_task(self.serve(caller))

    async def begin_and_wait(self, caller):
        """The task, once the caller is being watched."""
        task = self.begin(caller)
        await until(lambda: any(one.get_name() == "watch a caller" for one in asyncio.all_tasks()))
        return task

    def reading(self, name, **labels):
        return Readings(self.metrics.render().decode()).sum(name, **labels)

    @property
    def record(self):
        return self.journal._queue[-1]


def refused(caller, status, code):
    assert caller.complete
    assert caller.status == status
    assert caller.headers[b"content-type"] == b"application/json"
    assert caller.headers[b"x-request-id"] == b"r1"
    assert int(caller.headers[b"content-length"]) == len(caller.body)
    error = caller.json()["error"]
    assert error["code"] == code
    return error["message"]


async def test_a_whole_answer(world):
    caller = await world.serve(Caller(HELLO))
    assert (caller.status, caller.body) == (200, WHOLE)
    assert caller.headers[b"x-request-id"] == b"r1"
    assert (world.record.status, world.record.model[:4], world.record.error) == (200, "one/", "")


async def test_a_stream(world):
    caller = await world.serve(Caller(STREAMED))
    assert caller.headers[b"content-type"] == b"text/event-stream; charset=utf-8"
    assert caller.body.endswith(sse.DONE)
    assert world.record.stream


async def test_a_body_may_come_in_pieces(world):
    caller = await world.serve(Caller([HELLO[:5], b"", HELLO[5:]]))
    assert caller.status == 200


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
async def test_only_post_is_allowed(world, method):
    caller = await world.serve(Caller(method=method))
    assert method in refused(caller, 405, "method_not_allowed")
    assert caller.headers[b"allow"] == b"POST"
    assert world.reading("requests_total", method=method) == 1


@pytest.mark.parametrize(
    "kind",
    ["application/json; charset=utf-8", "Application/JSON", " application/json ;charset=UTF-8", "application/json;"],
)
async def test_json_may_be_called_so_in_several_ways(world, kind):
    assert (await world.serve(Caller(HELLO, content_type=kind))).status == 200


@pytest.mark.parametrize("kind", ["", "text/plain", "application/jsonx", "application/x-www-form-urlencoded", "é"])
async def test_what_is_not_called_json_is_refused(world, kind):
    caller = await world.serve(Caller(HELLO, content_type=kind))
    assert "application/json" in refused(caller, 415, "unsupported_media_type")
    assert world.backend.asked == []
    assert world.record.strategy == ""


async def test_a_body_above_the_limit_is_refused_before_it_is_read(world):
    caller = Caller(HELLO, content_length="1001")
    await world.serve(caller)
    assert "ROUTER_MAX_REQUEST_BODY_BYTES" in refused(caller, 413, "request_too_large")
    assert len(caller._parts) == 1


async def test_a_streamed_body_above_the_limit_is_refused(world):
    caller = await world.serve(Caller([b"x" * 600, b"x" * 401, b"x"]))
    refused(caller, 413, "request_too_large")
    assert len(caller._parts) == 1


async def test_a_body_at_the_limit_is_read(world):
    caller = await world.serve(Caller(HELLO + b" " * (1000 - len(HELLO)), content_length="1000"))
    assert caller.status == 200


async def test_a_slow_body_is_given_up(world):
    world.furnish(body_seconds=0.01)
    caller = Caller([HELLO[:5], HELLO[5:]])
    caller._parts.pop()
    await world.serve(caller)
    assert "0.01 s" in refused(caller, 408, "request_timeout")
    assert caller.headers[b"connection"] == b"close"
    assert asyncio.current_task().cancelling() == 0


async def test_a_caller_who_leaves_amid_its_body_gets_nothing(world):
    caller = Caller([HELLO[:5], HELLO[5:]])
    caller._parts.pop()
    caller.leave()
    await world.serve(caller)
    assert caller.sent == []
    assert (world.record.status, world.record.error) == (499, "client_disconnected")


@pytest.mark.parametrize("body", [HELLO, STREAMED])
async def test_a_caller_who_leaves_while_it_waits_cancels_the_work(world, body):
    world.backend.always = (asyncio.Event(),)
    caller = Caller(body)
    task = await world.begin_and_wait(caller)
    caller.leave()
    await task
    assert task.cancelling() == 0
    assert caller.sent == []
    assert (world.record.status, world.record.error) == (499, "client_disconnected")
    assert world.record.first_byte_ms == 0
    assert world.reading("client_disconnects_total") == 1


async def test_a_caller_who_leaves_amid_a_stream_cancels_it(world):
    world.backend.always = (ROLE, asyncio.Event())
    caller = Caller(STREAMED)
    task = await world.begin_and_wait(caller)
    caller.leave()
    await task
    assert caller.body == ROLE
    assert world.record.status == 499
    assert world.record.first_byte_ms > 0


async def test_an_answered_caller_has_not_left(world):
    """Servers report a finished answer as a disconnect; the rest of the backend's stream is read all the same."""
    world.backend.always = (ROLE, 0.03, STOP, sse.DONE, 0.03)
    caller = await world.serve(Caller(STREAMED))
    assert caller.complete
    assert world.record.status == 200
    assert world.reading("client_disconnects_total") == 0


async def test_time_is_up_before_an_answer(world):
    world.furnish(total=0.03)
    world.backend.always = (asyncio.Event(),)
    task = world.begin(caller := Caller(HELLO))
    await task
    assert "0.03 s" in refused(caller, 504, "request_timeout")
    assert task.cancelling() == 0
    assert world.record.status == 504


async def test_a_stream_that_has_begun_may_take_its_time(world):
    world.furnish(total=0.03)
    world.backend.always = (ROLE, 0.06, STOP, sse.DONE)
    caller = await world.serve(Caller(STREAMED))
    assert caller.body.endswith(sse.DONE)


async def test_a_stream_that_begins_after_the_watch_may_take_its_time(world):
    world.furnish(total=0.1)
    world.backend.always = (0.05, ROLE, 0.1, STOP, sse.DONE)
    assert (await world.serve(Caller(STREAMED))).body.endswith(sse.DONE)


async def test_comments_do_not_stop_the_clock(world):
    world.furnish(total=0.05, keepalive=0.01)
    world.backend.always = (asyncio.Event(),)
    caller = await world.serve(Caller(STREAMED))
    assert caller.status == 200
    assert caller.body.startswith(b": keep-alive\n\n")
    assert json.loads(sse.events(caller.body)[-1])["error"]["code"] == "request_timeout"
    assert caller.complete
    assert world.record.status == 504


@pytest.mark.parametrize("body", [HELLO, STREAMED])
async def test_a_server_that_stops_is_told_apart_from_a_caller_who_leaves(world, body):
    world.backend.always = (asyncio.Event(),)
    task = await world.begin_and_wait(caller := Caller(body))
    task.cancel()
    await task
    assert task.cancelling() == 0
    refused(caller, 503, "server_stopping")
    assert (world.record.status, world.record.error) == (503, "server_stopping")


async def test_a_server_that_stops_amid_a_stream_says_so(world):
    world.backend.always = (ROLE, asyncio.Event())
    task = await world.begin_and_wait(caller := Caller(STREAMED))
    task.cancel()
    await task
    assert json.loads(sse.events(caller.body)[-1])["error"]["code"] == "server_stopping"
    assert caller.complete
    assert world.record.status == 503


async def test_a_server_that_stops_while_a_body_comes(world):
    caller = Caller([HELLO, b""])
    caller._parts.pop()
    task = world.begin(caller)
    await asyncio.sleep(0.01)
    task.cancel()
    await task
    refused(caller, 503, "server_stopping")


async def test_an_answer_that_was_complete_stays_so_when_the_server_stops(world):
    world.backend.always = (ROLE, STOP, sse.DONE, asyncio.Event())
    caller = Caller(STREAMED)
    task = world.begin(caller)
    await until(lambda: caller.complete)
    task.cancel()
    await task
    assert (world.record.status, world.record.error) == (200, "")


async def test_a_fault_of_ours_tells_the_request_id_and_no_trace(world, caplog):
    world.backend.always = ZeroDivisionError("secret detail")
    caller = await world.serve(Caller(HELLO))
    message = refused(caller, 500, "internal_error")
    assert "r1" in message
    assert "secret" not in message
    assert [record.exc_info[0] for record in caplog.records if record.levelno == logging.ERROR] == [ZeroDivisionError]
    assert (world.record.status, world.record.error) == (500, "internal_error")


async def test_a_fault_amid_a_stream_is_its_last_event(world, caplog):
    world.backend.always = (ROLE, ZeroDivisionError())
    caller = await world.serve(Caller(STREAMED))
    assert json.loads(sse.events(caller.body)[-1])["error"]["code"] == "internal_error"
    assert sse.DONE not in caller.body
    assert caller.complete
    assert world.record.status == 500
    assert caplog.records


async def test_w03_an_error_is_a_status_and_later_an_event(world):
    world.backend.always = BackendUnreachable("away")
    caller = await world.serve(Caller(STREAMED))
    assert "away" in refused(caller, 502, "all_candidates_failed")
    world.backend.always = (ROLE, BackendUnreachable("away"))
    caller = await world.serve(Caller(STREAMED))
    assert caller.status == 200
    assert json.loads(sse.events(caller.body)[-1])["error"]["code"] == "backend_unreachable"


async def test_a_server_that_cannot_send_fails_once(world, caplog):
    caller = Caller(HELLO)

    async def broken(message):
        raise RuntimeError("no")

    caller.send = broken
    await world.serve(caller)
    assert "no" in caplog.text
    assert world.record.status == 500


async def test_a_request_that_nobody_answered_is_not_watched_for_ever(world):
    async def nothing(body, visit, sink):
        """Forget to answer."""

    world.endpoint = DataEndpoint("chat", nothing, world.limits, Accounting(world.metrics, world.journal, lambda: "p"))
    await world.serve(Caller(HELLO))
    await asyncio.sleep(0.04)
    assert "watch a caller" not in {task.get_name() for task in asyncio.all_tasks()}


@pytest.mark.parametrize(
    ("query", "answers"), [(b"model=b", "b"), (b"x=1&model=one%2Fb", "b"), (b"x=1", "a"), (b"other", "a")]
)
async def test_a_model_in_the_address(world, query, answers):
    await world.serve(Caller(request(model="a"), query=query))
    assert world.backend.asked == [("chat", answers)]


@pytest.mark.parametrize("query", [b"model=", b"model", b"model=a&model=b"])
async def test_half_a_model_in_the_address_is_refused(world, query):
    assert "exactly one" in refused(await world.serve(Caller(HELLO, query=query)), 400, "invalid_request_error")


@pytest.mark.parametrize(
    ("headers", "signed"),
    [
        ({}, False),
        ({"user_agent": "Mozilla/5.0 (X11)"}, True),
        ({"user_agent": "OpenAI/Python 2"}, False),
        ({"x_smarterrouter_signature": "ON"}, True),
        ({"user_agent": "Mozilla/5.0", "x_smarterrouter_signature": "off"}, False),
        ({"user_agent": "Mozilla/5.0", "x_smarterrouter_signature": "perhaps"}, True),
    ],
)
async def test_who_gets_a_signature(world, headers, signed):
    world.furnish(signature=Signature(enabled=True, template=" -- signed", everyone=False))
    caller = await world.serve(Caller(HELLO, **headers))
    assert (b" -- signed" in caller.body) is signed


@pytest.mark.parametrize(("headers", "heard"), [({}, ""), ({"x_smarterrouter_policy": "Private"}, "Private")])
async def test_the_policy_asked_for_is_passed_on(world, headers, heard):
    heard_of = []

    async def answer(body, visit, sink):
        heard_of.append(visit.policy)
        await sink.whole(200, [], b"{}")

    world.endpoint = DataEndpoint("chat", answer, world.limits, Accounting(world.metrics, world.journal, lambda: "p"))
    await world.serve(Caller(HELLO, **headers))
    assert heard_of == [heard]
