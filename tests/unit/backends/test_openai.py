import asyncio
import json

import pytest
from tests.doubles.gateway_parts import until
from tests.doubles.strange_upstream import DONE, WAIT, Act, StrangeUpstream, status, stream, whole, whole_json

from smarterrouter.backends.base import Backend
from smarterrouter.backends.openai import OpenAICompatible
from smarterrouter.backends.spec import BackendSpec
from smarterrouter.domain.models import Model
from smarterrouter.errors import (
    BackendBusy,
    BackendError,
    BackendGarbage,
    BackendLimited,
    BackendRefused,
    BackendTimeout,
    BackendUnreachable,
    CannotHonour,
    ContextTooLong,
    ModelGone,
)
from smarterrouter.wire.calls import ChatCall, CompletionCall, EmbedCall

MODEL = Model(key="one/strange", backend="one", name="strange")
HELLO = [{"role": "user", "content": "hi"}]


@pytest.fixture
async def upstream():
    async with StrangeUpstream() as made:
        yield made


@pytest.fixture
def make(upstream, client):
    """A backend of this kind in front of the upstream."""

    def making(kind="compatible", **members):
        return OpenAICompatible(BackendSpec("one", kind, members.pop("url", upstream.base_url), **members), client)

    return making


def chat(**members):
    return ChatCall.decode(json.dumps({"messages": HELLO, **members}).encode())


async def asked(backend, call, upstream):
    """What the upstream was sent, and the notes of the reply."""
    ask = {ChatCall: backend.chat, CompletionCall: backend.complete, EmbedCall: backend.embed}[type(call)]
    reply = await ask(call, MODEL)
    reply.close()
    return upstream.requests[-1].json(), reply.notes


async def test_an_answer_is_handed_over_byte_for_byte(make, upstream):
    backend: Backend = make()
    reply = await backend.chat(chat(), MODEL)
    body = await reply.read()
    reply.close()
    assert json.loads(body)["choices"][0]["message"]["content"] == "Fine."
    assert (reply.stream, reply.notes) == (False, ())
    assert upstream.requests[-1].path == "/v1/chat/completions"


async def test_a_stream_is_handed_over_as_it_comes(make, upstream):
    upstream.always = stream("Hel", WAIT, "lo")
    reply = await make().chat(chat(stream=True), MODEL)
    assert reply.stream
    pieces = reply.chunks()
    first = await anext(pieces)
    assert b"Hel" in first or b"assistant" in first
    upstream.go.set()
    rest = b"".join([piece async for piece in pieces])
    reply.close()
    assert rest.endswith(DONE)


async def test_every_kind_of_request_has_its_path(make, upstream):
    backend = make()
    await asked(backend, CompletionCall.decode(b'{"prompt":"x"}'), upstream)
    assert upstream.requests[-1].path == "/v1/completions"
    await asked(backend, EmbedCall.decode(b'{"input":"x"}'), upstream)
    assert upstream.requests[-1].path == "/v1/embeddings"


async def test_w18_the_name_key_and_headers_are_the_upstreams_own(make, upstream):
    backend = make(api_key="secret", headers={"x-team": "a"}, prefix="models/")
    body, _ = await asked(backend, chat(model="one/strange"), upstream)
    assert body["model"] == "models/strange"
    assert upstream.requests[-1].headers["authorization"] == "Bearer secret"
    assert upstream.requests[-1].headers["x-team"] == "a"
    assert upstream.requests[-1].headers["content-type"] == "application/json"
    assert "secret" not in backend.address


async def test_without_a_key_none_is_sent(make, upstream):
    await asked(make(), chat(), upstream)
    assert "authorization" not in upstream.requests[-1].headers


async def test_w02_nothing_of_a_request_is_changed_but_the_name(make, upstream):
    body = b'{ "messages": [{"role":"user","content":"\\u00fc"}], "model":"strange", "top_k": 1.50, "x": {"y": [1e2]} }'
    await asked(make(), ChatCall.decode(body), upstream)
    assert upstream.requests[-1].body == body
    await asked(make(), ChatCall.decode(body.replace(b'"strange"', b'"auto"')), upstream)
    assert json.loads(upstream.requests[-1].body) == json.loads(body)
    assert b"1.50" in upstream.requests[-1].body


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        (None, {"include_usage": True}),
        ({}, {"include_usage": True}),
        ({"include_usage": False}, {"include_usage": True}),
        ({"include_usage": True, "x": 1}, {"include_usage": True, "x": 1}),
        ({"include_obfuscation": False}, {"include_obfuscation": False, "include_usage": True}),
    ],
)
async def test_streams_are_asked_for_usage_and_keep_their_other_options(make, upstream, given, sent):
    upstream.always = stream("x")
    members = {} if given is None else {"stream_options": given}
    body, _ = await asked(make(), chat(stream=True, **members), upstream)
    assert body["stream_options"] == sent
    null, _ = await asked(make(), chat(stream=True, stream_options=None), upstream)
    assert null["stream_options"] == {"include_usage": True}


async def test_only_streams_are_asked_for_usage(make, upstream):
    assert "stream_options" not in (await asked(make(), chat(), upstream))[0]
    assert "stream_options" not in (await asked(make(), EmbedCall.decode(b'{"input":"x"}'), upstream))[0]


async def test_members_that_a_vendor_names_differently_are_renamed(make, upstream):
    body, notes = await asked(make("mistral"), chat(max_completion_tokens=5, seed=7, user="me"), upstream)
    assert (body["max_tokens"], body["random_seed"]) == (5, 7)
    assert not {"max_completion_tokens", "seed", "user"} & body.keys()
    assert notes == ("user",)


async def test_a_vendor_that_tells_usage_unasked_is_not_asked(make, upstream):
    upstream.always = stream("x")
    for options in ({}, {"stream_options": {"include_usage": True}}):
        body, notes = await asked(make("mistral"), chat(stream=True, **options), upstream)
        assert "stream_options" not in body
        assert notes == ()


@pytest.mark.parametrize(
    ("kind", "members"),
    [
        ("groq", {"logprobs": True}),
        ("groq", {"logit_bias": {"5": 1}}),
        ("groq", {"n": 2}),
        ("anthropic", {"response_format": {"type": "json_object"}}),
    ],
)
async def test_what_would_change_the_meaning_is_refused_before_it_is_sent(make, upstream, kind, members):
    with pytest.raises(CannotHonour) as caught:
        await make(kind).chat(chat(**members), MODEL)
    assert caught.value.param == next(iter(members))
    assert upstream.requests == []


@pytest.mark.parametrize(
    ("kind", "members"),
    [
        ("groq", {"logprobs": False, "logit_bias": {}, "top_logprobs": None, "n": 1}),
        ("anthropic", {"response_format": {"type": "text"}, "presence_penalty": 0, "frequency_penalty": 0.0}),
    ],
)
async def test_values_that_ask_for_nothing_are_left_out_without_a_word(make, upstream, kind, members):
    body, notes = await asked(make(kind), chat(**members), upstream)
    assert body.keys() - {"n"} == {"messages", "model"}
    assert notes == ()


async def test_what_can_be_left_out_is_noted(make, upstream):
    body, notes = await asked(make("anthropic"), chat(seed=5, store=True, presence_penalty=0.5), upstream)
    assert notes == ("presence_penalty", "seed", "store")
    assert body.keys() == {"messages", "model"}


async def test_vectors_of_another_length_than_asked_for_are_refused(make):
    reply = await make().embed(EmbedCall.decode(b'{"input":"x","dimensions":3}'), MODEL)
    with pytest.raises(CannotHonour, match="2 numbers"):
        await reply.read()
    reply.close()


@pytest.mark.parametrize(
    ("act", "error", "words"),
    [
        (status(500, "broken"), BackendError, "one answered 500: broken"),
        (status(503, "loading"), BackendBusy, "loading"),
        (status(429, "slow down"), BackendLimited, "slow down"),
        (status(404, "no such model"), ModelGone, "no such model"),
        (status(422, "bad top_p"), BackendRefused, "bad top_p"),
        (status(401, "who?"), BackendError, "does not accept the key"),
        (status(302, "elsewhere"), BackendError, "elsewhere"),
        (status(400, "maximum context length is 5 tokens"), ContextTooLong, "context"),
        (status(502, "<html>", kind="text/html"), BackendBusy, "<html>"),
    ],
)
@pytest.mark.parametrize("streams", [False, True])
async def test_every_other_status_is_an_error_of_its_kind(make, upstream, act, error, words, streams):
    upstream.always = act
    with pytest.raises(error, match=words):
        await make().chat(chat(stream=streams), MODEL)


async def test_a_refusal_keeps_the_upstreams_words(make, upstream):
    upstream.always = status(422, "bad top_p")
    with pytest.raises(BackendRefused) as caught:
        await make().chat(chat(), MODEL)
    assert caught.value.status == 422
    assert json.loads(caught.value.body)["error"]["message"] == "bad top_p"


async def test_a_time_to_come_back_is_kept(make, upstream):
    upstream.always = status(429, "slow down", retry_after=7)
    with pytest.raises(BackendLimited) as caught:
        await make().chat(chat(), MODEL)
    assert caught.value.retry_after == 7.0


@pytest.mark.parametrize("act", [Act(500), Act(200, "text/plain")])
async def test_an_error_without_end_is_not_read_to_its_end(make, upstream, act):
    endless = Act(act.status, act.kind, (*[b"x" * 16_384] * 20, WAIT))
    upstream.always = endless
    with pytest.raises(BackendError) as caught:
        async with asyncio.timeout(30):
            await make().chat(chat(stream=True), MODEL)
    assert len(caught.value.message) < 1000
    await until(lambda: not upstream.active)


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (whole("Hello"), "application/json"),
        (whole_json({"error": {"message": "out of memory"}}), "out of memory"),
        (Act(steps=(b"<html>",), kind="text/html"), "text/html: <html>"),
        (Act(steps=(b"x",), kind=""), "no type"),
    ],
)
async def test_a_stream_that_is_none_is_garbage(make, upstream, act, words):
    upstream.always = act
    with pytest.raises(BackendGarbage, match=words):
        await make().chat(chat(stream=True), MODEL)


async def test_the_type_of_a_stream_may_be_written_in_any_case(make, upstream):
    upstream.always = Act(kind="Text/Event-Stream; charset=utf-8", steps=(DONE,))
    reply = await make().chat(chat(stream=True), MODEL)
    assert [piece async for piece in reply.chunks()] == [DONE]
    reply.close()


async def test_silence_is_limited(make, upstream):
    upstream.always = stream("x", before=(WAIT,))
    with pytest.raises(BackendTimeout):
        await make(timeout_seconds=0.05).chat(chat(), MODEL)
    upstream.go.set()


async def test_nobody_there_is_unreachable(make, upstream):
    await upstream.pause()
    with pytest.raises(BackendUnreachable):
        await make().chat(chat(), MODEL)


async def test_models_are_listed_with_what_the_server_says(client):
    async with StrangeUpstream("a", "b", more={"max_model_len": 4096}) as upstream:
        offers = await OpenAICompatible(BackendSpec("one", "vllm", upstream.base_url), client).offers()
        remote = await OpenAICompatible(BackendSpec("one", "groq", upstream.base_url), client).offers()
    assert [(offer.backend, offer.name, offer.context_tokens, offer.local) for offer in offers] == [
        ("one", "a", 4096, True),
        ("one", "b", 4096, True),
    ]
    assert not remote[0].local


@pytest.mark.parametrize("answer", [{"object": "list"}, {"data": {}}, "x", 5, None])
async def test_a_list_without_entries_is_garbage(make, upstream, answer, monkeypatch):
    monkeypatch.setattr(upstream, "_list", lambda: whole_json(answer))
    with pytest.raises(BackendGarbage):
        await make().offers()


@pytest.mark.parametrize("answer", [[{"id": "a"}, "x", {"id": 5}], {"data": [{"id": "a"}, None, {}]}])
async def test_entries_that_cannot_be_read_are_passed_over(make, upstream, answer, monkeypatch):
    monkeypatch.setattr(upstream, "_list", lambda: whole_json(answer))
    assert [offer.name for offer in await make().offers()] == ["a"]


@pytest.mark.parametrize(("answer", "count"), [({"count": 12}, 12), ({"count": "12"}, None), ([], None)])
async def test_servers_with_a_tokenizer_are_asked_to_count(make, upstream, answer, count):
    upstream.always = whole_json(answer)
    tool = {"type": "function", "function": {"name": "f"}}
    assert await make("vllm").count(chat(tools=[tool], temperature=0.5), MODEL) == count
    request = upstream.requests[-1]
    assert request.path == "/tokenize"
    assert request.json() == {"model": "strange", "messages": HELLO, "tools": [tool]}
    assert await make("vllm").count(CompletionCall.decode(b'{"prompt":"x"}'), MODEL) == count
    assert upstream.requests[-1].json() == {"model": "strange", "prompt": "x"}


async def test_other_servers_are_not_asked_to_count(make, upstream):
    assert await make().count(chat(), MODEL) is None
    assert upstream.requests == []


async def test_closing_leaves_the_shared_client_open(make):
    backend = make()
    await backend.close()
    (await backend.chat(chat(), MODEL)).close()
