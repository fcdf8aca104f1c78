import pytest

from smarterrouter import __version__

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_the_address_alone_says_where_to_go(world):
    answer = await world.gateway.get("/")
    assert answer.status == 200
    body = answer.json()
    assert (body.pop("name"), body.pop("version"), body.pop("api")) == ("SmarterRouter", __version__, "/v1")
    for path in body.values():
        assert (await world.gateway.get(path)).status == 200
