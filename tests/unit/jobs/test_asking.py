import json

import pytest
from tests.doubles.in_process import COUNTS, ROLE, STOP, ScriptedBackend, chunk, event, model
from tests.doubles.tiny_models import THINKING_SCRIPT, TinyServer

from smarterrouter.backends.llama_cpp import LlamaCpp
from smarterrouter.backends.spec import BackendSpec
from smarterrouter.errors import BackendBusy, BackendGarbage, BackendTimeout, BackendUnreachable
from smarterrouter.jobs.asking import Asking, _body
from smarterrouter.profiling.base import ToolCall
from smarterrouter.profiling.questions import Question
from smarterrouter.transport.client import HttpClient
from smarterrouter.wire import sse

ASK = ({"role": "user", "content": "How many?"},)
CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOOL = {"type": "function", "function": {"name": "get_weather", "parameters": CITY}}


def question(timeout=30.0, **more):
    return Question(model(), ASK, 50, timeout, **more)


async def heard(*steps, **more):
    """What comes of an answer of these pieces; the reply is closed exactly once."""
    backend = ScriptedBackend("one", steps)
    try:
        return await Asking(lambda: {"one": backend}).ask(question(**more))
    finally:
        assert backend.closed == backend.opened == 1


@pytest.fixture
async def client():
    made = HttpClient(verify_tls=True)
    yield made
    await made.close()


async def real(client, server, **more):
    backend = LlamaCpp(BackendSpec(name="one", kind="llama.cpp", url=server.url), client)
    asked = Question(model(f"one/{server.name}"), ASK, 50, 30.0, **more)
    return await Asking(lambda: {"one": backend}).ask(asked)


async def test_a_real_server_answers_with_counts_and_times(client):
    async with TinyServer(script=("Forty", "-two")) as server:
        found = await real(client, server)
    assert found.answer.text == "Forty-two"
    assert found.answer.finish_reason == "stop"
    assert found.prompt_tokens > 0
    assert found.completion_tokens >= 2
    assert 0 < found.first_token_ms <= found.total_ms
    assert not found.thought


async def test_a_real_server_that_thinks_is_noticed_and_its_thoughts_are_no_answer(client):
    async with TinyServer(script=THINKING_SCRIPT) as server:
        found = await real(client, server)
    assert found.thought
    assert found.answer.text == "Four."


async def test_a_real_server_calls_a_tool(client):
    async with TinyServer() as server:
        found = await real(client, server, tools=(TOOL,))
    (call,) = found.answer.tool_calls
    assert (call.name, json.loads(call.arguments)) == ("get_weather", {"city": "Paris"})
    assert found.answer.finish_reason == "tool_calls"


async def test_pieces_become_one_answer():
    found = await heard(ROLE, chunk({"content": "Hel"}), chunk({"content": "lo."}), STOP, COUNTS + sse.DONE)
    assert (found.answer.text, found.answer.finish_reason) == ("Hello.", "stop")
    assert (found.prompt_tokens, found.completion_tokens) == (5, 2)


@pytest.mark.parametrize("member", ["reasoning_content", "reasoning"])
async def test_thoughts_count_as_a_first_token(member):
    found = await heard(chunk({member: "hm"}), STOP, sse.DONE)
    assert found.thought
    assert found.answer.text == ""
    assert found.first_token_ms is not None


@pytest.mark.parametrize("indices", [(0, 0, 1), (None, None, None)], ids=["numbered", "whole calls without numbers"])
async def test_tool_calls_are_put_together(indices):
    first, more, second = (
        {"index": at, "function": function}
        for at, function in zip(
            indices,
            ({"name": "a", "arguments": '{"x"'}, {"arguments": ":1}"}, {"name": "b", "arguments": "{}"}),
            strict=True,
        )
    )
    calls = [chunk({"tool_calls": [one]}) for one in (first, more, second)]
    found = await heard(*calls, chunk({}, "tool_calls"), sse.DONE)
    assert found.answer.tool_calls == (ToolCall("a", '{"x":1}'), ToolCall("b", "{}"))


async def test_an_end_mark_without_a_reason_is_an_end():
    found = await heard(chunk({"content": "Yes"}), sse.DONE)
    assert (found.answer.text, found.answer.finish_reason) == ("Yes", "stop")
    assert (found.prompt_tokens, found.completion_tokens) == (0, 0)


async def test_counts_that_are_null_are_no_counts():
    found = await heard(STOP, event({"choices": [], "usage": {"prompt_tokens": None, "completion_tokens": None}}))
    assert (found.prompt_tokens, found.completion_tokens) == (0, 0)


@pytest.mark.parametrize(
    ("steps", "error"),
    [
        ((chunk({"content": "He"}),), BackendUnreachable),
        ((b"data: {nonsense\n\n",), BackendGarbage),
        ((b"data: \xff\xfe\n\n",), BackendGarbage),
        ((event({"error": {"message": "out of memory"}}),), BackendGarbage),
        ((ROLE, BackendUnreachable("gone")), BackendUnreachable),
        ((ROLE, 30.0), BackendTimeout),
    ],
    ids=["broken off", "no JSON", "no text", "an error event", "gone in the middle", "too slow"],
)
async def test_what_is_no_answer_is_an_error(steps, error):
    with pytest.raises(error):
        await heard(*steps, timeout=0.3)


async def test_a_refusal_passes():
    backend = ScriptedBackend("one", BackendBusy("full"))
    with pytest.raises(BackendBusy):
        await Asking(lambda: {"one": backend}).ask(question())


async def test_a_backend_that_went_away_is_unreachable():
    with pytest.raises(BackendUnreachable, match="one"):
        await Asking(dict).ask(question())


def test_the_question_has_what_is_given_and_nothing_empty():
    plain = json.loads(_body(question()))
    assert {"tools", "response_format", "keep_alive"}.isdisjoint(plain)
    assert (plain["model"], plain["max_tokens"], plain["temperature"], plain["seed"]) == ("a", 50, 0.0, 0)
    full = json.loads(_body(question(tools=(TOOL,), response_format={"type": "json_object"}, keep_alive=300.0)))
    assert (full["tools"], full["response_format"], full["keep_alive"]) == ([TOOL], {"type": "json_object"}, 300.0)
    assert full["stream_options"] == {"include_usage": True}
