"""What every kind of backend must do, whatever it is: one suite over the whole registry."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from tests.contracts.ground import CONTEXT, KINDS, REMOTE, SAID, Ground, chat, embed, prepared, text
from tests.doubles.gateway import until
from tests.doubles.replies import decoded, streamed
from tests.doubles.strange_upstream import StrangeUpstream, status
from tests.doubles.weather import WEATHER

from smarterrouter.backends import registry
from smarterrouter.backends.vendors import VENDORS
from smarterrouter.domain.models import Model
from smarterrouter.errors import (
    BackendBusy,
    BackendError,
    BackendGarbage,
    BackendLimited,
    BackendRefused,
    BackendUnreachable,
    CannotHonour,
    ContextTooLong,
    GatewayError,
    ModelGone,
)
from smarterrouter.wire import sse
from smarterrouter.wire.calls import Reply

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("contract of backends")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ground(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ground]:
    async with prepared(tmp_path_factory.mktemp("models")) as made:
        yield made


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def whole(reply: Reply) -> dict[str, Any]:
    """The decoded JSON answer."""
    answer = await decoded(reply)
    assert isinstance(answer, dict)
    return answer


async def chunks(reply: Reply) -> list[dict[str, Any]]:
    """The decoded events of a stream, after checking its end."""
    body = await streamed(reply)
    assert body.endswith(sse.DONE)
    *payloads, last = sse.events(body)
    assert sse.is_done(last)
    return [json.loads(payload) for payload in payloads]


async def test_the_suite_runs_over_the_whole_registry():
    assert set(registry.OWN) | {"local"} <= set(KINDS)


async def test_it_says_who_it_is(ground, kind):
    backend, _ = await ground.served(kind, "talker")

    assert backend.kind == kind
    assert backend.name
    assert backend.address


async def test_offers_name_the_backend_and_what_is_known(ground, kind):
    for name in ("talker", "vectors"):
        backend, model = await ground.served(kind, name)
        offers = await backend.offers()
        assert {offer.backend for offer in offers} == {backend.name}
        assert model.key == f"{backend.name}/{model.name}"
        assert model.can.context_tokens
        assert model.size.parameters_b


async def test_a_plain_chat(ground, kind):
    backend, model = await ground.served(kind, "talker")
    reply = await backend.chat(chat(), model)
    assert not reply.stream
    assert not reply.notes
    answer = await whole(reply)

    assert answer["object"] == "chat.completion"
    assert isinstance(answer["created"], int)
    [choice] = answer["choices"]
    assert choice["finish_reason"] == "stop"
    assert choice["message"]["role"] == "assistant"
    assert choice["message"]["content"] == SAID
    usage = answer["usage"]
    assert usage["prompt_tokens"] + usage["completion_tokens"] == usage["total_tokens"]
    assert usage["completion_tokens"] > 0


@pytest.mark.parametrize("asks", [False, True])
async def test_a_stream(ground, kind, asks):
    options = {"stream_options": {"include_usage": True}} if asks else {}
    backend, model = await ground.served(kind, "talker")
    reply = await backend.chat(chat(stream=True, **options), model)
    assert reply.stream
    found = await chunks(reply)

    assert found[0]["choices"][0]["delta"]["role"] == "assistant"
    assert {chunk["object"] for chunk in found} == {"chat.completion.chunk"}
    assert len({chunk["id"] for chunk in found}) == 1
    choices = [choice for chunk in found for choice in chunk["choices"]]
    assert "".join(choice["delta"].get("content") or "" for choice in choices) == SAID
    assert [choice["finish_reason"] for choice in choices if choice["finish_reason"]] == ["stop"]
    usages = [chunk["usage"] for chunk in found if not chunk["choices"]]
    comes_unasked = kind in VENDORS and "stream_options" in VENDORS[kind].lacks  # at the vendor, not at llama.cpp
    assert [usage["completion_tokens"] > 0 for usage in usages] == ([] if comes_unasked else [True])


async def test_a_length_is_kept_and_told(ground, kind):
    backend, model = await ground.served(kind, "talker")
    answer = await whole(await backend.chat(chat(max_tokens=2), model))

    assert answer["choices"][0]["finish_reason"] == "length"
    assert SAID.startswith(answer["choices"][0]["message"]["content"].rstrip())
    assert answer["usage"]["completion_tokens"] == 2


@pytest.mark.parametrize("stream", [False, True])
async def test_tools(ground, kind, stream):
    backend, model = await ground.served(kind, "talker")
    reply = await backend.chat(chat(tools=[WEATHER], stream=stream), model)
    if stream:
        choices = [choice for chunk in await chunks(reply) for choice in chunk["choices"]]
        deltas = [call for choice in choices for call in choice["delta"].get("tool_calls") or []]
        assert {call["index"] for call in deltas} == {0}
        identity = "".join(call.get("id") or "" for call in deltas)
        name = "".join(call["function"].get("name") or "" for call in deltas)
        arguments = "".join(call["function"].get("arguments") or "" for call in deltas)
        reasons = [choice["finish_reason"] for choice in choices if choice["finish_reason"]]
    else:
        [choice] = (await whole(reply))["choices"]
        [call] = choice["message"]["tool_calls"]
        identity, name, arguments = call["id"], call["function"]["name"], call["function"]["arguments"]
        reasons = [choice["finish_reason"]]

    assert reasons == ["tool_calls"]
    assert identity
    assert name == "get_weather"
    assert list(json.loads(arguments)) == ["city"]


@pytest.mark.parametrize("stream", [False, True])
async def test_a_text_completion(ground, kind, stream):
    backend, model = await ground.served(kind, "talker")
    reply = await backend.complete(text(max_tokens=32, stream=stream), model)
    parts = await chunks(reply) if stream else [await whole(reply)]

    assert {part["object"] for part in parts} == {"text_completion"}
    choices = [choice for part in parts for choice in part["choices"]]
    assert "".join(choice["text"] for choice in choices) == SAID
    assert [choice["finish_reason"] for choice in choices if choice["finish_reason"]] == ["stop"]


async def test_embeddings(ground, kind):
    backend, model = await ground.served(kind, "vectors")
    answer = await whole(await backend.embed(embed(encoding_format="float"), model))

    assert answer["object"] == "list"
    assert [item["index"] for item in answer["data"]] == [0, 1]
    first, second = (item["embedding"] for item in answer["data"])
    assert len(first) == len(second) > 0
    assert first != second
    assert answer["usage"]["prompt_tokens"] > 0


async def test_a_wish_for_shorter_vectors_is_fulfilled_or_refused(ground, kind):
    backend, model = await ground.served(kind, "vectors")
    if kind == "ollama":
        made = await whole(await backend.embed(embed(dimensions=4, encoding_format="float"), model))
        assert {len(item["embedding"]) for item in made["data"]} == {4}
    else:  # llama.cpp ignores it
        with pytest.raises(CannotHonour):
            await whole(await backend.embed(embed(dimensions=4), model))


async def test_a_count_is_exact_or_not_given(ground, kind):
    backend, model = await ground.served(kind, "talker")
    for call, ask in ((chat(), backend.chat), (chat(tools=[WEATHER]), backend.chat), (text(), backend.complete)):
        count = await backend.count(call, model)
        counts_exactly = kind in {"llama.cpp", "local"}
        assert (count is not None) is counts_exactly
        if count is not None:
            assert count == (await whole(await ask(call, model)))["usage"]["prompt_tokens"]


@pytest.mark.parametrize("stream", [False, True])
async def test_a_prompt_that_is_too_long_is_told_never_cut(ground, kind, stream):
    backend, model = await ground.served(kind, "talker")
    words = [{"role": "user", "content": "word " * CONTEXT * 8}]
    with pytest.raises(ContextTooLong):
        await _begun(await backend.chat(chat(messages=words, stream=stream), model))


async def _begun(reply: Reply) -> None:
    """Read as dispatch does before it takes a reply for an answer."""
    try:
        if reply.stream:
            await anext(reply.chunks())
        else:
            await reply.read()
    finally:
        reply.close()


async def test_closing_a_stream_stops_the_work(ground, kind):
    backend, model = await ground.served(kind, "endless")
    reply = await backend.chat(chat(stream=True), model)
    pieces = reply.chunks()
    await anext(pieces)
    assert await ground.generating(kind) == 1
    reply.close()

    async def stopped() -> bool:
        return await ground.generating(kind) == 0

    await until(stopped, "it still generates")
    await pieces.aclose()


async def test_cancelling_a_call_gives_its_connection_back(ground, kind):
    backend, model = await ground.served(kind, "endless")
    async with asyncio.timeout(30):
        asking = asyncio.ensure_future(_begun(await backend.chat(chat(stream=True, max_tokens=9), model)))
        await asyncio.sleep(0)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
    await until(lambda: ground.in_use() == 0, "a connection is still in use")


@pytest.mark.parametrize("kind", REMOTE)
async def test_nobody_there_is_unreachable(ground, kind):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    backend = ground.made(kind, f"http://127.0.0.1:{port}")
    model = Model(key="here/m", backend="here", name="m")

    for work in (backend.offers(), backend.chat(chat(), model), backend.embed(embed(), model)):
        with pytest.raises(BackendUnreachable):
            await work


TOO_LONG = "This model's maximum context length is 4096 tokens. However, your messages resulted in 5000 tokens."
ERRORS: dict[str, tuple[int, str, type[GatewayError]]] = {
    "refused": (422, "temperature must be below 2", BackendRefused),
    "bad key": (401, "Incorrect API key provided", BackendError),
    "forbidden": (403, "Country not supported", BackendError),
    "no such model": (404, "model 'm' not found", ModelGone),
    "too long": (400, TOO_LONG, ContextTooLong),
    "limited": (429, "Rate limit reached", BackendLimited),
    "broken": (500, "CUDA error", BackendError),
    "bad gateway": (502, "upstream died", BackendBusy),
    "overloaded": (503, "server busy, please try again", BackendBusy),
    "slow": (504, "gateway timeout", BackendBusy),
}


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("kind", REMOTE)
async def test_each_status_means_one_of_our_errors(ground, kind, stream):
    model = Model(key="here/m", backend="here", name="m")
    async with StrangeUpstream("m") as upstream:
        backend = ground.made(kind, upstream.url)
        for code, words, expected in ERRORS.values():
            upstream.acts = [status(code, words, retry_after=7)]
            with pytest.raises(GatewayError) as caught:
                await _begun(await backend.chat(chat(stream=stream), model))
            assert type(caught.value) is expected, (code, caught.value)
            assert words in caught.value.message or expected is BackendError
            if expected in {BackendLimited, BackendBusy}:
                assert caught.value.retry_after == 7


@pytest.mark.parametrize("kind", REMOTE)
async def test_a_list_that_is_no_list_is_garbage(ground, kind):
    async with StrangeUpstream() as upstream:
        upstream.models_act = status(200, "hello", kind="text/plain")
        backend = ground.made(kind, upstream.url)
        with pytest.raises(BackendGarbage):
            await backend.offers()


async def test_many_at_once_and_nothing_leaks(ground, kind):
    backend, model = await ground.served(kind, "talker")
    before = _own_tasks()

    async def one(stream: bool) -> str:
        reply = await backend.chat(chat(stream=stream), model)
        if not stream:
            return str((await whole(reply))["choices"][0]["message"]["content"])
        found = await chunks(reply)
        return "".join(c["delta"].get("content") or "" for chunk in found for c in chunk["choices"])

    assert set(await asyncio.gather(*(one(bool(at % 2)) for at in range(20)))) == {SAID}
    await until(lambda: ground.in_use() == 0, "a connection is still in use")
    await until(lambda: _own_tasks() <= before, "a task is left")


def _own_tasks() -> int:
    """Tasks but those with which the double of Ollama attends to connections, which wait in the client's pool."""
    names = [getattr(task.get_coro(), "__qualname__", "") for task in asyncio.all_tasks()]
    return sum(not name.startswith("RequestHandler.") for name in names)
