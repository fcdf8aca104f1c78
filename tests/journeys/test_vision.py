"""A picture in a message goes to a model that can see, in that model's own form, or is refused clearly."""

import base64
import zlib

import openai
import pytest
from tests.doubles.gateway import InProcessGateway, backends_yaml
from tests.doubles.strange_upstream import StrangeUpstream
from tests.journeys.conftest import SEEING, SMALL, World

pytestmark = pytest.mark.asyncio(loop_scope="module")


def _png() -> bytes:
    """A real picture of one red point."""

    def part(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    head = (1).to_bytes(4, "big") * 2 + bytes([8, 2, 0, 0, 0])
    pixels = zlib.compress(b"\0\xff\0\0")
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", pixels) + part(b"IEND", b"")


PICTURE = base64.b64encode(_png()).decode()
PART = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PICTURE}"}}
ASKED = [{"role": "user", "content": [{"type": "text", "text": "What is this?"}, PART]}]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("name", ["auto", "eyes", SEEING])
async def test_w05_a_picture_reaches_the_seeing_model_as_bare_base64(world: World, name, stream):
    answer = await world.gateway.post("/v1/chat/completions", {"model": name, "messages": ASKED, "stream": stream})

    assert answer.status == 200
    assert answer.headers["x-smarterrouter-model"] == f"three/{SEEING}"
    assert b"double" in answer.body
    sent = world.ollama.bodies("/api/chat")[-1]
    assert sent["model"] == SEEING
    assert sent["messages"] == [{"role": "user", "content": "What is this?", "images": [PICTURE]}]


async def test_w05_a_picture_without_words_is_a_message(world: World):
    messages = [{"role": "user", "content": [PART]}]
    answer = await world.gateway.post("/v1/chat/completions", {"model": "auto", "messages": messages})

    assert answer.status == 200
    assert world.ollama.bodies("/api/chat")[-1]["messages"][0]["images"] == [PICTURE]


@pytest.mark.parametrize("name", ["alpha", SMALL])
async def test_a_blind_model_that_was_named_refuses_a_picture(world: World, name):
    asked = len(world.ollama.requests)
    answer = await world.gateway.post("/v1/chat/completions", {"model": name, "messages": ASKED})

    assert answer.status == 400
    assert "image" in answer.json()["error"]["message"]
    assert len(world.ollama.requests) == asked


async def test_w05_without_a_seeing_model_a_picture_is_400_and_nobody_is_asked(world: World):
    async with StrangeUpstream("llama3.1:8b", "text-embedding-3-small") as upstream:
        config = backends_yaml(("one", "llama.cpp", world.chat.url), ("far", "vllm", upstream.base_url))
        async with (
            InProcessGateway(config) as gateway,
            openai.AsyncOpenAI(base_url=gateway.base_url, api_key="any", max_retries=0) as client,
        ):
            with pytest.raises(openai.BadRequestError) as caught:
                await client.chat.completions.create(model="auto", messages=ASKED)
        assert caught.value.code == "no_eligible_model"
        assert "image" in caught.value.message
        assert upstream.requests == []
    assert await world.chat.busy() == 0


async def test_an_openai_upstream_gets_the_part_as_it_came():
    async with StrangeUpstream("gpt-4o") as upstream:
        async with InProcessGateway(backends_yaml(("far", "openai", upstream.base_url))) as gateway:
            body = {"model": "auto", "messages": ASKED}
            answer = await gateway.post("/v1/chat/completions", body)
        assert answer.status == 200
        assert upstream.requests[-1].json()["messages"] == ASKED
