import json

import msgspec
import pytest
from tests.doubles.llama_switch import FAILED, Switch
from tests.doubles.replies import decoded, streamed
from tests.doubles.tiny_models import SCRIPT, TinyServer
from tests.doubles.weather import WEATHER

from smarterrouter.backends.llama_cpp import Flavour, LlamaCpp, understand
from smarterrouter.backends.spec import BackendSpec
from smarterrouter.domain.models import Model
from smarterrouter.errors import (
    BackendBusy,
    BackendError,
    BackendGarbage,
    BackendRefused,
    BackendUnreachable,
    CannotHonour,
    ContextTooLong,
    ModelGone,
)
from smarterrouter.wire.calls import ChatCall, CompletionCall, EmbedCall

PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg"
    "=="
)


@pytest.fixture
async def server():
    async with TinyServer(api_key="secret", context=512) as server:
        yield server


def backend(client, url, **more):
    return LlamaCpp(BackendSpec(name="llama", kind="llama.cpp", url=url, **more), client)


def model(name="tiny"):
    return Model(key=f"llama/{name}", backend="llama", name=name)


def chat(*messages, **more):
    said = [{"role": "user", "content": text} for text in messages]
    return ChatCall.decode(json.dumps({"model": "auto", "messages": said, **more}).encode())


def text(prompt, **more):
    return CompletionCall.decode(json.dumps({"prompt": prompt, **more}).encode())


@pytest.mark.parametrize("end", ["", "/", "/v1", "/v1/", "/v1//"])
async def test_any_spelling_of_the_address_works(client, server, end):
    offers = await backend(client, server.url + end, api_key="secret").offers()
    assert [offer.name for offer in offers] == ["tiny"]


async def test_offer_of_a_single_server_says_what_it_can_do(client, server):
    llama = backend(client, server.url, api_key="secret")
    (offer,) = await llama.offers()
    assert llama.flavour is Flavour.SINGLE
    assert offer.context_tokens == 512
    assert offer.capabilities == {"chat", "json", "tools", "thinking"}
    assert offer.denied == {"vision", "embeddings"}
    assert offer.quantisation == "F32"
    assert offer.loaded
    assert offer.local
    assert 0.0001 < offer.parameters_b < 0.001
    assert offer.size_bytes > 1_000_000


async def test_chat_complete_and_stream(client, server):
    llama = backend(client, server.url, api_key="secret")
    whole = await decoded(await llama.chat(chat("Hello"), model()))
    assert whole["choices"][0]["message"]["content"] == "".join(SCRIPT)
    events = await streamed(await llama.chat(chat("Hello", stream=True), model()))
    assert events.endswith(b"data: [DONE]\n\n")
    assert b'"usage"' in events
    continued = await decoded(await llama.complete(text("Once", max_tokens=2), model()))
    assert continued["usage"]["completion_tokens"] == 2


async def test_tools_make_the_round_trip(client, server):
    llama = backend(client, server.url, api_key="secret")
    asked = await decoded(await llama.chat(chat("Weather?", tools=[WEATHER]), model()))
    (call,) = asked["choices"][0]["message"]["tool_calls"]
    assert json.loads(call["function"]["arguments"]) == {"city": "Paris"}
    history = [
        {"role": "user", "content": "Weather?"},
        asked["choices"][0]["message"],
        {"role": "tool", "tool_call_id": call["id"], "content": "Sunny"},
    ]
    again = ChatCall.decode(json.dumps({"messages": history, "tools": [WEATHER]}).encode())
    told = await decoded(await llama.chat(again, model()))
    assert told["choices"][0]["message"]["content"] == "".join(SCRIPT)


@pytest.mark.parametrize(
    "call",
    [
        chat("Hello"),
        chat("Grüße, 你好 \U0001f600"),
        chat("<|im_start|> is not a mark here", "two", "three"),
        chat("Weather?", tools=[WEATHER]),
        chat("Weather?", tools=[WEATHER], tool_choice="none"),
        chat("JSON", response_format={"type": "json_object"}),
        text("The river and the bridge"),
        text(["one prompt"]),
        text([300, 301, 302]),
        text([[300, 301, 302]]),
    ],
)
async def test_count_is_what_the_server_itself_counts(client, server, call):
    llama = backend(client, server.url, api_key="secret")
    send = llama.chat if isinstance(call, ChatCall) else llama.complete
    limited = type(call).decode(call.body.encode(max_tokens=1))
    said = await decoded(await send(limited, model()))
    assert await llama.count(call, model()) == said["usage"]["prompt_tokens"]


async def test_of_several_prompts_the_longest_counts(client, server):
    llama = backend(client, server.url, api_key="secret")
    assert await llama.count(text([[300], [300, 301, 302]]), model()) == 3


async def test_count_is_none_where_the_server_refuses(client, server):
    image = [{"type": "image_url", "image_url": {"url": PIXEL}}]
    call = ChatCall.decode(json.dumps({"messages": [{"role": "user", "content": image}]}).encode())
    assert await backend(client, server.url, api_key="secret").count(call, model()) is None


async def test_count_says_when_the_server_is_gone(client):
    with pytest.raises(BackendUnreachable):
        await backend(client, "http://127.0.0.1:9").count(chat("Hello"), model())


@pytest.mark.parametrize("stream", [False, True])
async def test_context_is_never_cut_in_silence(client, server, stream):
    """At the limit of the worker, one token less and one more: our count, the server's count, and the outcome."""
    llama = backend(client, server.url, api_key="secret")
    limit = (await llama.offers())[0].context_tokens
    empty = await llama.count(chat(""), model())
    for size in (limit - 1, limit, limit + 1):
        call = chat("€" * ((size - empty) // 3) + "!" * ((size - empty) % 3), stream=stream, max_tokens=8)
        assert await llama.count(call, model()) == size
        if size < limit:
            reply = await llama.chat(call, model())
            said = await streamed(reply) if stream else await decoded(reply)
            told = json.loads(said.split(b"data: ")[-2]) if stream else said
            assert told["usage"]["prompt_tokens"] == size
            assert told["usage"]["completion_tokens"] == limit - size
        else:
            with pytest.raises(ContextTooLong) as raised:
                await llama.chat(call, model())
            assert f"{size} tokens" in raised.value.message
            assert raised.value.code == "context_length_exceeded"
            assert raised.value.status == 400


async def test_an_image_for_a_text_model_goes_to_another(client, server):
    image = [{"type": "image_url", "image_url": {"url": PIXEL}}]
    call = ChatCall.decode(json.dumps({"messages": [{"role": "user", "content": image}]}).encode())
    with pytest.raises(CannotHonour):
        await backend(client, server.url, api_key="secret").chat(call, model())


async def test_a_bad_schema_is_refused_in_the_servers_words(client, server):
    call = chat("x", response_format={"type": "json_schema", "json_schema": {"name": "x", "schema": {"type": 7}}})
    with pytest.raises(BackendRefused) as raised:
        await backend(client, server.url, api_key="secret").chat(call, model())
    assert raised.value.status == 400
    assert json.loads(raised.value.body)["error"]["message"]


async def test_a_wrong_key_is_not_the_callers_fault(client, server):
    with pytest.raises(BackendError) as raised:
        await backend(client, server.url, api_key="wrong").chat(chat("Hello"), model())
    assert raised.value.goes_on
    assert "wrong" not in raised.value.message


async def test_w09_embeddings_server_is_found_out(client, server):
    async with TinyServer(pooling=1) as vectors:
        llama = backend(client, vectors.url)
        (offer,) = await llama.offers()
        assert offer.capabilities == {"embeddings"}
        assert "chat" in offer.denied
        call = EmbedCall.decode(b'{"input":["one","two"],"model":"x"}')
        said = await decoded(await llama.embed(call, model()))
        assert [len(row["embedding"]) for row in said["data"]] == [96, 96]
    with pytest.raises(CannotHonour):
        await backend(client, server.url, api_key="secret").embed(call, model())


async def test_a_text_too_long_to_embed_says_so(client):
    async with TinyServer(pooling=1, context=256) as vectors:
        llama = backend(client, vectors.url)
        fits = EmbedCall.decode(json.dumps({"input": [[300] * 256]}).encode())
        assert (await decoded(await llama.embed(fits, model())))["usage"]["prompt_tokens"] == 256
        with pytest.raises(ContextTooLong):
            await llama.embed(EmbedCall.decode(json.dumps({"input": [[300] * 257]}).encode()), model())


async def test_over_a_unix_socket(client):
    async with TinyServer(unix=True) as server:
        llama = backend(client, server.url, socket=server.socket)
        assert [offer.name for offer in await llama.offers()] == ["tiny"]
        assert (await decoded(await llama.chat(chat("Hello"), model())))["choices"]
        await client.close()


async def test_router_lists_loaded_and_unloaded_models(client, server):
    async with TinyServer(context=256) as tiny:
        models = {"a": tiny, "b": None, "broken": FAILED}
        async with Switch("router", models, arguments=("--ctx-size", "1024", "--parallel", "2")) as switch:
            llama = backend(client, switch.url)
            offers = {offer.name: offer for offer in await llama.offers()}
            assert llama.flavour is Flavour.ROUTER
            assert offers.keys() == {"a", "b"}
            assert (offers["a"].loaded, offers["a"].context_tokens) == (True, 256)
            assert (offers["b"].loaded, offers["b"].context_tokens) == (False, 512)
            assert "tools" in offers["a"].capabilities
            assert "embeddings" in offers["a"].denied
            models["a"] = None
            remembered = {offer.name: offer for offer in await llama.offers()}["a"]
            assert (remembered.loaded, remembered.context_tokens) == (False, 256)
            assert remembered.capabilities == offers["a"].capabilities


async def test_router_counts_only_what_is_loaded(client, server):
    async with TinyServer() as tiny, Switch("router", {"a": tiny, "b": None}) as switch:
        llama = backend(client, switch.url)
        await llama.offers()
        assert await llama.count(chat("Hello"), model("a")) == await backend(client, tiny.url).count(
            chat("Hello"), model()
        )
        assert await llama.count(chat("Hello"), model("b")) is None
        assert not [line for line in switch.asked if line.startswith("b ")]
        assert (await decoded(await llama.chat(chat("Hello"), model("a"))))["choices"]
        with pytest.raises(ModelGone):
            await llama.chat(chat("Hello"), model("nobody"))
        with pytest.raises(BackendError, match="failed to load"):
            await llama.chat(chat("Hello"), model("b"))


async def test_llama_swap_says_what_runs(client):
    async with TinyServer(context=256) as tiny, Switch("swap", {"a": tiny, "b": None}) as switch:
        llama = backend(client, switch.url, prefix="")
        offers = {offer.name: offer for offer in await llama.offers()}
        assert llama.flavour is Flavour.SWAP
        assert (offers["a"].loaded, offers["a"].context_tokens) == (True, 256)
        assert (offers["b"].loaded, offers["b"].context_tokens) == (False, None)
        assert await llama.count(chat("Hello"), model("a")) == await backend(client, tiny.url).count(
            chat("Hello"), model()
        )
        assert await llama.count(chat("Hello"), model("b")) is None
        assert not [line for line in switch.asked if line.startswith("b ")]
        assert (await decoded(await llama.chat(chat("Hello"), model("a"))))["choices"]


@pytest.mark.parametrize(
    ("status", "message", "error"),
    [
        (503, "Loading model", BackendBusy),
        (400, "model is not loaded", BackendBusy),
        (400, "model 'nope' not found", ModelGone),
        (404, "could not find real modelID for nope", ModelGone),
        (501, "This server does not support embeddings. Start it with `--embeddings`", CannotHonour),
        (500, "image input is not supported - hint: you may need to provide the mmproj", CannotHonour),
        (500, "input (769 tokens) is too large to process. increase the physical batch size", ContextTooLong),
        (500, "model name=broken failed to load", BackendError),
        (400, "request (15020 tokens) exceeds the available context size (1024 tokens)", ContextTooLong),
        (400, "'messages' is required", BackendRefused),
    ],
)
def test_answers_are_understood(status, message, error):
    body = msgspec.json.encode({"error": {"code": status, "message": message, "type": "any"}})
    assert type(understand(status, {}, body, "llama")) is error


async def test_a_list_that_is_none_is_garbage(client):
    async with TinyServer() as tiny:
        with pytest.raises(BackendGarbage):
            await backend(client, tiny.url + "/health").offers()


async def test_close_leaves_the_client_to_others(client, server):
    llama = backend(client, server.url, api_key="secret")
    await llama.close()
    assert await llama.offers()


async def test_requests_after_streams_find_a_connection(client, server):
    """llama.cpp hangs up after each stream without a word."""
    llama = backend(client, server.url, api_key="secret")
    for _ in range(20):
        await streamed(await llama.chat(chat("Hello", stream=True), model()))
        assert (await decoded(await llama.chat(chat("Hello"), model())))["choices"]
