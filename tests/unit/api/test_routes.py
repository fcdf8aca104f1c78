import pytest
from tests.doubles.gateway import ADMIN_KEY

from smarterrouter.api.routes import data_routes

pytestmark = pytest.mark.asyncio(loop_scope="module")
OPEN = [
    *("/", "/v1/models", "/v1/models/alpha", "/health", "/healthz", "/readyz", "/metrics"),
    *("/health/liveliness", "/health/liveness", "/health/readiness", "/docs", "/redoc", "/openapi.json"),
]
POSTS = ["/v1/chat/completions", "/v1/completions", "/v1/embeddings", "/v1/feedback"]


async def asked(world, method, path):
    async with world.gateway.session.request(method, world.gateway.url + path) as answer:
        return answer.status, {name.lower(): value for name, value in answer.headers.items()}, await answer.read()


@pytest.mark.parametrize("path", OPEN)
async def test_what_is_open_answers_get_and_head(world, path):
    status, headers, body = await asked(world, "GET", path)
    assert status == 200
    assert headers["x-request-id"]
    head_status, head_headers, nothing = await asked(world, "HEAD", path)
    assert head_status in {200, 405}
    assert nothing == b""
    if path != "/metrics" and head_status == 200 and "health" not in path:  # whose numbers move
        assert head_headers.get("content-length") == str(len(body))


@pytest.mark.parametrize("path", [path for path in OPEN if "docs" not in path])
@pytest.mark.parametrize("method", ["POST", "DELETE"])
async def test_other_methods_are_refused_in_openais_form(world, method, path):
    status, headers, body = await asked(world, method, path)
    assert status == 405
    assert "GET" in headers["allow"]
    assert b"method_not_allowed" in body


@pytest.mark.parametrize("path", POSTS)
async def test_data_routes_take_posts_only(world, path):
    status, headers, body = await asked(world, "GET", path)
    assert (status, headers["allow"]) == (405, "POST")
    assert b"method_not_allowed" in body


@pytest.mark.parametrize(
    "path", ["/nothing", "/v1", "/v1/nothing", "/admin/nothing", "/v1/chat/completions/", "/v1/chat"]
)
async def test_where_nothing_is_openais_404(world, path):
    status, _, body = await asked(world, "GET", path)
    assert status == 404
    assert b'"not_found"' in body


@pytest.mark.parametrize("path", ["/admin/models", "/admin/feedback", "/admin/explain?prompt=x"])
async def test_admin_routes_are_closed_by_default(world, path):
    status, _, body = await asked(world, "GET", path)
    assert status == 401
    assert b"invalid_api_key" in body
    assert (await world.gateway.get(path, {"authorization": f"Bearer {ADMIN_KEY}"})).status == 200


async def test_limits_come_from_the_settings(world):
    services = world.gateway.house.services
    limits = {path: endpoint._limits for path, endpoint in data_routes(services).items()}
    assert list(limits) == [path for path in POSTS if path != "/v1/feedback"]  # which has limits of its own
    server = services.settings.server
    for limit in limits.values():
        assert limit.body_bytes == server.max_request_body_bytes
        assert limit.body_seconds == server.request_body_timeout_seconds
        assert limit.total_seconds == server.request_timeout_seconds
