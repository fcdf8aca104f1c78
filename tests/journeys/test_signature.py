"""The line that names the model (rows A14, A15): who gets it, where it stands, and that it deletes nothing."""

import json

import pytest
import pytest_asyncio
from tests.doubles.gateway import Answer, InProcessGateway, backends_yaml
from tests.doubles.strange_upstream import StrangeUpstream, event, stream, whole, whole_json

from smarterrouter.wire import sse

pytestmark = pytest.mark.asyncio(loop_scope="module")
BROWSER = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36"}
PROGRAM = {"user-agent": "OpenAI/Python 2.0"}
LINE = "\n\nModel: strange"
HELLO = [{"role": "user", "content": "hello"}]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def upstream():
    async with StrangeUpstream() as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gateway(upstream):
    async with InProcessGateway(backends_yaml(("far", "vllm", upstream.base_url))) as made:
        yield made


async def said(gateway: InProcessGateway, headers: dict[str, str], **more: object) -> str:
    """The text of the answer, plain or put together from a stream."""
    answer = await gateway.post("/v1/chat/completions", {"model": "auto", "messages": HELLO, **more}, headers)
    assert answer.status == 200
    return _streamed(answer) if more.get("stream") else answer.json()["choices"][0]["message"]["content"]


def _streamed(answer: Answer) -> str:
    chunks = [json.loads(payload) for payload in sse.events(answer.body)[:-1]]
    finished = [at for at, chunk in enumerate(chunks) if chunk["choices"] and chunk["choices"][0]["finish_reason"]]
    assert len(finished) == 1
    spoken = [at for at, chunk in enumerate(chunks) if chunk["choices"] and chunk["choices"][0]["delta"].get("content")]
    assert finished[0] > max(spoken)
    return "".join(chunks[at]["choices"][0]["delta"]["content"] for at in spoken)


@pytest.mark.parametrize("streams", [False, True])
async def test_browsers_get_it_and_programs_do_not(gateway, streams):
    assert await said(gateway, BROWSER, stream=streams) == "Fine." + LINE
    assert await said(gateway, PROGRAM, stream=streams) == "Fine."


@pytest.mark.parametrize("streams", [False, True])
async def test_the_caller_may_ask_for_it_and_may_decline_it(gateway, streams):
    assert await said(gateway, {**PROGRAM, "x-smarterrouter-signature": "on"}, stream=streams) == "Fine." + LINE
    assert await said(gateway, {**BROWSER, "x-smarterrouter-signature": "off"}, stream=streams) == "Fine."


@pytest.mark.parametrize("streams", [False, True])
@pytest.mark.parametrize(
    "member",
    [
        {"tools": [{"type": "function", "function": {"name": "f"}}]},
        {"functions": [{"name": "f"}]},
        {"response_format": {"type": "json_object"}},
        {"response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": {}}}},
        {"n": 2},
    ],
)
async def test_never_where_a_program_reads_the_answer_even_when_asked(gateway, member, streams):
    headers = {**BROWSER, "x-smarterrouter-signature": "on"}

    assert await said(gateway, headers, stream=streams, **member) == "Fine."


@pytest.mark.parametrize("make", [whole, stream])
@pytest.mark.parametrize(
    "text",
    [
        "class UserModel:\n    pass",
        "My car:\nModel: Corolla\nYear: 1999",
        "Model: strange is a good start",
        "trailing blanks stay  \n\n",
    ],
)
async def test_w12_no_text_of_the_model_is_removed(gateway, upstream, text, make):
    upstream.acts = [make(text)]

    assert await said(gateway, BROWSER, stream=make is stream) == text + LINE


@pytest.mark.parametrize("make", [whole, stream])
async def test_an_open_code_fence_is_closed_first(gateway, upstream, make):
    upstream.acts = [make("```python\nprint(1)")]

    assert await said(gateway, BROWSER, stream=make is stream) == "```python\nprint(1)\n```\n" + LINE


@pytest.mark.parametrize("make", [whole, stream])
async def test_a_model_that_signs_itself_is_not_signed_twice(gateway, upstream, make):
    upstream.acts = [make("Hi." + LINE)]

    assert await said(gateway, BROWSER, stream=make is stream) == "Hi." + LINE


async def test_an_answer_without_text_is_not_signed(gateway, upstream):
    call = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    message = {"role": "assistant", "content": None, "tool_calls": [call]}
    upstream.acts = [whole_json({"choices": [{"index": 0, "message": message, "finish_reason": "tool_calls"}]})]
    answer = await gateway.post("/v1/chat/completions", {"messages": HELLO}, BROWSER)

    assert answer.json()["choices"][0]["message"] == message


async def test_what_a_chunk_holds_beside_its_text_stays(gateway, upstream):
    odd = {"id": "x", "choices": [{"index": 0, "delta": {"content": "hm"}, "finish_reason": None, "token_ids": [7]}]}
    upstream.acts = [stream(event(odd))]
    answer = await gateway.post("/v1/chat/completions", {"messages": HELLO, "stream": True}, BROWSER)

    assert json.dumps(odd).encode() in answer.body
    assert _streamed(answer) == "hm" + LINE


async def test_the_line_is_the_operators(upstream):
    config = backends_yaml(("far", "vllm", upstream.base_url))
    template = {"ROUTER_SIGNATURE_FORMAT": "\\n-- {model}", "ROUTER_SIGNATURE_CLIENTS": "all"}
    async with InProcessGateway(config, **template) as gateway:
        assert await said(gateway, PROGRAM) == "Fine.\n-- strange"
    async with InProcessGateway(config, ROUTER_SIGNATURE_ENABLED="false") as gateway:
        assert await said(gateway, BROWSER) == "Fine."
        assert await said(gateway, {"x-smarterrouter-signature": "on"}) == "Fine." + LINE
