"""Down the candidates before the first byte, stream or not; never after it."""

import json
import socket

import openai
import pytest
import pytest_asyncio
from tests.doubles.gateway import InProcessGateway, backends_yaml
from tests.doubles.strange_upstream import (
    DONE,
    EVENTS,
    RESET,
    Act,
    StrangeUpstream,
    chunk,
    event,
    status,
    stream,
    whole,
    whole_json,
)

from smarterrouter.wire import sse

pytestmark = pytest.mark.asyncio(loop_scope="module")
HELLO = [{"role": "user", "content": "hello"}]
NAMED = {"model": "strange", "messages": HELLO}
ERROR = {"error": {"message": "CUDA out of memory", "type": "server_error", "code": 500}}
PARTS = (chunk({"role": "assistant"}), chunk({"content": "Hel"}))

BROKEN_EITHER_WAY = {
    "500": status(500),
    "500 in plain words": status(500, "Internal Server Error", kind="text/plain"),
    "503": status(503),
    "429": status(429),
    "429 with a wait": status(429, retry_after=30),
    "401": status(401, "bad key"),
    "404": status(404, "no such model here"),
    "529": status(529, "overloaded"),
    "redirect": Act(302, "", (b"",), headers=(("location", "http://127.0.0.1:9/"),), length=0),
    "200 with an error inside": whole_json(ERROR),
    "200 with an error as text": whole_json({"error": "model crashed"}),
    "empty 200": Act(length=0),
    "garbage": Act(steps=(b"<html>not json",), length=14),
    "wrong content type": Act(kind="text/html", steps=(b"<html></html>",)),
    "no content type": Act(kind="", steps=(b"hm",)),
    "not HTTP": Act(before=(b"SSH-2.0-OpenSSH_9.6\r\n\r\n",), steps=(RESET,)),
    "closed at once": Act(before=(RESET,)),
    "reset after the headers": Act(kind=EVENTS, steps=(RESET,)),
    "shorter than announced": Act(steps=(b'{"choices"', RESET), length=400),
}
BROKEN_STREAMS = {
    "first event is an error": Act(kind=EVENTS, steps=(event(ERROR),)),
    "first event is an error after a comment": Act(kind=EVENTS, steps=(b": hello\n\n", event(ERROR), DONE)),
    "ends before the first event": Act(kind=EVENTS, steps=()),
    "only comments": Act(kind=EVENTS, steps=(b": ping\n\n", b": ping\n\n")),
    "half an event": Act(kind=EVENTS, steps=(b'data: {"id":"x","cho',)),
    "only the end mark": Act(kind=EVENTS, steps=(DONE,)),
    "event without end": Act(kind=EVENTS, steps=(b"data: " + b"x" * (9 * 2**20),)),
    "whole JSON instead": whole("Hello"),
}
BROKEN_WHOLES = {
    "a stream instead": stream("Hello"),
    "JSON of another kind": whole_json({"object": "list"}),
    "a list": whole_json([1]),
    "null choices": whole_json({"choices": None, "error": None}),
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def first():
    async with StrangeUpstream() as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def second():
    async with StrangeUpstream() as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gateway(first, second):
    config = backends_yaml(("first", "vllm", first.base_url), ("second", "vllm", second.base_url))
    async with InProcessGateway(config) as made:
        yield made


@pytest.fixture(autouse=True)
def good_again(first, second):
    first.acts, second.acts = [], []
    first.requests.clear()
    second.requests.clear()


async def answered_by_second(gateway: InProcessGateway, *, streams: bool) -> None:
    answer = await gateway.post("/v1/chat/completions", {**NAMED, "stream": streams})

    assert answer.status == 200, answer.body
    assert answer.headers["x-smarterrouter-model"] == "second/strange"
    assert answer.headers["x-smarterrouter-fallbacks"] == "1"
    assert b"Fine" in answer.body
    assert b"error" not in answer.body
    if streams:
        assert answer.body.count(b'"role"') == 1
        assert answer.body.endswith(sse.DONE)


@pytest.mark.parametrize("streams", [False, True])
@pytest.mark.parametrize("act", BROKEN_EITHER_WAY.values(), ids=BROKEN_EITHER_WAY.keys())
async def test_w03_the_next_candidate_answers(gateway, first, act, streams):
    first.acts = [act, act]  # a connection that is dropped before the answer is tried once more on a new one
    failures = (await gateway.metrics()).sum("upstream_failures_total", backend="first")

    await answered_by_second(gateway, streams=streams)
    assert (await gateway.metrics()).sum("upstream_failures_total", backend="first") == failures + 1


@pytest.mark.parametrize("act", BROKEN_STREAMS.values(), ids=BROKEN_STREAMS.keys())
async def test_w03_the_next_candidate_streams(gateway, first, act):
    first.acts = [act]

    await answered_by_second(gateway, streams=True)


@pytest.mark.parametrize("act", BROKEN_WHOLES.values(), ids=BROKEN_WHOLES.keys())
async def test_the_next_candidate_answers_in_one_piece(gateway, first, act):
    first.acts = [act]

    await answered_by_second(gateway, streams=False)


@pytest.mark.parametrize("streams", [False, True])
async def test_a_backend_that_is_gone(gateway, first, streams):
    await first.pause()
    try:
        await answered_by_second(gateway, streams=streams)
    finally:
        await first.resume()


@pytest.mark.parametrize("streams", [False, True])
async def test_a_fallback_is_written_down_and_counted(gateway, first, streams):
    first.acts = [status(500)]
    before = await gateway.metrics()
    await answered_by_second(gateway, streams=streams)

    row = (await gateway.rows())[-1]
    assert (row["status"], row["model"], row["fell_back_from"]) == (200, "second/strange", "first/strange")
    after = await gateway.metrics()
    assert after.sum("fallbacks_total") == before.sum("fallbacks_total") + 1
    selected = {"selected_model": "second/strange"}
    assert after.sum("model_selections_total", **selected) == before.sum("model_selections_total", **selected) + 1


@pytest.mark.parametrize("path", ["/v1/completions", "/v1/embeddings"])
async def test_texts_and_vectors_fall_back_too(gateway, first, path):
    first.acts = [status(500)]
    more = {"prompt": "x"} if path.endswith("completions") else {"input": "x"}
    answer = await gateway.post(path, {"model": "strange", **more})

    assert answer.status == 200
    assert answer.headers["x-smarterrouter-model"] == "second/strange"


@pytest.mark.parametrize("streams", [False, True])
async def test_all_failed_is_one_error_that_tells_of_each(gateway, first, second, streams):
    first.acts, second.acts = [status(500, "no memory")], [whole_json(ERROR)]
    answer = await gateway.post("/v1/chat/completions", {**NAMED, "stream": streams})

    error = answer.json()["error"]
    assert answer.status == 502
    assert error["code"] == "all_candidates_failed"
    assert "first/strange: first answered 500: no memory" in error["message"]
    assert "second/strange" in error["message"]
    row = (await gateway.rows())[-1]
    assert (row["status"], row["error"]) == (502, "all_candidates_failed")
    assert row["fell_back_from"] == "first/strange,second/strange"


@pytest.mark.parametrize("streams", [False, True])
async def test_a_refusal_of_the_request_is_final_and_in_the_backends_words(gateway, first, second, streams):
    first.acts = [status(422, "temperature is silly")]
    answer = await gateway.post("/v1/chat/completions", {**NAMED, "stream": streams})

    assert answer.status == 422
    assert answer.json()["error"]["message"] == "temperature is silly"
    assert second.requests == []


BREAKS = {
    "reset": (*PARTS, RESET),
    "ends without the end mark": PARTS,
    "ends in an event": (*PARTS, b'data: {"id'),
    "grows without end": (*PARTS, b"data: " + b"x" * (9 * 2**20)),
}


@pytest.mark.parametrize("steps", BREAKS.values(), ids=BREAKS.keys())
async def test_after_the_first_byte_nobody_else_is_asked(gateway, first, second, steps):
    first.acts = [Act(kind=EVENTS, steps=steps)]
    failures = (await gateway.metrics()).sum("upstream_failures_total", backend="first")
    answer = await gateway.post("/v1/chat/completions", {**NAMED, "stream": True})

    assert answer.status == 200
    assert b"Hel" in answer.body
    assert json.loads(sse.events(answer.body)[-1])["error"]["message"]
    assert b"[DONE]" not in answer.body
    row = (await gateway.rows())[-1]
    assert row["status"] == 502
    assert row["error"] in {"backend_unreachable", "backend_bad_answer"}
    assert second.requests == []
    assert (await gateway.metrics()).sum("upstream_failures_total", backend="first") == failures + 1


async def test_a_real_client_sees_an_error_after_the_first_byte(gateway, first):
    first.acts = [Act(kind=EVENTS, steps=(*PARTS, RESET))]
    async with openai.AsyncOpenAI(base_url=gateway.base_url, api_key="x", max_retries=0) as client:
        stream_ = await client.chat.completions.create(model="strange", messages=HELLO, stream=True)
        with pytest.raises(openai.APIError):
            async for _ in stream_:
                pass


async def test_an_error_event_in_the_middle_is_passed_on(gateway, first, second):
    first.acts = [Act(kind=EVENTS, steps=(*PARTS, event(ERROR)))]
    answer = await gateway.post("/v1/chat/completions", {**NAMED, "stream": True})

    assert b"CUDA out of memory" in answer.body
    assert b"[DONE]" not in answer.body
    assert second.requests == []
    assert (await gateway.rows())[-1]["status"] == 502


@pytest.mark.parametrize("ending", [b"", b": bye\n\n"])
async def test_a_stream_that_forgets_only_the_end_mark_is_completed(gateway, first, ending):
    first.acts = [stream("Hello", end=chunk({}, "stop") + ending)]
    answer = await gateway.post("/v1/chat/completions", {**NAMED, "stream": True})

    assert answer.body.endswith(sse.DONE)
    assert (await gateway.rows())[-1]["status"] == 200


async def test_without_cascading_only_the_first_is_asked(first, second):
    config = backends_yaml(("first", "vllm", first.base_url), ("second", "vllm", second.base_url))
    settings = {"ROUTER_CASCADING_ENABLED": "false", "ROUTER_BACKEND_RETRY_ENABLED": "false"}
    async with InProcessGateway(config, **settings) as gateway:
        for streams in (False, True):
            first.acts = [status(500, "no memory")]
            answer = await gateway.post("/v1/chat/completions", {**NAMED, "stream": streams})
            assert answer.status == 502
            assert "no memory" in answer.json()["error"]["message"]
    assert second.requests == []


async def test_w19_the_next_is_the_next_best_and_never_one_that_cannot_answer():
    names = ("tiny-1b", "mighty-70b-instruct", "middle-14b-instruct", "text-embedding-3-large")
    hard = "Prove that the algorithm is linearizable under partition and derive its worst-case complexity step by step."
    async with StrangeUpstream(*names) as upstream:
        async with InProcessGateway(
            backends_yaml(("far", "vllm", upstream.base_url)), ROUTER_QUALITY_PREFERENCE="1"
        ) as gateway:
            upstream.acts = [status(500), status(500), status(500), status(500)]
            answer = await gateway.post("/v1/chat/completions", {"messages": [{"role": "user", "content": hard}]})
        asked = [request.json()["model"] for request in upstream.requests]
    assert answer.status == 502
    assert asked == ["mighty-70b-instruct", "middle-14b-instruct", "tiny-1b"]


async def test_an_idle_connection_that_the_backend_has_closed_is_no_failure(gateway, first):
    for _ in range(3):
        answer = await gateway.post("/v1/chat/completions", NAMED)
        assert answer.headers["x-smarterrouter-model"] == "first/strange"
        for connection in list(first.open):
            connection.transport.close()
            await connection.gone.wait()


async def test_a_name_that_nobody_resolves_falls_back(second):
    free = socket.create_server(("127.0.0.1", 0))
    port = free.getsockname()[1]
    free.close()
    config = backends_yaml(("gone", "vllm", f"http://127.0.0.1:{port}/v1"), ("second", "vllm", second.base_url))
    async with InProcessGateway(config) as gateway:
        answer = await gateway.post("/v1/chat/completions", NAMED)
        health = await gateway.get("/health")

    assert answer.status == 200
    assert answer.headers["x-smarterrouter-model"] == "second/strange"
    assert health.json()["status"] == "degraded"


async def test_nothing_is_left_over(gateway, first, second):
    await gateway.settle()
    assert first.active == second.active == 0
