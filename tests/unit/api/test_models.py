import pytest

from smarterrouter.api.models import Models

pytestmark = pytest.mark.asyncio(loop_scope="module")


def ids(answer):
    return [item["id"] for item in answer.json()["data"]]


async def test_the_router_comes_first_then_aliases_then_every_model(world):
    answer = await world.gateway.get("/v1/models")
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert ids(answer) == ["smarterrouter/main", "fast", "gone", "alpha", "org/beta"]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("smarterrouter/main", "smarterrouter/main"),
        ("auto", "smarterrouter/main"),
        ("alpha", "alpha"),
        ("one/alpha", "alpha"),
        ("org/beta", "org/beta"),
        ("one/org/beta", "org/beta"),
        ("fast", "fast"),
        ("gone", "gone"),
    ],
)
async def test_one_model_is_found_by_every_name_that_a_request_may_use(world, name, found):
    answer = await world.gateway.get(f"/v1/models/{name}")
    assert answer.status == 200
    assert answer.json()["id"] == found


async def test_an_unknown_model_is_openais_404(world):
    answer = await world.gateway.get("/v1/models/alpa")
    assert answer.status == 404
    assert answer.json()["error"]["code"] == "model_not_found"
    assert "alpha" in answer.json()["error"]["message"]


async def test_what_cannot_be_a_name_is_refused(world):
    answer = await world.gateway.get("/v1/models/a%09b")
    assert (answer.status, answer.json()["error"]["type"]) == (400, "invalid_request_error")


async def test_the_list_follows_the_catalog(world):
    world.upstream.models = ("alpha", "gamma", "org/beta")
    await world.gateway.look_again()
    assert "gamma" in ids(await world.gateway.get("/v1/models"))
    world.upstream.models = ("alpha", "org/beta")
    await world.gateway.look_again()


async def test_a_list_is_made_once_for_a_snapshot(world):
    models = Models(world.gateway.house.services)
    assert models._current() is models._current()


async def test_a_dead_backend_does_not_take_the_list_with_it(world):
    await world.upstream.pause()
    try:
        await world.gateway.look_again()
        answer = await world.gateway.get("/v1/models/alpha")
        assert (answer.status, answer.json()["status"]) == (200, "unreachable")
    finally:
        await world.upstream.resume()
        await world.gateway.look_again()
