import asyncio
import json

import psutil
import pytest
from tests.doubles.replies import decoded
from tests.doubles.tiny_models import tiny_model

from smarterrouter.backends.base import Backend
from smarterrouter.backends.local import Local
from smarterrouter.domain.models import Model
from smarterrouter.errors import BackendUnreachable, CannotHonour, ContextTooLong, ModelGone
from smarterrouter.inference.manager import Manager
from smarterrouter.inference.seats import Runtime
from smarterrouter.wire.calls import ChatCall, CompletionCall, EmbedCall

A = Model(key="local/test-tiny-a", backend="local", name="test-tiny-a")
B = Model(key="local/test-tiny-b", backend="local", name="test-tiny-b")
BABBLE = Model(key="local/babble", backend="local", name="babble")
SHORT = CompletionCall.decode(b'{"prompt":"x","max_tokens":2}')
HELLO = ChatCall.decode(b'{"model":"auto","messages":[{"role":"user","content":"Hello"}]}')
STREAM = ChatCall.decode(b'{"model":"auto","messages":[{"role":"user","content":"Hello"}],"stream":true}')


@pytest.fixture(scope="session")
def samples(tmp_path_factory):
    return tmp_path_factory.mktemp("samples")


@pytest.fixture
def manager(samples, tmp_path):
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "babble.gguf").symlink_to(tiny_model("babble", script=(), context=32768))
    return Manager(Runtime(models=tmp_path / "models", samples=samples, workers=2, context=32768))


@pytest.fixture
async def local(manager, client):
    local = Local(manager, client)
    yield local
    await local.close()
    assert manager.running() == {}


async def test_it_is_a_backend_that_offers_test_models(local):
    backend: Backend = local
    offers = {offer.name: offer for offer in await backend.offers()}
    assert {name: offer.test for name, offer in offers.items()} == {
        "test-tiny-a": True,
        "test-tiny-b": True,
        "babble": False,
    }
    assert all(offer.local and offer.backend == "local" for offer in offers.values())
    assert "embeddings" in offers["test-tiny-a"].denied
    assert offers["test-tiny-b"].capabilities >= {"chat", "embeddings"}
    assert (backend.name, backend.kind, backend.address) == ("local", "local", "this machine")


async def test_the_test_model_says_that_it_is_one(local):
    said = (await decoded(await local.chat(HELLO, A)))["choices"][0]["message"]["content"]
    assert said == ("I am a test model. Connect Ollama, llama.cpp or any OpenAI-compatible server to get real answers.")


async def test_a_stream_holds_its_worker_until_it_is_closed(local, manager):
    reply = await local.chat(STREAM, A)
    assert reply.stream
    assert manager.held() == {"test-tiny-a": 1}
    events = b"".join([chunk async for chunk in reply.chunks()])
    assert events.endswith(b"data: [DONE]\n\n")
    assert manager.held() == {"test-tiny-a": 1}
    reply.close()
    assert manager.held() == {}


async def test_completions_and_embeddings(local, manager):
    continued = await decoded(await local.complete(CompletionCall.decode(b'{"prompt":"Once","max_tokens":2}'), A))
    assert continued["usage"]["completion_tokens"] == 2
    vectors = await decoded(await local.embed(EmbedCall.decode(b'{"input":["one","two"]}'), B))
    assert len(vectors["data"]) == 2
    assert manager.held() == {}


async def test_a_refusal_gives_the_worker_back(local, manager):
    with pytest.raises(CannotHonour):
        await local.embed(EmbedCall.decode(b'{"input":"one"}'), A)
    with pytest.raises(ModelGone):
        await local.chat(HELLO, Model(key="local/x", backend="local", name="x"))
    assert manager.held() == {}


async def test_count_is_exact_and_loads_nothing(local, manager):
    assert await local.count(HELLO, A) is None
    assert manager.running() == {}
    said = await decoded(await local.chat(HELLO, A))
    assert await local.count(HELLO, A) == said["usage"]["prompt_tokens"]
    assert manager.held() == {}


async def test_context_is_never_cut_in_silence(local):
    """The limit that was offered is the worker's own, to the token."""
    limit = {offer.name: offer.context_tokens for offer in await local.offers()}[A.name]
    assert limit == 4096
    for size in (limit - 1, limit, limit + 1):
        call = CompletionCall.decode(json.dumps({"prompt": [300] * size, "max_tokens": 5}).encode())
        if size < limit:
            assert (await decoded(await local.complete(call, A)))["usage"]["prompt_tokens"] == size
        else:
            with pytest.raises(ContextTooLong):
                await local.complete(call, A)
        assert await local.count(call, A) == size


async def test_a_worker_that_dies_in_a_request_is_unreachable_and_comes_back(local, manager):
    endless = CompletionCall.decode(b'{"prompt":"x","stream":true,"max_tokens":30000}')
    reply = await local.complete(endless, BABBLE)
    psutil.Process(manager.running()["babble"]).kill()
    with pytest.raises(BackendUnreachable):
        await asyncio.wait_for(drain(reply), 60)
    reply.close()
    assert manager.held() == {}
    for _ in range(6000):
        if "babble" not in manager.running():
            break
        await asyncio.sleep(0.01)
    assert (await decoded(await local.complete(SHORT, BABBLE)))["choices"]


async def test_leaving_a_stream_frees_the_worker_at_once(local, manager):
    endless = CompletionCall.decode(b'{"prompt":"x","stream":true,"max_tokens":30000}')
    replies = [await local.complete(endless, BABBLE) for _ in range(2)]  # as many as it answers side by side
    for reply in replies:
        async for _ in reply.chunks():
            break
        reply.close()
    assert manager.held() == {}
    said = await asyncio.wait_for(decoded(await local.complete(SHORT, BABBLE)), 60)
    assert said["usage"]["completion_tokens"] == 2


async def drain(reply):
    async for _ in reply.chunks():
        pass
