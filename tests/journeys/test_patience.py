"""Slow and failing upstreams: timeouts, keep-alive comments, retries of a lonely candidate, breakers."""

import json

import pytest
import pytest_asyncio
from tests.doubles.gateway import InProcessGateway, backends_yaml, until
from tests.doubles.ollama_double import DoubleModel, OllamaDouble
from tests.doubles.strange_upstream import (
    EVENTS,
    HOLD,
    WAIT,
    Act,
    StrangeUpstream,
    chunk,
    status,
    stream,
    whole,
)

from smarterrouter.wire import sse

pytestmark = pytest.mark.asyncio(loop_scope="module")
CHAT = "/v1/chat/completions"
HELLO = [{"role": "user", "content": "hello"}]
PLAIN, STREAM = {"messages": HELLO}, {"messages": HELLO, "stream": True}
COMMENT = b": keep-alive\n\n"
OPENING = chunk({"role": "assistant", "content": "Hel"})
NEVER = {"ROUTER_BACKEND_RETRY_ENABLED": "false"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def upstream():
    async with StrangeUpstream() as made:
        yield made


@pytest.fixture(autouse=True)
def good_again(upstream):
    upstream.acts = []
    upstream.requests.clear()
    upstream.go.clear()


def before(upstream: StrangeUpstream, **settings: str) -> InProcessGateway:
    """A gateway in front of this one upstream."""
    return InProcessGateway(backends_yaml(("far", "vllm", upstream.base_url)), **settings)


SILENT = {
    "plain, no headers": (PLAIN, Act(before=(HOLD,))),
    "plain, half a body": (PLAIN, Act(steps=(b'{"cho', HOLD))),
    "stream, no headers": (STREAM, Act(before=(HOLD,))),
    "stream, no event": (STREAM, Act(kind=EVENTS, steps=(b": hm\n\n", HOLD))),
}


@pytest.mark.parametrize(("body", "act"), SILENT.values(), ids=SILENT.keys())
async def test_a_backend_that_stays_silent_is_given_up(upstream, body, act):
    async with before(upstream, ROUTER_GENERATION_TIMEOUT="0.2", **NEVER) as gateway:
        upstream.acts = [act]
        answer = await gateway.post(CHAT, body)

        assert answer.status == 504
        assert answer.json()["error"]["code"] == "backend_timeout"
        await until(lambda: not upstream.active, "the upstream still works")
        await gateway.settle()


async def test_a_stream_that_falls_silent_ends_with_an_error_event(upstream):
    async with before(upstream, ROUTER_GENERATION_TIMEOUT="0.2") as gateway:
        upstream.acts = [Act(kind=EVENTS, steps=(OPENING, HOLD))]
        answer = await gateway.post(CHAT, STREAM)

        assert answer.status == 200
        assert json.loads(sse.events(answer.body)[-1])["error"]["code"] == "backend_timeout"
        assert (await gateway.rows())[-1]["status"] == 504
        await until(lambda: not upstream.active)


async def test_a_stream_may_last_longer_than_any_single_wait(upstream):
    settings = {"ROUTER_GENERATION_TIMEOUT": "0.5", "ROUTER_REQUEST_TIMEOUT_SECONDS": "0.5"}
    async with before(upstream, **settings) as gateway:
        upstream.acts = [stream("a", 0.2, "b", 0.2, "c", 0.2, "d", 0.2)]
        answer = await gateway.post(CHAT, STREAM)

        assert answer.body.endswith(sse.DONE)
        assert b"error" not in answer.body


@pytest.mark.parametrize("body", [PLAIN, STREAM])
async def test_a_request_has_a_limit_of_its_own(upstream, body):
    async with before(upstream, ROUTER_REQUEST_TIMEOUT_SECONDS="0.2") as gateway:
        upstream.acts = [Act(before=(HOLD,))]
        answer = await gateway.post(CHAT, body)

        assert answer.status == 504
        assert answer.json()["error"]["code"] == "request_timeout"
        await until(lambda: not upstream.active, "the upstream still works")
        await gateway.settle()
        [row] = await gateway.rows()
        assert (row["status"], row["error"]) == (504, "request_timeout")
        assert (await gateway.metrics()).sum("upstream_failures_total") == 0
        assert (await gateway.post(CHAT, body)).status == 200


async def test_that_limit_can_be_switched_off(upstream):
    settings = {"ROUTER_REQUEST_TIMEOUT_SECONDS": "0.1", "ROUTER_REQUEST_TIMEOUT_ENABLED": "false"}
    async with before(upstream, **settings) as gateway:
        upstream.acts = [whole("Hello", before=(0.3,))]

        assert (await gateway.post(CHAT, PLAIN)).status == 200


async def test_the_next_candidate_is_asked_when_the_first_stays_silent(upstream):
    async with StrangeUpstream() as second:
        config = backends_yaml(("far", "vllm", upstream.base_url), ("second", "vllm", second.base_url))
        async with InProcessGateway(config, ROUTER_GENERATION_TIMEOUT="0.2") as gateway:
            for body in (PLAIN, STREAM):
                upstream.acts = [Act(before=(HOLD,))]
                answer = await gateway.post(CHAT, {**body, "model": "strange"})
                assert answer.headers["x-smarterrouter-model"] == "second/strange"


async def test_comments_keep_a_stream_open_while_a_model_loads(upstream):
    async with before(upstream, ROUTER_SSE_KEEPALIVE_SECONDS="0.05") as gateway:
        upstream.acts = [stream("Hello", WAIT, " you", before=(WAIT,))]
        body, comments = b"", 0
        async with gateway.session.post(gateway.url + CHAT, json=STREAM) as answer:
            assert answer.status == 200
            assert answer.headers["content-type"].startswith("text/event-stream")
            async for line in answer.content:
                body += line
                comments += line == b": keep-alive\n"
                if comments == 3 and not upstream.go.is_set():
                    assert upstream.active == 1
                    upstream.go.set()
        assert body.startswith(COMMENT * 3)
        assert b"".join(sse.events(body)).count(b'"role"') == 1
        assert body.endswith(sse.DONE)


async def test_comments_stand_between_events_never_inside(upstream):
    async with before(upstream, ROUTER_SSE_KEEPALIVE_SECONDS="0.05") as gateway:
        half = chunk({"content": "whole"})
        upstream.acts = [Act(kind=EVENTS, steps=(OPENING, half[:20], 0.2, half[20:], chunk({}, "stop"), sse.DONE))]
        answer = await gateway.post(CHAT, STREAM)

        assert half in answer.body
        assert COMMENT in answer.body
        assert answer.body.endswith(sse.DONE)


async def test_a_failure_after_the_comments_is_an_error_event(upstream):
    async with before(upstream, ROUTER_SSE_KEEPALIVE_SECONDS="0.05", **NEVER) as gateway:
        upstream.acts = [Act(500, steps=(b'{"error":"no memory"}',), before=(0.2,))]
        answer = await gateway.post(CHAT, STREAM)

        assert answer.status == 200
        assert answer.body.startswith(COMMENT)
        error = json.loads(sse.events(answer.body)[-1])["error"]
        assert "no memory" in error["message"]
        assert b"[DONE]" not in answer.body
        [row] = await gateway.rows()
        assert (row["status"], row["error"]) == (502, "backend_error")
        await gateway.settle()


async def test_a_limit_that_passes_after_the_comments_ends_the_stream(upstream):
    settings = {"ROUTER_SSE_KEEPALIVE_SECONDS": "0.05", "ROUTER_GENERATION_TIMEOUT": "0.3"}
    async with before(upstream, **settings, **NEVER) as gateway:
        upstream.acts = [Act(before=(HOLD,))]
        answer = await gateway.post(CHAT, STREAM)

        assert answer.body.startswith(COMMENT)
        assert json.loads(sse.events(answer.body)[-1])["error"]["code"] == "backend_timeout"


async def test_comments_wait_for_an_ollama_that_loads_and_can_be_switched_off():
    async with OllamaDouble([DoubleModel("big:70b", load_seconds=0.3)]) as double:
        config = backends_yaml(("three", "ollama", double.url))
        for seconds, comments in (("0.05", True), ("0", False)):
            double.loaded.clear()
            async with InProcessGateway(config, ROUTER_SSE_KEEPALIVE_SECONDS=seconds) as gateway:
                answer = await gateway.post(CHAT, STREAM)
            assert (COMMENT in answer.body) is comments
            assert b"double" in answer.body
            assert answer.body.endswith(sse.DONE)


RETRIES = {"ROUTER_BACKEND_RETRY_BASE_DELAY": "0.01", "ROUTER_BACKEND_RETRY_MAX_DELAY": "0.02"}


@pytest.mark.parametrize("body", [PLAIN, STREAM])
async def test_the_only_candidate_is_asked_again(upstream, body):
    async with before(upstream, **RETRIES) as gateway:
        upstream.acts = [status(503), status(429), status(503)]
        answer = await gateway.post(CHAT, body)

        assert answer.status == 200
        assert len(upstream.requests) == 4
        [row] = await gateway.rows()
        assert (row["status"], row["fell_back_from"]) == (200, "")


async def test_not_for_ever_and_not_when_told_to_wait_for_long(upstream):
    async with before(upstream, ROUTER_BACKEND_MAX_RETRIES="2", **RETRIES) as gateway:
        upstream.acts = [status(503)] * 9
        assert (await gateway.post(CHAT, PLAIN)).status == 503
        assert len(upstream.requests) == 3
        upstream.acts = [status(429, retry_after=60)]
        answer = await gateway.post(CHAT, PLAIN)
        assert (answer.status, answer.headers["retry-after"]) == (429, "60")
        assert len(upstream.requests) == 4


async def test_what_repeating_cannot_mend_is_not_repeated(upstream):
    async with before(upstream, **RETRIES) as gateway:
        for act, code in ((status(404), 404), (status(400, "no"), 400), (status(500), 502), (Act(length=0), 502)):
            upstream.requests.clear()
            upstream.acts = [act]
            assert (await gateway.post(CHAT, PLAIN)).status == code
            assert len(upstream.requests) == 1


async def test_retries_can_be_switched_off(upstream):
    async with before(upstream, **NEVER) as gateway:
        upstream.acts = [status(503)]
        assert (await gateway.post(CHAT, PLAIN)).status == 503
        assert len(upstream.requests) == 1


BREAKER = {
    "ROUTER_BACKEND_CIRCUIT_BREAKER_ENABLED": "true",
    "ROUTER_BACKEND_CIRCUIT_BREAKER_FAILURE_THRESHOLD": "2",
    "ROUTER_BACKEND_CIRCUIT_BREAKER_RESET_TIMEOUT": "0.3",
    "ROUTER_BACKEND_CIRCUIT_BREAKER_HALF_OPEN_MAX_ATTEMPTS": "1",
    **NEVER,
}


async def test_a_breaker_opens_probes_and_closes(upstream):
    async with before(upstream, **BREAKER) as gateway:
        upstream.acts = [status(500)] * 2
        assert [(await gateway.post(CHAT, PLAIN)).status for _ in range(2)] == [502, 502]
        alone = await gateway.post(CHAT, PLAIN)
        assert alone.status == 503
        assert "left alone" in alone.json()["error"]["message"]
        assert int(alone.headers["retry-after"]) == 1
        assert len(upstream.requests) == 2

        upstream.acts = [status(500)]
        await until(lambda: _asked(gateway, upstream, 3))  # the probe fails: it is left alone again
        assert (await gateway.post(CHAT, PLAIN)).status == 503
        await until(lambda: _asked(gateway, upstream, 4))  # the next probe succeeds: all go through
        assert [(await gateway.post(CHAT, PLAIN)).status for _ in range(3)] == [200] * 3


async def _asked(gateway: InProcessGateway, upstream: StrangeUpstream, count: int) -> bool:
    """Ask once more; has the upstream been asked `count` times by now?"""
    await gateway.post(CHAT, PLAIN)
    return len(upstream.requests) >= count


async def test_while_a_breaker_is_open_others_answer_without_delay(upstream):
    async with StrangeUpstream() as second:
        config = backends_yaml(("far", "vllm", upstream.base_url), ("second", "vllm", second.base_url))
        async with InProcessGateway(
            config, **BREAKER | {"ROUTER_BACKEND_CIRCUIT_BREAKER_RESET_TIMEOUT": "600"}
        ) as gateway:
            upstream.acts = [status(500)] * 2
            for _ in range(5):
                answer = await gateway.post(CHAT, {**PLAIN, "model": "strange"})
                assert answer.headers["x-smarterrouter-model"] == "second/strange"
            assert len(upstream.requests) == 2
            routed = await gateway.post(CHAT, PLAIN)  # `auto` does not even consider it first
            assert routed.headers["x-smarterrouter-model"] == "second/strange"
            assert "x-smarterrouter-fallbacks" not in routed.headers


async def test_refusals_of_requests_open_no_breaker(upstream):
    async with before(upstream, **BREAKER) as gateway:
        upstream.acts = [status(400, "no")] * 5
        assert [(await gateway.post(CHAT, PLAIN)).status for _ in range(6)] == [400] * 5 + [200]


async def test_a_used_up_quota_opens_at_once(upstream):
    async with before(upstream, **BREAKER) as gateway:
        upstream.acts = [status(429, "You exceeded your current quota, please check your plan and billing details.")]
        assert (await gateway.post(CHAT, PLAIN)).status == 429
        alone = await gateway.post(CHAT, PLAIN)
        assert alone.status == 503
        assert int(alone.headers["retry-after"]) > 3000
        assert len(upstream.requests) == 1
