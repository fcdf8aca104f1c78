"""Settings of the backends: a test changes each and observes what it does."""

import asyncio
import random
import shutil
import ssl
from pathlib import Path

import aiohttp
import pytest
from tests.doubles.behaviours import CHAT, Served, observes, served
from tests.doubles.gateway import ADMIN_KEY, InProcessGateway, backends_yaml, until
from tests.doubles.leaks import is_openai_error
from tests.doubles.ollama_double import DoubleModel, OllamaDouble
from tests.doubles.raw_upstream import RawUpstream, whole
from tests.doubles.strange_upstream import HOLD, WAIT, Act, StrangeUpstream, status, stream
from tests.doubles.tiny_models import tiny_model

HELLO = {"messages": [{"role": "user", "content": "hi"}]}
CERTIFICATE = Path(__file__).parents[1] / "unit" / "transport" / "localhost.pem"


async def listed(gateway: InProcessGateway) -> set[str]:
    """The keys of all models."""
    data = (await gateway.get("/admin/models", {"Authorization": f"Bearer {ADMIN_KEY}"})).json()
    return {model["key"] for model in data["models"]}


@observes("OLLAMA_URL", "LLAMA_CPP_URL", "OPENAI_BASE_URL", "OPENAI_API_KEY", "MODEL_PREFIX")
async def test_where_models_are_served() -> None:
    async with (
        OllamaDouble([DoubleModel("a:1b")]) as ollama,
        StrangeUpstream("b") as cpp,
        StrangeUpstream("c") as other,
    ):
        addresses = {
            "ROUTER_OLLAMA_URL": ollama.url,
            "ROUTER_LLAMA_CPP_URL": cpp.url,
            "ROUTER_OPENAI_BASE_URL": other.base_url,
            "ROUTER_OPENAI_API_KEY": "sk-of-mine",
            "ROUTER_MODEL_PREFIX": "pre/",
        }
        async with InProcessGateway(**addresses) as gateway:
            assert await listed(gateway) == {"ollama/a:1b", "llama.cpp/b", "openai/c"}
            for name in ("b", "c", "pre/c"):
                assert (await gateway.post(CHAT, {**HELLO, "model": name})).status == 200
    assert [request.json()["model"] for request in (*cpp.requests, *other.requests)] == ["pre/b", "pre/c", "pre/c"]
    assert other.requests[0].headers["authorization"] == "Bearer sk-of-mine"
    assert "authorization" not in cpp.requests[0].headers


@observes("PROVIDER")
@pytest.mark.parametrize(("provider", "key"), [("ollama", "ollama/a:1b"), ("openai", "openai/c")])
async def test_the_one_backend_to_use(provider: str, key: str) -> None:
    async with OllamaDouble([DoubleModel("a:1b")]) as ollama, StrangeUpstream("c") as other:
        addresses = {"ROUTER_OLLAMA_URL": ollama.url, "ROUTER_OPENAI_BASE_URL": other.base_url}
        async with InProcessGateway(**addresses, ROUTER_PROVIDER=provider) as gateway:
            assert await listed(gateway) == {key}


@observes("MODEL_KEEP_ALIVE")
@pytest.mark.parametrize("seconds", [-1, 0, 90])
async def test_how_long_ollama_keeps_a_model(seconds: int) -> None:
    async with OllamaDouble([DoubleModel("a:1b")]) as ollama:
        settings = {"ROUTER_OLLAMA_URL": ollama.url, "ROUTER_MODEL_KEEP_ALIVE": str(seconds)}
        async with InProcessGateway(**settings) as gateway:
            assert (await gateway.post(CHAT, {**HELLO, "model": "a:1b"})).status == 200
    assert [body["keep_alive"] for path, body in ollama.requests if path == "/api/chat"] == [seconds]


@observes("GENERATION_TIMEOUT")
async def test_how_long_a_backend_may_be_silent() -> None:
    async with served(GENERATION_TIMEOUT="0.1") as world:
        world.upstream.always = Act(before=(HOLD,))
        assert is_openai_error(await world.chat(), 504)["code"] == "backend_timeout"
        world.upstream.always = stream("a", HOLD)
        assert b'"code":"backend_timeout"' in (await world.chat(stream=True)).body


@observes("VERIFY_TLS")
@pytest.mark.parametrize("verify", [True, False])
async def test_certificates_are_checked(*, verify: bool) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    async with RawUpstream(whole(b'{"choices":[]}'), tls=context) as upstream:
        config = backends_yaml(("one", "compatible", upstream.base_url))
        async with InProcessGateway(config, ROUTER_VERIFY_TLS=str(verify)) as gateway:
            assert await listed(gateway) == (set() if verify else {"one/raw"})
            health = (await gateway.get("/health")).json()["checks"]["backends"]["one"]
            assert ("ROUTER_VERIFY_TLS" in health["error"]) is verify


NO_WAIT = {"BACKEND_RETRY_BASE_DELAY": "0", "BACKEND_RETRY_MAX_DELAY": "0"}


@observes("BACKEND_RETRY_ENABLED", "BACKEND_MAX_RETRIES")
@pytest.mark.parametrize(
    ("settings", "asked"),
    [
        ({}, 4),
        ({"BACKEND_MAX_RETRIES": "1"}, 2),
        ({"BACKEND_MAX_RETRIES": "0"}, 1),
        ({"BACKEND_RETRY_ENABLED": "no"}, 1),
    ],
)
async def test_how_often_a_busy_backend_is_asked(settings: dict[str, str], asked: int) -> None:
    async with served(**NO_WAIT, **settings) as world:
        world.upstream.always = status(503)
        is_openai_error(await world.chat(), 503)
        assert len(world.upstream.requests) == asked


@observes("BACKEND_RETRY_MAX_DELAY")
@pytest.mark.parametrize(("longest", "asked"), [("0.1", 1), ("5", 2)])
async def test_a_backend_that_asks_for_more_patience_is_not_asked_again(longest: str, asked: int) -> None:
    settings = {"BACKEND_RETRY_BASE_DELAY": "0", "BACKEND_RETRY_MAX_DELAY": longest}
    async with served(**settings) as world:
        world.upstream.acts = [status(503, retry_after=0.2)]
        await world.chat()
        assert len(world.upstream.requests) == asked


@observes("BACKEND_RETRY_BASE_DELAY")
async def test_how_long_to_wait_before_the_first_new_try() -> None:
    settings = {"BACKEND_RETRY_BASE_DELAY": "1000", "BACKEND_RETRY_MAX_DELAY": "1000"}
    async with served(**settings) as world:
        random.seed(1)  # the first number is 0.13, so it waits for two minutes
        world.upstream.acts = [status(503)]
        waiting = asyncio.ensure_future(world.chat())
        await until(lambda: world.upstream.requests)
        await asyncio.sleep(0.3)
        assert not waiting.done()
        assert len(world.upstream.requests) == 1
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)


BREAKER = {"BACKEND_CIRCUIT_BREAKER_ENABLED": "true", "BACKEND_RETRY_ENABLED": "false"}


async def until_it_rests(world: Served) -> tuple[int, str]:
    """How many requests reached the backend before it was left alone, and how long callers are told to wait."""
    for _ in range(20):
        before = len(world.upstream.requests)
        answer = await world.chat()
        if len(world.upstream.requests) == before:
            assert is_openai_error(answer, 503)["code"] == "backend_busy"
            return before, answer.headers["retry-after"]
    return 20, ""


@observes("BACKEND_CIRCUIT_BREAKER_ENABLED", "BACKEND_CIRCUIT_BREAKER_FAILURE_THRESHOLD")
@observes("BACKEND_CIRCUIT_BREAKER_SLIDING_WINDOW_SIZE", "BACKEND_CIRCUIT_BREAKER_RESET_TIMEOUT")
@pytest.mark.parametrize(
    ("settings", "found"),
    [
        ({"ENABLED": "false"}, (20, "")),
        ({}, (5, "60")),
        ({"FAILURE_THRESHOLD": "2"}, (2, "60")),
        ({"SLIDING_WINDOW_SIZE": "3"}, (3, "60")),
        ({"RESET_TIMEOUT": "77"}, (5, "77")),
    ],
)
async def test_when_a_failing_backend_is_left_alone(settings: dict[str, str], found: tuple[int, str]) -> None:
    changed = {f"BACKEND_CIRCUIT_BREAKER_{name}": value for name, value in settings.items()}
    async with served(**{**BREAKER, **changed}) as world:
        world.upstream.always = status(500)
        assert await until_it_rests(world) == found


@observes("BACKEND_CIRCUIT_BREAKER_QUOTA_RESET_TIMEOUT")
async def test_how_long_a_used_up_quota_lasts() -> None:
    async with served(**BREAKER, BACKEND_CIRCUIT_BREAKER_QUOTA_RESET_TIMEOUT="88") as world:
        world.upstream.always = status(429, "You exceeded your current quota.")
        assert await until_it_rests(world) == (1, "88")


@observes("BACKEND_CIRCUIT_BREAKER_HALF_OPEN_MAX_ATTEMPTS")
@pytest.mark.parametrize("probes", [1, 2])
async def test_how_many_look_whether_it_is_back(probes: int) -> None:
    changed = {"RESET_TIMEOUT": "0.05", "FAILURE_THRESHOLD": "1", "HALF_OPEN_MAX_ATTEMPTS": str(probes)}
    async with served(
        **BREAKER, **{f"BACKEND_CIRCUIT_BREAKER_{name}": value for name, value in changed.items()}
    ) as world:
        world.upstream.acts = [status(500)]
        world.upstream.always = stream(before=(WAIT,))
        await world.chat()
        await asyncio.sleep(0.1)
        probing = [asyncio.ensure_future(world.chat(stream=True)) for _ in range(4)]
        await until(lambda: sum(task.done() for task in probing) == 4 - probes)
        await until(lambda: world.upstream.active == probes)
        world.upstream.go.set()
        assert sorted(answer.status for answer in await asyncio.gather(*probing)) == [200] * probes + [503] * (
            4 - probes
        )


@observes("LOCAL_MODELS_DIR", "LOCAL_CONTEXT_TOKENS", "LOCAL_PARALLEL", "LOCAL_THREADS")
async def test_the_embedded_runtime(tmp_path: Path) -> None:
    directory = tmp_path / "my models"
    directory.mkdir()
    shutil.copy(tiny_model(name="mine"), directory / "mine.gguf")
    chosen = {"MODELS_DIR": str(directory), "CONTEXT_TOKENS": "512", "PARALLEL": "3", "THREADS": "5"}
    settings = {f"ROUTER_LOCAL_{name}": value for name, value in chosen.items()}
    async with InProcessGateway(ROUTER_PROVIDER="local", **settings) as gateway:
        mine = next(item for item in (await gateway.get("/v1/models")).json()["data"] if item["id"] == "mine")
        assert mine["context_length"] == 512
        assert (await gateway.post(CHAT, {**HELLO, "model": "mine"})).status == 200
        [seat] = gateway.house.backends.current["local"]._runtime._seats.values()  # type: ignore[attr-defined]
        connector = aiohttp.UnixConnector(path=seat.socket)
        bearer = {"Authorization": f"Bearer {seat.api_key}"}
        async with (
            aiohttp.ClientSession(connector=connector, headers=bearer) as session,
            session.get("http://worker/props") as answer,
        ):
            assert (await answer.json())["total_slots"] == 3
        assert seat.child.plan.threads == 5  # what the worker's process was given; it does not tell
