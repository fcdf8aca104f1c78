"""What a client sends arrives: byte for byte where the backend speaks OpenAI, in its own words where it does not."""

import json
import re

import pytest
import pytest_asyncio
from tests.doubles.gateway import InProcessGateway, backends_yaml
from tests.doubles.strange_upstream import StrangeUpstream
from tests.journeys.conftest import SMALL, World

from smarterrouter.wire import sse

pytestmark = pytest.mark.asyncio(loop_scope="module")
HELLO = [{"role": "user", "content": "hello"}]
MEMBERS = (
    b'"temperature": 0.30, "top_p":0.9, "max_completion_tokens" : 7, "stop":["\\u0041",  "b"],'
    b'"seed": 12345678901234567,'
    b'"presence_penalty":0.10,"frequency_penalty":-0.5,"logit_bias":{"50256":-100},"logprobs":true,"top_logprobs":3,'
    b'"n":1,"user":"\\ud83d\\ude00","response_format":{"type":"text"},"reasoning_effort":"low","store":false,'
    b'"metadata":{"a":"b"},"my_own":{"deep":[1, 2.50, 1e3, null, {"x":"\\/"}]},"chat_template_kwargs":{"think":false},'
    b'"guided_regex":"[a-z]+","prediction":null'
)
"""Spellings that any re-encoding would change: numbers, escapes, blanks."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def upstream():
    async with StrangeUpstream("strange", "other") as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gateway(upstream):
    async with InProcessGateway(backends_yaml(("far", "vllm", upstream.base_url))) as made:
        yield made


@pytest.mark.parametrize("stream", [False, True])
async def test_w11_every_member_reaches_an_openai_upstream_byte_for_byte(gateway, upstream, stream):
    asked = b'"stream":true,"stream_options":{"include_usage":true, "x":1},' if stream else b""
    body = b'{"model":"strange", ' + asked + MEMBERS + b', "messages":[ {"role":"user" ,"content":"h\\u00e9"} ]}'
    answer = await gateway.post("/v1/chat/completions", body)

    assert answer.status == 200
    sent = upstream.requests[-1].body
    for value in re.findall(rb'\["\\u0041",  "b"\]|12345678901234567|0\.30|\{"deep":.*?\}\]\}|"\\ud83d\\ude00"', body):
        assert value in sent
    assert b'[ {"role":"user" ,"content":"h\\u00e9"} ]' in sent
    assert json.loads(sent) == json.loads(body)


async def test_a_body_that_needs_no_change_is_not_touched(gateway, upstream):
    body = b'{ "model":"strange",' + MEMBERS + b',"messages":[{"content":"x","role":"user"}]\n}'
    await gateway.post("/v1/chat/completions", body)

    assert upstream.requests[-1].body == body


async def test_the_name_of_the_model_is_all_that_changes_for_auto(gateway, upstream):
    body = {"model": "auto", "messages": HELLO, "x": [1]}
    await gateway.post("/v1/chat/completions", body)

    sent = upstream.requests[-1].json()
    assert sent.pop("model") in {"strange", "other"}
    assert sent == {"messages": HELLO, "x": [1]}


async def test_roles_and_long_histories_arrive(gateway, upstream):
    roles = ["developer", "system", "user", "assistant", "user"]
    messages = [{"role": role, "content": f"{role} says", "name": "x"} for role in roles] * 60
    answer = await gateway.post("/v1/chat/completions", {"model": "strange", "messages": messages})

    assert answer.status == 200
    assert upstream.requests[-1].json()["messages"] == messages


async def test_the_caller_pays_no_attention_to_the_usage_that_we_ask_for(gateway, upstream):
    answer = await gateway.post("/v1/chat/completions", {"model": "strange", "messages": HELLO, "stream": True})

    assert upstream.requests[-1].json()["stream_options"] == {"include_usage": True}
    assert b'"usage"' not in answer.body
    assert (await gateway.rows())[-1]["completion_tokens"] == 2


async def test_w11_sampling_parameters_stand_inside_ollamas_options(world: World):
    sampling = {"temperature": 0.3, "top_p": 0.9, "seed": 7, "presence_penalty": 0.1, "frequency_penalty": 0.2}
    body = {"model": SMALL, "messages": HELLO, "stop": "END", "max_tokens": 9, "top_k": 5, **sampling}
    answer = await world.gateway.post("/v1/chat/completions", body)

    assert answer.status == 200
    sent = world.ollama.bodies("/api/chat")[-1]
    options = sent["options"]
    assert {name: options[name] for name in sampling} == sampling
    assert options["stop"] == ["END"]
    assert options["num_predict"] == 9
    assert options["top_k"] == 5
    assert not set(sent) & {*sampling, "stop", "max_tokens", "top_k"}


async def test_w11_several_choices_are_made_where_the_backend_makes_one(world: World):
    answer = await world.gateway.post("/v1/chat/completions", {"model": SMALL, "messages": HELLO, "n": 3})

    assert [choice["index"] for choice in answer.json()["choices"]] == [0, 1, 2]


async def test_what_ollama_cannot_do_is_told_in_a_header_or_refused(world: World):
    body = {"model": SMALL, "messages": HELLO, "user": "me", "store": True}
    told = await world.gateway.post("/v1/chat/completions", body)
    refused = await world.gateway.post("/v1/chat/completions", {**body, "logit_bias": {"1": 5}})

    assert told.status == 200
    assert {"store", "user"} <= set(told.headers["x-smarterrouter-unsupported"].split(","))
    assert refused.status == 400
    assert refused.json()["error"]["param"] == "logit_bias"


@pytest.mark.parametrize("stream", [False, True])
async def test_headers_tell_who_answered_and_how_long_it_took(gateway, stream):
    answer = await gateway.post("/v1/chat/completions", {"model": "strange", "messages": HELLO, "stream": stream})

    assert answer.headers["x-smarterrouter-model"] == "far/strange"
    assert int(answer.headers["openai-processing-ms"]) >= 0
    assert "x-smarterrouter-fallbacks" not in answer.headers


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/models", "/health", "/metrics", "/v1/nothing"])
async def test_the_request_id_comes_back(gateway, path):
    given = {"x-request-id": "job-17:a.b_c"}
    asked = path.endswith("completions")
    body = {"model": "strange", "messages": HELLO}
    answer = await (gateway.post(path, body, given) if asked else gateway.get(path, given))
    other = await (gateway.post(path, body) if asked else gateway.get(path))

    assert answer.headers["x-request-id"] == "job-17:a.b_c"
    assert re.fullmatch("[0-9a-f]{24}", other.headers["x-request-id"])


@pytest.mark.parametrize("bad", ["a b", "%s%n", "x" * 129, "\u00e9"])
async def test_a_request_id_that_could_do_harm_is_replaced(gateway, bad):
    answer = await gateway.post("/v1/chat/completions", {"model": "strange", "messages": HELLO}, {"x-request-id": bad})

    assert re.fullmatch("[0-9a-f]{24}", answer.headers["x-request-id"])


async def test_the_log_of_requests_knows_the_request_id(gateway):
    await gateway.post("/v1/chat/completions", {"model": "strange", "messages": HELLO}, {"x-request-id": "find-me"})

    [row] = [row for row in await gateway.rows() if row["id"] == "find-me"]
    assert (row["status"], row["model"], row["strategy"], row["content"]) == (200, "far/strange", "named", None)


async def test_whole_and_streamed_answers_come_back_byte_for_byte(gateway, upstream):
    plain = await gateway.post("/v1/chat/completions", {"model": "strange", "messages": HELLO})
    asked = {"model": "strange", "messages": HELLO, "stream": True, "stream_options": {"include_usage": True}}
    streamed = await gateway.post("/v1/chat/completions", asked)

    assert plain.body == await _direct(upstream, {"model": "strange", "messages": HELLO}, gateway)
    assert sse.events(streamed.body) == sse.events(await _direct(upstream, asked, gateway))


async def _direct(upstream: StrangeUpstream, body: object, gateway: InProcessGateway) -> bytes:
    async with gateway.session.post(upstream.base_url + "/chat/completions", json=body) as answer:
        return await answer.read()
