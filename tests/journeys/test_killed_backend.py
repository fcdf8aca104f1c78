"""kill -9 of one of two backends in the middle of 200 streams: the others go on, nothing hangs, the books balance."""

import asyncio
import collections
import json
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from tests.doubles.gateway import GatewayProcess, backends_yaml, until
from tests.doubles.tiny_models import TinyServer

from smarterrouter.wire import sse

pytestmark = pytest.mark.xdist_group("heavy")
STREAMS = 200
SIDE = 30
"""Streams that each server generates at the same time; the rest of its half waits in its queue."""
TOKENS = 150
SETTINGS = {"ROUTER_SSE_KEEPALIVE_SECONDS": "0", "ROUTER_BACKEND_RETRY_BASE_DELAY": "0.1"}
"""A stream that begins with a comment cannot tell in its headers who answers it."""


@dataclass
class Seen:
    """What one caller saw."""

    status: int = 0
    model: str = ""
    fallbacks: int = 0
    body: bytes = b""
    begun: bool = False

    @property
    def payloads(self) -> list[bytes]:
        return sse.events(self.body)

    @property
    def ending(self) -> str:
        """complete, error event, refused (an HTTP error), or cut (none of them: must not happen)."""
        if self.status != 200:
            return "refused"
        if self.body.endswith(sse.DONE):
            return "complete"
        return "error" if self.payloads and b'"error"' in self.payloads[-1] else "cut"


async def ask(session: aiohttp.ClientSession, gateway: GatewayProcess, model: str, seen: Seen) -> None:
    messages = [{"role": "user", "content": "Go on."}]
    body: dict[str, Any] = {"model": model, "messages": messages, "stream": True, "max_tokens": TOKENS}
    async with session.post(f"{gateway.base_url}/chat/completions", json=body) as answer:
        seen.status = answer.status
        seen.model = answer.headers.get("x-smarterrouter-model", "")
        seen.fallbacks = int(answer.headers.get("x-smarterrouter-fallbacks", 0))
        async for data in answer.content.iter_any():
            seen.body += data
            seen.begun = True


def tokens_of(seen: Seen) -> int:
    """Deltas with text: every token of the answer arrived, in one choice, with one end."""
    chunks = [json.loads(payload) for payload in seen.payloads[:-1]]
    reasons = [choice["finish_reason"] for chunk in chunks for choice in chunk["choices"] if choice["finish_reason"]]
    assert reasons == ["length"]
    return sum(bool(choice["delta"].get("content")) for chunk in chunks for choice in chunk["choices"])


def check_answers(names: list[str], seen: list[Seen]) -> collections.Counter[str]:
    """Each caller saw what the kill allows; gives how many ended in which way."""
    for name, one in zip(names, seen, strict=True):
        assert one.ending != "cut", (name, one)
        if one.ending == "complete":
            assert tokens_of(one) > TOKENS // 2  # a token that is half a character shows with the next one
            assert b"error" not in one.payloads[0]
        if name == "other/twin":
            assert (one.ending, one.model, one.fallbacks) == ("complete", "other/twin", 0)
        elif name == "twin":
            assert one.ending != "refused", one
            assert one.fallbacks == (one.model == "other/twin")
        if one.ending == "error":
            assert (one.model, one.begun) == ("doomed/twin", True)
        if one.ending == "refused":
            assert (name, one.status) == ("doomed/twin", 502)
            assert json.loads(one.body)["error"]["code"] == "backend_unreachable"
    return collections.Counter(one.ending for one in seen)


async def check_books(gateway: GatewayProcess, seen: list[Seen]) -> None:
    """Metrics and the log of requests say what the callers saw."""
    endings = collections.Counter(one.ending for one in seen)
    readings = await gateway.metrics()

    def total(name: str, **labels: str) -> float:
        return readings.sum(name, endpoint="chat", **labels)

    assert total("requests_total") == total("request_duration_seconds_count") == STREAMS
    assert total("responses_total", status="2xx") == endings["complete"]
    assert total("responses_total", status="5xx") == total("errors_total") == endings["error"] + endings["refused"]
    assert total("requests_in_flight") == readings.sum("streams_open") == 0
    assert readings.sum("client_disconnects_total") == 0
    fallbacks = sum(one.fallbacks for one in seen)
    assert readings.sum("fallbacks_total") == fallbacks
    assert readings.sum("upstream_failures_total", backend="doomed") >= endings["error"] + fallbacks
    assert readings.sum("upstream_failures_total", backend="other") == 0
    for model in ("doomed/twin", "other/twin"):
        complete = sum(one.ending == "complete" and one.model == model for one in seen)
        assert readings.sum("model_selections_total", selected_model=model) == complete
    await until(lambda: len(gateway.rows_written()) == STREAMS, "records are missing")
    rows = gateway.rows_written()
    assert len({row["id"] for row in rows}) == STREAMS
    assert collections.Counter(row["status"] for row in rows) == {
        status: count
        for status, count in ((200, endings["complete"]), (502, endings["error"] + endings["refused"]))
        if count
    }
    assert sum(row["fell_back_from"] == "doomed/twin" for row in rows) == fallbacks
    assert sum(row["completion_tokens"] for row in rows if row["status"] == 200) == TOKENS * endings["complete"]


async def test_kill_minus_nine_of_a_backend_in_the_middle_of_200_streams():
    shape: dict[str, Any] = {"name": "twin", "script": (), "context": 512, "parallel": SIDE}
    names = [("other/twin", "twin", "doomed/twin", "twin")[at % 4] for at in range(STREAMS)]
    seen = [Seen() for _ in names]
    async with TinyServer(**shape) as doomed, TinyServer(**shape) as other:
        # `twin` means `doomed` first, and `other` when that fails.
        config = backends_yaml(("doomed", "llama.cpp", doomed.url), ("other", "llama.cpp", other.url))
        connector = aiohttp.TCPConnector(limit=0)
        async with GatewayProcess(config, **SETTINGS) as gateway, aiohttp.ClientSession(connector=connector) as session:
            async with asyncio.timeout(120), asyncio.TaskGroup() as group:
                for name, one in zip(names, seen, strict=True):
                    group.create_task(ask(session, gateway, name, one))
                await until(lambda: _running(seen) >= SIDE // 3, "no streams of the first backend have begun")
                await doomed.kill()

            endings = check_answers(names, seen)
            assert endings["error"] > 0
            assert any(one.fallbacks for one in seen)
            await check_books(gateway, seen)
            short = {"model": "twin", "messages": [{"role": "user", "content": "x"}], "max_tokens": 2}
            assert (await gateway.post("/v1/chat/completions", short)).status == 200
            await gateway.stop()
            assert len(gateway.rows_written()) == STREAMS + 1


def _running(seen: list[Seen]) -> int:
    """Streams of the backend to be killed that have begun and not ended."""
    return sum(one.begun and one.model == "doomed/twin" and one.ending == "cut" for one in seen)
