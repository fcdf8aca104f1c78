"""A caller that leaves: the upstream hears of it at once, nobody is blamed, and nothing stays."""

import asyncio
import contextlib

import aiohttp
import pytest
import pytest_asyncio
from tests.doubles.gateway import InProcessGateway, backends_yaml, until
from tests.doubles.ollama_double import DoubleModel, OllamaDouble
from tests.doubles.strange_upstream import EVENTS, HOLD, Act, StrangeUpstream, chunk, stream, whole
from tests.doubles.tiny_models import TinyServer

pytestmark = pytest.mark.asyncio(loop_scope="module")
HELLO = [{"role": "user", "content": "hello"}]
OPENING = chunk({"role": "assistant", "content": ""})
STAYS_SILENT = {
    "before the headers, plain": (False, Act(before=(HOLD,))),
    "before the headers, stream": (True, Act(before=(HOLD,))),
    "in the middle, plain": (False, Act(steps=(b'{"choices"', HOLD))),
    "before the first event": (True, Act(kind=EVENTS, steps=(b": one moment\n\n", HOLD))),
    "after the first event": (True, Act(kind=EVENTS, steps=(OPENING, HOLD))),
    "in an event": (True, Act(kind=EVENTS, steps=(OPENING, b"data: {", HOLD))),
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def upstream():
    async with StrangeUpstream() as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gateway(upstream):
    settings = {
        "ROUTER_BACKEND_CIRCUIT_BREAKER_ENABLED": "true",
        "ROUTER_BACKEND_CIRCUIT_BREAKER_FAILURE_THRESHOLD": "1",
    }
    async with InProcessGateway(backends_yaml(("far", "vllm", upstream.base_url)), **settings) as made:
        yield made


@contextlib.asynccontextmanager
async def asking(gateway: InProcessGateway, *, streams: bool, model: str = "strange", path: str = "chat/completions"):
    """A caller that has sent its request; leaving the block before the answer is complete drops its connection."""
    body = {"model": model, "stream": streams}
    body |= {"messages": HELLO} if path.startswith("chat") else {"prompt": "hello"}
    async with aiohttp.ClientSession() as session:
        task = asyncio.get_running_loop().create_task(session.post(f"{gateway.base_url}/{path}", json=body))
        try:
            yield task
        finally:
            task.cancel()
            [answer] = await asyncio.gather(task, return_exceptions=True)
            if isinstance(answer, aiohttp.ClientResponse):
                answer.close()


@pytest.mark.parametrize("path", ["chat/completions", "completions"])
@pytest.mark.parametrize(("streams", "act"), STAYS_SILENT.values(), ids=STAYS_SILENT.keys())
async def test_the_upstream_hears_at_once_and_is_not_blamed(gateway, upstream, streams, act, path):
    upstream.acts = [act]
    before, abandoned = await gateway.metrics(), upstream.abandoned
    async with asking(gateway, streams=streams, path=path) as answer:
        await until(lambda: upstream.active == 1)
        if OPENING in act.steps:
            assert await (await answer).content.readline()
        else:
            await asyncio.sleep(0.05)
        assert upstream.active == 1

    await until(lambda: upstream.abandoned == abandoned + 1, "the upstream still works for nobody")
    await gateway.settle()
    after = await gateway.metrics()
    assert after.sum("client_disconnects_total") == before.sum("client_disconnects_total") + 1
    assert after.sum("upstream_failures_total") == before.sum("upstream_failures_total")
    assert after.sum("requests_in_flight") == after.sum("streams_open") == 0
    row = (await gateway.rows())[-1]
    assert (row["status"], row["error"]) == (499, "client_disconnected")
    assert (await gateway.post("/v1/chat/completions", {"messages": HELLO})).status == 200  # no breaker has opened


async def test_leaving_during_the_wait_between_two_tries(upstream):
    settings = {"ROUTER_BACKEND_RETRY_BASE_DELAY": "600", "ROUTER_BACKEND_RETRY_MAX_DELAY": "3600"}
    async with InProcessGateway(backends_yaml(("far", "vllm", upstream.base_url)), **settings) as gateway:
        upstream.acts = [Act(503, headers=(("retry-after", "600"),), length=0)]
        asked = len(upstream.requests)
        async with asking(gateway, streams=False):
            await until(lambda: len(upstream.requests) == asked + 1)
            await asyncio.sleep(0.05)
        await gateway.settle()
        assert (await gateway.rows())[-1]["status"] == 499
        assert len(upstream.requests) == asked + 1


async def test_many_callers_that_leave_leave_nothing(gateway, upstream):
    upstream.always = Act(kind=EVENTS, steps=(OPENING, HOLD))
    try:
        async with contextlib.AsyncExitStack() as stack:
            answers = [await stack.enter_async_context(asking(gateway, streams=True)) for _ in range(50)]
            for answer in answers:
                assert (await answer).status == 200
            assert upstream.active == 50
        await until(lambda: not upstream.active)
        await gateway.settle()
        assert len(upstream.open) == 0
    finally:
        upstream.always = StrangeUpstream().always


def endless() -> TinyServer:
    """A real server that speaks for minutes."""
    return TinyServer(script=(), context=200_000, parallel=1)


async def test_a_real_llama_cpp_server_stops_generating():
    """Streams only: llama.cpp itself does not look whether the caller of a plain answer is still there."""
    async with endless() as server, InProcessGateway(backends_yaml(("one", "llama.cpp", server.url))) as gateway:
        async with asking(gateway, streams=True, model="tiny") as answer:
            await (await answer).content.readline()
            assert await server.busy() == 1
        await until(lambda: _busy(server, 0), "the server still generates")
        await gateway.settle()
        assert (await gateway.rows())[-1]["status"] == 499


async def test_a_real_llama_cpp_server_loses_the_connection_of_a_plain_request():
    async with endless() as server, InProcessGateway(backends_yaml(("one", "llama.cpp", server.url))) as gateway:
        async with asking(gateway, streams=False, model="tiny"):
            await until(lambda: _busy(server, 1))
            assert gateway.upstreams() == 1
        await gateway.settle()
        assert (await gateway.rows())[-1]["status"] == 499


async def _busy(server: TinyServer, count: int) -> bool:
    return await server.busy() == count


@pytest.mark.parametrize("streams", [False, True])
async def test_an_ollama_hears_of_it(streams):
    model = DoubleModel("slow:1b", reply="word " * 500, seconds_per_token=0.05)
    async with OllamaDouble([model]) as double, InProcessGateway(_ollama(double)) as gateway:
        async with asking(gateway, streams=streams, model="slow:1b") as answer:
            await until(lambda: double.active)
            if streams:
                await (await answer).content.readline()
        await until(lambda: double.abandoned == 1 and not double.active)
        await gateway.settle()


def _ollama(double: OllamaDouble) -> str:
    return backends_yaml(("three", "ollama", double.url))


@pytest.mark.parametrize("streams", [False, True])
async def test_a_caller_that_stays_after_its_answer_has_not_left(gateway, upstream, streams):
    upstream.acts = [stream("Hel", 0.1, "lo") if streams else whole("Hello", before=(0.1,))]
    for _ in range(2):
        answer = await gateway.post("/v1/chat/completions", {"messages": HELLO, "stream": streams})
        assert answer.status == 200
    assert [row["status"] for row in (await gateway.rows())[-2:]] == [200, 200]
