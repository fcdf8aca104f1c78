"""Settings of the door: a test changes each and observes what it does."""

import asyncio
import json
import os
import socket
import sys
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from tests.doubles.behaviours import CHAT, Served, observes, served
from tests.doubles.gateway import ADMIN_KEY, until
from tests.doubles.leaks import is_openai_error
from tests.doubles.raw_caller import RawCaller, request
from tests.doubles.strange_upstream import Act, stream, whole

PAGE = "https://page.example"
BROWSER = {"user-agent": "Mozilla/5.0"}


@observes("HOST", "PORT", "LOG_LEVEL", "LOG_FORMAT")
async def test_w23_python_m_smarterrouter_listens_where_it_is_told_and_logs_as_it_is_told(tmp_path: Path) -> None:
    host = "127.0.0.2" if sys.platform == "linux" else "127.0.0.1"
    with socket.create_server((host, 0)) as probe:
        port = probe.getsockname()[1]
    settings = {"HOST": host, "PORT": str(port), "LOG_LEVEL": "WARNING", "LOG_FORMAT": "json"}
    nobody = {"ROUTER_OPENAI_BASE_URL": "http://127.0.0.1:9/v1", "PATH": os.environ["PATH"]}  # noqa: TID251
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "smarterrouter", "serve"),
        env={**nobody, **{f"ROUTER_{name}": value for name, value in settings.items()}},
        cwd=tmp_path,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with aiohttp.ClientSession() as session:
            await until(lambda: answers(session, f"http://{host}:{port}/healthz"), "it does not listen there")
    finally:
        process.terminate()
        _, log = await process.communicate()
    lines = [json.loads(line) for line in log.decode().splitlines() if line.startswith("{")]
    assert "does not list its models" in str(lines), "the dead backend is worth a warning"
    assert {line["level"] for line in lines} == {"WARNING"}


async def answers(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.get(url) as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False


@observes("REQUEST_TIMEOUT_SECONDS", "REQUEST_TIMEOUT_ENABLED")
async def test_how_long_a_request_may_take() -> None:
    slow = Act(steps=whole("late").steps, before=(0.4,), length=whole("late").length)
    async with served(REQUEST_TIMEOUT_SECONDS="0.1") as world:
        world.upstream.always = slow
        assert is_openai_error(await world.chat(), 504)["code"] == "request_timeout"
    async with served(REQUEST_TIMEOUT_SECONDS="0.1", REQUEST_TIMEOUT_ENABLED="false") as world:
        world.upstream.always = slow
        assert (await world.chat()).status == 200


@observes("MAX_REQUEST_BODY_BYTES")
async def test_the_largest_body() -> None:
    async with served(MAX_REQUEST_BODY_BYTES="100") as world:
        assert (await world.chat("a")).status == 200
        is_openai_error(await world.chat("a" * 100), 413)


@observes("MAX_MESSAGE_CONTENT_LENGTH")
async def test_the_longest_message() -> None:
    async with served(MAX_MESSAGE_CONTENT_LENGTH="100") as world:
        assert (await world.chat("é" * 100)).status == 200
        assert is_openai_error(await world.chat("é" * 101), 413)["param"] == "messages[0].content"


@observes("MAX_MESSAGES")
async def test_the_most_messages() -> None:
    two = [{"role": "user", "content": "a"}] * 2
    async with served(MAX_MESSAGES="2") as world:
        assert (await world.chat(messages=two)).status == 200
        assert is_openai_error(await world.chat(messages=[*two, *two]), 400)["param"] == "messages"


@observes("REQUEST_BODY_TIMEOUT_SECONDS")
async def test_how_long_a_body_may_take() -> None:
    async with served(REQUEST_BODY_TIMEOUT_SECONDS="0.1") as world, RawCaller(world.gateway.port) as caller:
        await caller.send(request(CHAT, b"{", length=10))
        assert is_openai_error(await caller.answer(), 408)["message"] == "The body did not arrive within 0.1 s."


@observes("SSE_KEEPALIVE_SECONDS")
@pytest.mark.parametrize(("seconds", "comments"), [("0.02", True), ("0", False), ("60", False)])
async def test_comments_in_silence(seconds: str, *, comments: bool) -> None:
    async with served(SSE_KEEPALIVE_SECONDS=seconds) as world:
        world.upstream.always = stream("a", 0.3, "b")
        assert (b": keep-alive\n\n" in (await world.chat(stream=True)).body) is comments


async def preflight(world: Served, origin: str = PAGE, method: str = "POST", header: str = "x-thing") -> Any:
    asks = {"Origin": origin, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": header}
    async with world.gateway.session.options(world.gateway.url + CHAT, headers=asks) as answer:
        return answer.status, {name.lower(): value for name, value in answer.headers.items()}


@observes("CORS_ORIGINS")
async def test_which_pages_may_call() -> None:
    async with served() as world:
        status, headers = await preflight(world)
        assert (status, headers.get("access-control-allow-origin")) == (405, None)
        assert "access-control-allow-origin" not in (await world.chat(headers={"Origin": PAGE})).headers
    async with served(CORS_ORIGINS=f"{PAGE},http://localhost:3000") as world:
        status, headers = await preflight(world)
        assert (status, headers["access-control-allow-origin"]) == (200, PAGE)
        assert (await preflight(world, "https://evil.example"))[0] == 400
        for answer in (await world.chat(headers={"Origin": PAGE}), await world.chat(n=0, headers={"Origin": PAGE})):
            assert answer.headers["access-control-allow-origin"] == PAGE


@observes("CORS_ALLOW_METHODS", "CORS_ALLOW_HEADERS", "CORS_MAX_AGE", "CORS_ALLOW_CREDENTIALS")
async def test_what_those_pages_may_do() -> None:
    async with served(CORS_ORIGINS=PAGE) as world:
        headers = (await preflight(world))[1]
        assert headers["access-control-max-age"] == "600"
        assert "access-control-allow-credentials" not in headers
        assert headers["access-control-allow-headers"] == "x-thing"
    chosen = {"CORS_ALLOW_METHODS": "POST", "CORS_ALLOW_HEADERS": "x-thing", "CORS_MAX_AGE": "7"}
    async with served(CORS_ORIGINS=PAGE, CORS_ALLOW_CREDENTIALS="true", **chosen) as world:
        status, headers = await preflight(world)
        assert (status, headers["access-control-max-age"]) == (200, "7")
        assert headers["access-control-allow-credentials"] == "true"
        assert (await preflight(world, method="DELETE"))[0] == 400
        assert (await preflight(world, header="x-other"))[0] == 400


@observes("ENABLE_RESPONSE_COMPRESSION", "COMPRESSION_MINIMUM_SIZE")
@pytest.mark.parametrize(
    ("settings", "compressed"),
    [
        ({}, False),
        ({"ENABLE_RESPONSE_COMPRESSION": "true"}, False),
        ({"ENABLE_RESPONSE_COMPRESSION": "true", "COMPRESSION_MINIMUM_SIZE": "10"}, True),
    ],
)
async def test_compressed_answers(settings: dict[str, str], *, compressed: bool) -> None:
    async with served(**settings) as world:
        answer = await world.chat(headers={"Accept-Encoding": "gzip"})
        assert answer.json()["choices"][0]["message"]["content"] == "Fine."
        assert (answer.headers.get("content-encoding") == "gzip") is compressed
        streamed = await world.chat(stream=True, headers={"Accept-Encoding": "gzip"})
        assert "content-encoding" not in streamed.headers


@observes("ENABLE_SLOW_QUERY_LOGGING", "SLOW_QUERY_THRESHOLD_MS")
@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({}, False),
        ({"ENABLE_SLOW_QUERY_LOGGING": "true", "SLOW_QUERY_THRESHOLD_MS": "0"}, True),
        ({"ENABLE_SLOW_QUERY_LOGGING": "true", "SLOW_QUERY_THRESHOLD_MS": "600000"}, False),
    ],
)
async def test_slow_requests_are_told(
    caplog: pytest.LogCaptureFixture, settings: dict[str, str], *, told: bool
) -> None:
    async with served(**settings) as world:
        await world.chat()
    assert any("slow request: POST /v1/chat/completions" in line for line in caplog.messages) is told


async def said(world: Served, headers: dict[str, str] | None = None) -> str:
    text: str = (await world.chat(headers=headers)).json()["choices"][0]["message"]["content"]
    return text


@observes("SIGNATURE_ENABLED", "SIGNATURE_FORMAT", "SIGNATURE_CLIENTS")
async def test_the_signature() -> None:
    async with served() as world:
        assert await said(world, BROWSER) == "Fine.\n\nModel: strange"
        assert await said(world) == "Fine."
    async with served(SIGNATURE_CLIENTS="all", SIGNATURE_FORMAT=r"\n-- {model}") as world:
        assert await said(world) == "Fine.\n-- strange"
    async with served(SIGNATURE_ENABLED="false", SIGNATURE_CLIENTS="all") as world:
        assert await said(world, BROWSER) == "Fine."


@observes("ADMIN_API_KEY")
@pytest.mark.parametrize(
    ("key", "given", "status"), [("k" * 20, "k" * 20, 200), ("k" * 20, ADMIN_KEY, 401), ("disable", "", 200)]
)
async def test_the_admin_key(key: str, given: str, status: int) -> None:
    async with served(ADMIN_API_KEY=key) as world:
        assert (await world.gateway.get("/admin/models", {"Authorization": f"Bearer {given}"})).status == status
