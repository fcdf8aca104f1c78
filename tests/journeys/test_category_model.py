"""A real embedding model beside real chat models: its vectors are random and mean nothing, and nothing fails by it."""

import pytest
import pytest_asyncio
from tests.doubles.gateway import ADMIN_KEY, InProcessGateway, backends_yaml, until
from tests.doubles.tiny_models import TinyServer

pytestmark = pytest.mark.asyncio(loop_scope="module")
CHAT = "/v1/chat/completions"
PROMPTS = ("Write a Python function that sorts a list.", "Hello!", "Wie hoch ist der Mont Blanc?", "x " * 400)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def embedder():
    async with TinyServer(name="embed", pooling=1) as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gateway(embedder):
    async with TinyServer(name="qwen2.5-7b-instruct", parallel=4) as chat:
        served = [("one", "llama.cpp", chat.url), ("two", "llama.cpp", embedder.url)]
        settings = {"ROUTER_CATEGORY_MODEL": "two/embed", "ROUTER_CATEGORY_TIMEOUT": "30"}
        async with InProcessGateway(backends_yaml(*served), **settings) as made:
            await until(lambda: made.house.sensing._meaning is not None)
            yield made


async def ask(gateway, prompt, **members):
    body = {"messages": [{"role": "user", "content": prompt}], "max_tokens": 8, **members}
    answer = await gateway.post(CHAT, body)
    assert answer.status == 200, answer.body


async def counted(gateway, result):
    return (await gateway.metrics()).sum("category_embeddings_total", result=result)


async def test_it_is_ready_soon_after_the_start_and_asked_for_every_prompt(gateway):
    for prompt in PROMPTS:
        await ask(gateway, prompt)
    await ask(gateway, PROMPTS[0])
    assert await counted(gateway, "used") == len(PROMPTS)
    assert await counted(gateway, "remembered") == 1


async def test_who_names_a_model_does_not_wait(gateway):
    before = await counted(gateway, "used")
    await ask(gateway, "Name three rivers.", model="qwen2.5-7b-instruct")
    assert await counted(gateway, "used") == before


async def test_reports_are_made_with_it(gateway):
    key = {"authorization": f"Bearer {ADMIN_KEY}"}
    before = await counted(gateway, "used")
    answer = await gateway.get("/admin/explain?prompt=Name+three+seas.", key)
    assert answer.status == 200, answer.body
    assert await counted(gateway, "used") == before + 1


async def test_requests_go_on_when_it_is_gone(gateway, embedder):
    await embedder.kill()
    for number in range(5):
        await ask(gateway, f"Name {number} mountains.")
    assert await counted(gateway, "failed") >= 1
