"""SIGTERM: open streams may end, what does not end is cut, the log of requests is written, no process stays behind."""

import asyncio
import json
from typing import Any

import aiohttp
import psutil
import pytest
from tests.doubles.gateway import ADMIN_KEY, GatewayProcess, backends_yaml, until
from tests.doubles.strange_upstream import HOLD, WAIT, StrangeUpstream, chunk, stream

from smarterrouter.wire import sse

pytestmark = pytest.mark.xdist_group("heavy")
HELLO = [{"role": "user", "content": "hello"}]


async def streamed(session: aiohttp.ClientSession, gateway: GatewayProcess, begun: asyncio.Event) -> tuple[bytes, bool]:
    """What arrived, and whether it came to a regular end."""
    body = b""
    asked: dict[str, Any] = {"model": "strange", "messages": HELLO, "stream": True}
    try:
        async with session.post(f"{gateway.base_url}/chat/completions", json=asked) as answer:
            async for data in answer.content.iter_any():
                body += data
                begun.set()
    except aiohttp.ClientPayloadError:
        return body, False
    return body, True


async def test_open_streams_may_end_and_endless_ones_are_cut():
    async with StrangeUpstream() as upstream, aiohttp.ClientSession() as session:
        upstream.acts = [stream("a", WAIT, "b")] * 5 + [stream("a", HOLD)] * 2
        config = backends_yaml(("far", "vllm", upstream.base_url))
        async with GatewayProcess(config) as gateway, asyncio.TaskGroup() as group:
            callers = []
            for _ in range(7):
                begun = asyncio.Event()
                callers.append(group.create_task(streamed(session, gateway, begun)))
                await begun.wait()
            quick = await gateway.post("/v1/chat/completions", {"model": "strange", "messages": HELLO})
            assert quick.status == 200

            stopping = group.create_task(gateway.stop())
            await until(lambda: _refuses(gateway), "it still takes connections")
            assert not any(caller.done() for caller in callers)
            upstream.go.set()
            await stopping
            ends = [await caller for caller in callers]
            for body, ended in ends[:5]:
                assert ended
                assert chunk({"content": "b"}) in body
                assert body.endswith(sse.DONE)
            for body, _ in ends[5:]:
                assert chunk({"content": "a"}) in body
                assert json.loads(sse.events(body)[-1])["error"]["code"] == "server_stopping"
                assert b"[DONE]" not in body
            await until(lambda: not upstream.active, "an upstream still works for nobody")
            rows = gateway.rows_written()
            assert sorted(row["status"] for row in rows) == [200] * 6 + [503] * 2
            assert {row["error"] for row in rows} == {"", "server_stopping"}


async def _refuses(gateway: GatewayProcess) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
    except ConnectionRefusedError:
        return True
    writer.close()
    return False


async def test_open_event_streams_end_at_once_and_whole():
    key = {"authorization": f"Bearer {ADMIN_KEY}"}
    async with GatewayProcess(wait=False) as gateway, aiohttp.ClientSession() as session:
        opened = [await session.get(f"{gateway.url}/admin/profiling/events", headers=key) for _ in range(3)]
        for stream in opened:
            assert await stream.content.readline() == b": profiling events\n"
        await gateway.stop()
        for stream in opened:
            assert b"data:" not in await stream.content.read()  # it raises where the end is missing
        assert "timeout graceful shutdown exceeded" not in gateway.log()


async def test_the_log_of_requests_is_complete_when_it_ends_at_once():
    async with StrangeUpstream() as far, GatewayProcess(backends_yaml(("far", "vllm", far.base_url))) as gateway:
        body = {"model": "strange", "messages": HELLO}
        answers = await asyncio.gather(*(gateway.post("/v1/chat/completions", body) for _ in range(100)))
        await gateway.stop()
        assert {answer.status for answer in answers} == {200}
        assert {row["id"] for row in gateway.rows_written()} == {a.headers["x-request-id"] for a in answers}


async def test_no_process_stays_behind():
    async with GatewayProcess(ROUTER_PROVIDER="local") as gateway:
        answer = await gateway.post("/v1/chat/completions", {"messages": HELLO, "max_tokens": 4})
        assert answer.status == 200
        workers = psutil.Process(gateway.process_id).children(recursive=True)
        assert workers
        await gateway.stop()
        await until(lambda: not any(worker.is_running() for worker in workers), "a worker is left")


async def test_workers_end_when_the_gateway_is_killed():
    async with GatewayProcess(ROUTER_PROVIDER="local") as gateway:
        assert (await gateway.post("/v1/chat/completions", {"messages": HELLO, "max_tokens": 4})).status == 200
        workers = psutil.Process(gateway.process_id).children(recursive=True)
        assert workers
        await gateway.kill()
        await until(lambda: not any(_lives(worker) for worker in workers), "a worker is left")


def _lives(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
