import logging
import re
from typing import Any

import pytest
from tests.doubles.in_process import Caller

from smarterrouter.api.asgi import REQUEST_ID
from smarterrouter.api.middleware import Counted, RequestContext, SlowRequests
from smarterrouter.observability.logs import request_id_context


class App:
    """Answers 200 and remembers what it was given."""

    def __init__(self):
        self.ids = []
        self.scopes = []

    async def __call__(self, scope, receive, send):
        self.scopes.append(scope)
        self.ids.append((scope.get(REQUEST_ID), request_id_context.get()))
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": [(b"a", b"b")]})
            await send({"type": "http.response.body", "body": b"x"})


async def answered(app, path="/other", **headers):
    caller = Caller(**headers)
    caller.scope["path"] = path
    await app(caller.scope, caller.receive, caller.send)
    return caller


@pytest.mark.parametrize("given", ["mine", "A.b:c_d-9", "x" * 128])
async def test_a_harmless_id_is_kept(given):
    app = App()
    caller = await answered(RequestContext(app, {}, {}), x_request_id=given)
    assert caller.headers == {b"a": b"b", b"x-request-id": given.encode()}
    assert app.ids == [(given, given)]
    assert request_id_context.get() == ""


@pytest.mark.parametrize("given", ["", "100%d", "a b", "a\r\nset-cookie: x", "é", "x" * 129, "a\x00"])
async def test_w17_any_other_id_is_replaced(given):
    app = App()
    caller = await answered(RequestContext(app, {}, {}), x_request_id=given)
    assert re.fullmatch(rb"[0-9a-f]{24}", caller.headers[b"x-request-id"])
    other = await answered(RequestContext(app, {}, {}), x_request_id=given)
    assert other.headers[b"x-request-id"] != caller.headers[b"x-request-id"]


async def test_endpoints_that_set_the_id_themselves_are_left_alone():
    inner, data = App(), App()
    direct = RequestContext(inner, {"/data": data}, {"/data": data})
    assert (await answered(direct, "/data", x_request_id="mine")).headers == {b"a": b"b"}
    assert (inner.ids, data.ids) == ([], [("mine", "mine")])
    behind = RequestContext(inner, {"/data": data}, {})
    assert (await answered(behind, "/data", x_request_id="mine")).headers == {b"a": b"b"}
    assert inner.ids == [("mine", "mine")]


async def test_the_id_leaves_the_log_context_after_a_fault_too():
    async def broken(scope, receive, send):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await answered(RequestContext(broken, {}, {}))
    assert request_id_context.get() == ""


async def test_what_is_no_request_passes():
    app = App()
    await RequestContext(app, {}, {})({"type": "lifespan"}, None, None)
    assert app.scopes == [{"type": "lifespan"}]


async def test_slow_requests_are_told(caplog):
    with caplog.at_level(logging.WARNING):
        await answered(SlowRequests(App(), 60_000.0), "/quick")
        await answered(SlowRequests(App(), 0.0), "/slow")
        await SlowRequests(App(), 0.0)({"type": "lifespan"}, None, None)
    (record,) = caplog.records
    assert record.getMessage().startswith("slow request: POST /slow took ")


async def test_a_slow_request_that_fails_is_told_too(caplog):
    async def broken(scope, receive, send):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await answered(SlowRequests(broken, 0.0), "/slow")
    assert "slow request" in caplog.text


@pytest.mark.parametrize(
    ("path", "endpoint"),
    [("/v1/models", "models"), ("/v1/models/a/b", "models"), ("/admin/models", "admin"), ("/docs", "docs")],
)
async def test_requests_without_a_model_are_counted(path: str, endpoint: str) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 204, "headers": []})

    async def send(message: Any) -> None:
        pass

    seen: list[tuple[str, str, int]] = []
    counted = Counted(app, {}, lambda name, method, status, error, seconds: seen.append((name, method, status)))
    await counted({"type": "http", "path": path, "method": "GET"}, None, send)
    assert seen == [(endpoint, "GET", 204)]


@pytest.mark.parametrize("path", ["/health", "/readyz", "/metrics", "/", "", "/v1/chat/completions"])
async def test_probes_and_accounted_requests_are_not(path: str) -> None:
    passed: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        passed.append(scope["path"])

    def count(*_: Any) -> None:
        pytest.fail("counted")

    await Counted(app, {"/v1/chat/completions": app}, count)({"type": "http", "path": path}, None, None)
    assert passed == [path]


@pytest.mark.parametrize(
    ("path", "endpoint"),
    [
        ("/v1/models", "models"),
        ("/v1/models/a/b", "models"),
        ("/admin/explain", "admin"),
        ("/docs", "docs"),
        ("/openapi.json", "docs"),
    ],
)
async def test_what_no_model_answers_is_counted_by_few_names(path, endpoint):
    counts = []
    await answered(Counted(App(), {}, lambda *count: counts.append(count)), path)
    ((name, method, status, error, seconds),) = counts
    assert (name, method, status, error) == (endpoint, "POST", 200, "")
    assert seconds > 0


async def test_probes_and_the_data_plane_are_not_counted_here():
    counts = []
    app = Counted(App(), {"/v1/data": App()}, lambda *count: counts.append(count))
    for path in ("/health", "/metrics", "/", "/v1/data", "/nothing"):
        await answered(app, path)
    await app({"type": "lifespan"}, None, None)
    assert counts == []


async def test_a_fault_is_counted_as_one():
    async def broken(scope, receive, send):
        raise ZeroDivisionError

    counts = []
    with pytest.raises(ZeroDivisionError):
        await answered(Counted(broken, {}, lambda *count: counts.append(count)), "/v1/models")
    assert [count[2] for count in counts] == [500]
