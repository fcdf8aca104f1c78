import pytest
import pytest_asyncio
from starlette.exceptions import HTTPException
from tests.doubles.gateway import ADMIN_KEY, InProcessGateway, backends_yaml
from tests.doubles.strange_upstream import StrangeUpstream

from smarterrouter.api.admin import application
from smarterrouter.errors import BadRequest, MethodNotAllowed, NoModels, NotFound

pytestmark = pytest.mark.asyncio(loop_scope="module")
KEY = {"authorization": f"Bearer {ADMIN_KEY}"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def upstream():
    async with StrangeUpstream("alpha-7b", "beta-70b") as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gateway(upstream):
    async with InProcessGateway(backends_yaml(("one", "compatible", upstream.base_url))) as made:
        yield made


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer wrong"}, {"authorization": f"Basic {ADMIN_KEY}"}])
@pytest.mark.parametrize("path", ["/admin/models", "/admin/explain?prompt=x"])
async def test_w17_without_the_key_nobody_enters(gateway, path, headers):
    answer = await gateway.get(path, headers)
    assert answer.status == 401
    assert answer.json()["error"]["code"] == "invalid_api_key"
    assert ADMIN_KEY.encode() not in answer.body


async def test_the_models_are_shown_with_what_is_known(gateway):
    answer = await gateway.get("/admin/models", KEY)
    assert answer.status == 200
    body = answer.json()
    assert body["snapshot"] == gateway.house.services.catalog.current.number
    assert [(one["key"], one["parameters_b"], one["chat"]) for one in body["models"]] == [
        ("one/alpha-7b", 7.0, True),
        ("one/beta-70b", 70.0, True),
    ]


async def test_a_refresh_asks_every_backend_now(gateway, upstream):
    upstream.models = ("alpha-7b", "beta-70b", "gamma-1b")
    answer = await gateway.post("/admin/models/refresh", b"", KEY)
    assert answer.status == 200
    assert answer.json()["models"] == 3
    assert answer.json()["backends"] == {"one": {"ok": True, "error": "", "models": 3}}
    assert answer.json()["snapshot"] == gateway.house.services.catalog.current.number


async def test_w16_explaining_changes_nothing(gateway, upstream):
    snapshot = gateway.house.services.catalog.current
    asked = len(upstream.requests)
    first = await gateway.get("/admin/explain?prompt=Prove%20that%20e%20is%20irrational", KEY)
    again = await gateway.get("/admin/explain?prompt=Prove%20that%20e%20is%20irrational", KEY)
    assert first.status == 200
    assert first.json() == again.json()
    assert gateway.house.services.catalog.current is snapshot
    assert len(upstream.requests) == asked
    assert not gateway.house.services.choosing._recent


@pytest.mark.parametrize(("query", "param"), [("", "prompt"), ("?prompt=", "prompt")])
async def test_bad_parameters_have_openais_form(gateway, query, param):
    answer = await gateway.get(f"/admin/explain{query}", KEY)
    assert answer.status == 400
    assert answer.json()["error"]["type"] == "invalid_request_error"
    assert answer.json()["error"]["param"] == param


async def test_our_errors_have_openais_form_here_too(gateway, monkeypatch):
    def nobody(*_):
        raise NoModels("none left")

    monkeypatch.setattr(gateway.house.services.explaining, "prompt", nobody)
    answer = await gateway.get("/admin/explain?prompt=x", KEY)
    assert (answer.status, answer.json()["error"]["message"]) == (503, "none left")


async def test_a_fault_of_ours_tells_the_request_id_and_no_trace(gateway, monkeypatch, caplog):
    def broken(*_):
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(gateway.house.services.explaining, "prompt", broken)
    answer = await gateway.get("/admin/explain?prompt=x", {**KEY, "x-request-id": "mine"})
    assert answer.status == 500
    assert answer.json()["error"]["code"] == "internal_error"
    assert "mine" in answer.json()["error"]["message"]
    assert b"secret" not in answer.body
    assert any(record.exc_info for record in caplog.records)


async def test_the_pages_work_without_the_internet(gateway):
    for path in ("/docs", "/redoc"):
        answer = await gateway.get(path)
        assert answer.status == 200
        assert b'src="http' not in answer.body
        assert b'href="http' not in answer.body


async def test_errors_of_the_framework_become_ours():
    assert isinstance(application.from_http(HTTPException(404), "/x"), NotFound)
    assert "/docs" in application.from_http(HTTPException(404), "/x").message
    found = application.from_http(HTTPException(405, headers={"Allow": "GET"}), "/x")
    assert isinstance(found, MethodNotAllowed)
    assert found.allowed == "GET"
    other = application.from_http(HTTPException(418, "a teapot"), "/x")
    assert isinstance(other, BadRequest)
    assert other.message == "a teapot"
