import asyncio
import io

import msgspec
import pytest
import pytest_asyncio
from tests.doubles.gateway import ADMIN_KEY, InProcessGateway, backends_yaml, until
from tests.doubles.leaks import is_openai_error
from tests.doubles.strange_upstream import StrangeUpstream

from smarterrouter.api.admin.knowledge import _events
from smarterrouter.profiling.events import Skipped

pytestmark = pytest.mark.asyncio(loop_scope="module")
KEY = {"authorization": f"Bearer {ADMIN_KEY}"}
QWEN = "one/qwen2.5:7b"
OVERALL = {"mean": 0.5, "sd": 0.2}
ROUTES = [
    ("GET", "/admin/models/x"),
    ("GET", "/admin/profiles"),
    ("GET", "/admin/profiles/export"),
    ("POST", "/admin/profiles/import"),
    ("GET", "/admin/profiles/x/history"),
    ("PUT", "/admin/profiles/x"),
    ("DELETE", "/admin/profiles/x"),
    ("POST", "/admin/reprofile"),
    ("POST", "/admin/models/reprofile"),
    ("GET", "/admin/profiling"),
    ("POST", "/admin/profiling/cancel"),
    ("GET", "/admin/profiling/events"),
    ("GET", "/admin/benchmarks"),
    ("GET", "/admin/benchmarks/sources"),
    ("POST", "/admin/sync-benchmarks"),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gateway():
    async with (
        StrangeUpstream("qwen2.5:7b", "org/odd-model", "nomic-embed-text") as upstream,
        InProcessGateway(backends_yaml(("one", "compatible", upstream.base_url))) as made,
    ):
        yield made


@pytest_asyncio.fixture(loop_scope="module", autouse=True)
async def nothing_profiled(gateway):
    yield
    await gateway.house.services.profiling.cancel()
    for key in list(gateway.house.services.known.profiles):
        assert (await call(gateway, "DELETE", f"/admin/profiles/{key}")).status == 200


async def call(gateway, method, path, body=None):
    data = body if body is None or isinstance(body, bytes) else msgspec.json.encode(body)
    return await gateway._asked(method, path, data, KEY)


async def test_every_route_is_in_the_list_above(gateway):
    paths = (await gateway.get("/openapi.json")).json()["paths"]
    older = {
        ("GET", "/admin/models"),
        ("POST", "/admin/models/refresh"),
        ("GET", "/admin/explain"),
        ("POST", "/admin/explain"),
        ("GET", "/admin/explain/{id}"),
        ("GET", "/admin/feedback"),
        ("GET", "/admin/routing"),
        ("POST", "/admin/routing/reload"),
        ("GET", "/admin/routing/experiments"),
    }
    found = {(verb.upper(), path) for path, verbs in paths.items() if path.startswith("/admin") for verb in verbs}
    named = {(verb, path.replace("{model}", "x").replace("{name}", "x")) for verb, path in found - older}
    assert named == set(ROUTES)


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer wrong"}])
@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_w17_without_the_key_nobody_enters(gateway, method, path, headers):
    answer = await gateway._asked(method, path, None, headers)
    assert is_openai_error(answer, 401)["code"] == "invalid_api_key"


@pytest.mark.parametrize("name", ["qwen2.5:7b", QWEN])
async def test_a_model_is_shown_with_its_skills_and_where_they_come_from(gateway, name):
    answer = await gateway.get(f"/admin/models/{name}", KEY)
    body = answer.json()
    assert (answer.status, body["key"], body["profile"]) == (200, QWEN, None)
    assert len(body["skills"]) == 8
    assert {skill["basis"] for skill in body["skills"].values()} == {"published"}
    assert all(skill["sd"] > 0 for skill in body["skills"].values())
    assert all(row["source"] == "shipped" and row["url"] and row["date"] for row in body["published"])
    assert body["published"]


async def test_a_model_that_nobody_has_heard_of_is_shown_as_unknown(gateway):
    body = (await gateway.get("/admin/models/org/odd-model", KEY)).json()
    assert {skill["basis"] for skill in body["skills"].values()} == {"nothing"}
    assert body["published"] == []


@pytest.mark.parametrize(("name", "status"), [("nothing", 404), ("a%22b", 400), ("auto", 404)])
async def test_names_that_mean_no_model_are_refused(gateway, name, status):
    is_openai_error(await gateway.get(f"/admin/models/{name}", KEY), status)


async def test_an_external_profile_is_put_shown_exported_forgotten_and_imported(gateway):
    put = await call(gateway, "PUT", f"/admin/profiles/{QWEN}", {"overall": OVERALL, "model": "ignored"})
    assert (put.status, put.json()) == (200, {"stored": QWEN})
    shown = (await gateway.get(f"/admin/models/{QWEN}", KEY)).json()
    assert shown["overall"] == OVERALL
    assert shown["profile"]["external"]
    assert {skill["basis"] for skill in shown["skills"].values()} == {"profile"}
    page = (await gateway.get("/admin/profiles", KEY)).json()
    assert ([one["model"] for one in page["profiles"]], page["total"]) == ([QWEN], 1)
    file = await gateway.get("/admin/profiles/export", KEY)
    assert "attachment" in file.headers["content-disposition"]
    assert (await call(gateway, "DELETE", "/admin/profiles/qwen2.5:7b")).json() == {"deleted": 1}
    assert (await gateway.get(f"/admin/models/{QWEN}", KEY)).json()["profile"] is None
    first, again = [await gateway.post("/admin/profiles/import", file.body, KEY) for _ in range(2)]
    assert (first.json()["imported"], again.json()["imported"], again.json()["known"]) == (1, 0, 1)
    assert (await gateway.get(f"/admin/models/{QWEN}", KEY)).json()["overall"] == OVERALL


async def test_a_history_is_newest_first_and_an_old_measurement_does_not_win(gateway):
    for at in (200.0, 300.0, 100.0):
        body = {"overall": {"mean": at / 1000, "sd": 0.1}, "measured_at": at}
        assert (await call(gateway, "PUT", f"/admin/profiles/{QWEN}", body)).status == 200
    history = (await gateway.get(f"/admin/profiles/{QWEN}/history?limit=2", KEY)).json()
    assert [one["measured_at"] for one in history["profiles"]] == [300.0, 200.0]
    assert (await gateway.get(f"/admin/models/{QWEN}", KEY)).json()["overall"]["mean"] == 0.3
    empty = await gateway.get("/admin/profiles/org/odd-model/history", KEY)
    assert empty.json() == {"model": "one/org/odd-model", "profiles": []}
    is_openai_error(await gateway.get("/admin/profiles/nothing/history", KEY), 404)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"\xff",
        {"overall": {"mean": 0.5}},
        {"overall": {"mean": 0.5, "sd": -1}},
        {"overal": OVERALL},
        {"overall": OVERALL, "skills": {"juggling": OVERALL}},
        {"overall": OVERALL, "measured_at": 1e12},
    ],
)
async def test_what_is_no_profile_is_refused_and_changes_nothing(gateway, body):
    is_openai_error(await call(gateway, "PUT", f"/admin/profiles/{QWEN}", body), 400)
    assert gateway.house.services.known.profiles == {}


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"nonsense", b'{"format":"smarterrouter-profiles","version":9,"profiles":[]}']
)
async def test_what_is_no_export_is_refused(gateway, body):
    is_openai_error(await gateway.post("/admin/profiles/import", body, KEY), 400)


async def test_a_body_beyond_the_limit_is_refused(gateway):
    too_large = io.BytesIO(b" " * (gateway.house.services.settings.server.max_request_body_bytes + 1))
    is_openai_error(await gateway._asked("POST", "/admin/profiles/import", too_large, KEY), 413)


async def test_profiles_come_in_pages(gateway):
    for name in ("qwen2.5:7b", "org/odd-model"):
        assert (await call(gateway, "PUT", f"/admin/profiles/one/{name}", {"overall": OVERALL})).status == 200
    first = (await gateway.get("/admin/profiles?limit=1", KEY)).json()
    second = (await gateway.get(f"/admin/profiles?limit=1&cursor={first['next_cursor']}", KEY)).json()
    third = (await gateway.get("/admin/profiles?limit=1&offset=1", KEY)).json()
    assert [page["profiles"][0]["model"] for page in (first, second)] == ["one/org/odd-model", QWEN]
    assert (second["next_cursor"], third["profiles"]) == (None, second["profiles"])


@pytest.mark.parametrize("path", ["/admin/profiles", "/admin/benchmarks"])
@pytest.mark.parametrize(
    ("query", "param"),
    [("cursor=nonsense", "cursor"), ("limit=0", "limit"), ("limit=1001", "limit"), ("offset=-1", "offset")],
)
async def test_wrong_pages_are_named(gateway, path, query, param):
    assert is_openai_error(await gateway.get(f"{path}?{query}", KEY), 400)["param"] == param


@pytest.mark.parametrize(
    ("query", "status"), [("model=nothing", 404), ("model=nomic-embed-text", 400), ("force=maybe", 400)]
)
async def test_what_cannot_be_profiled_is_refused(gateway, query, status):
    is_openai_error(await gateway.post(f"/admin/reprofile?{query}", b"", KEY), status)
    assert not gateway.house.services.profiling.going_on


@pytest.mark.parametrize("path", ["/admin/reprofile", "/admin/models/reprofile"])
async def test_a_second_profiling_is_refused_with_a_way_out(gateway, path, monkeypatch):
    wait = asyncio.Event()
    profiling = gateway.house.services.profiling

    async def forever(*_, **__):
        await wait.wait()

    monkeypatch.setattr(profiling, "_profile", forever)
    first = await gateway.post(f"{path}?force=true", b"", KEY)
    assert (first.status, set(first.json()["profiling"])) == (202, {QWEN, "one/org/odd-model"})
    error = is_openai_error(await gateway.post(f"{path}?model={QWEN}", b"", KEY), 409)
    assert error["code"] == "profiling_in_progress"
    assert "/admin/profiling/cancel" in error["message"]
    assert (await gateway.get("/admin/profiling", KEY)).json()["running"]
    done = (await gateway.post("/admin/profiling/cancel", b"", KEY)).json()
    assert not done["running"]
    assert {state["state"] for state in done["models"]} == {"cancelled"}


async def test_without_sources_a_sync_says_so(gateway):
    body = (await gateway.post("/admin/sync-benchmarks", b"", KEY)).json()
    assert (body["synced"], body["matched_models"], body["total_models"]) == (0, [QWEN], 3)
    assert (await gateway.get("/admin/benchmarks", KEY)).json() == {"benchmarks": [], "next_cursor": None, "total": 0}
    assert (await gateway.get("/admin/benchmarks/sources", KEY)).json() == {"sources": []}


async def test_events_begin_at_once_and_a_watcher_who_leaves_is_forgotten(gateway):
    watchers = gateway.house.services.profiling._watchers
    async with gateway.session.get(f"{gateway.url}/admin/profiling/events", headers=KEY) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert await answer.content.readline() == b": profiling events\n"
        assert len(watchers) == 1
    await until(lambda: not watchers)


async def test_events_come_one_by_one_until_the_gateway_is_stopped(gateway):
    profiling, stopping = gateway.house.services.profiling, asyncio.Event()
    stream = _events(profiling, stopping)
    assert await anext(stream) == b": profiling events\n\n"
    await profiling._emit(Skipped("one/a", "item", "because"))
    assert b'"type":"skipped"' in await anext(stream)
    waiting = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0)
    stopping.set()
    assert await waiting == b": keepalive\n\n"
    assert [piece async for piece in stream] == []
    assert not profiling._watchers
