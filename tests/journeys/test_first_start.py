"""The first start on a machine where nothing else serves models: the embedded test models answer, with no setting."""

import json
import socket

import openai
import pytest
from tests.doubles.gateway import GatewayProcess

from smarterrouter.backends.discovery import USUAL

pytestmark = pytest.mark.xdist_group("heavy")
HELLO = [{"role": "user", "content": "Hello, who are you?"}]
NOTHING_SET = {"ROUTER_ADMIN_API_KEY": "", "ROUTER_DISCOVERY_ENABLED": "", "ROUTER_OFFLINE": ""}
SAYS_KEY = "Admin key (shown only now)"


def nobody_serves() -> bool:
    """Are the usual ports of model servers free here?"""
    for place in USUAL:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", int(place.origin.rpartition(":")[2]))) == 0:
                return False
    return True


async def test_an_empty_directory_is_all_it_needs(tmp_path):
    assert nobody_serves(), "a model server runs on this machine: stop it, or this test finds it"
    async with GatewayProcess(directory=tmp_path, **NOTHING_SET) as gateway:
        assert SAYS_KEY in gateway.log()
        key = gateway.admin_key
        async with openai.AsyncOpenAI(base_url=gateway.base_url, api_key="none", max_retries=0) as client:
            listed = [model.model_dump() async for model in client.models.list()]
            assert listed[0]["id"] == "smarterrouter/main"
            assert len(listed) == 3
            assert all("test" in json.dumps(model).lower() for model in listed[1:])
            plain = await client.chat.completions.with_raw_response.create(model="auto", messages=HELLO, max_tokens=16)
            assert plain.headers["x-smarterrouter-model"].startswith("local/")
            assert plain.parse().choices[0].message.content
            for model in listed[1:]:
                stream = await client.chat.completions.create(
                    model=model["id"], messages=HELLO, max_tokens=16, stream=True
                )
                assert "".join([chunk.choices[0].delta.content or "" async for chunk in stream])
        health = (await gateway.get("/health")).json()
        assert health["status"] == "healthy"
        assert (await gateway.get("/admin/models", {"authorization": f"Bearer {key}"})).status == 200
        await gateway.stop()
        assert [row["status"] for row in gateway.rows_written()] == [200] * 3

    async with GatewayProcess(directory=tmp_path, **NOTHING_SET) as again:
        assert SAYS_KEY not in again.log()
        assert (await again.get("/admin/models", {"authorization": f"Bearer {key}"})).status == 200
        assert (await again.get("/admin/models", {"authorization": "Bearer wrong"})).status == 401
        assert (await again.post("/v1/chat/completions", {"messages": HELLO, "max_tokens": 4})).status == 200
        await again.stop()
        assert len(again.rows_written()) == 4
