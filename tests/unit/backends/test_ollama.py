"""The Ollama backend against the double, through the real transport."""

import base64
import logging
import struct
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
from tests.doubles.ollama_double import DoubleModel, OllamaDouble
from tests.doubles.replies import decoded
from tests.doubles.weather import WEATHER

from smarterrouter.backends.ollama import Ollama
from smarterrouter.backends.ollama_listing import Loaded
from smarterrouter.backends.spec import BackendSpec
from smarterrouter.domain.models import Capabilities, Model
from smarterrouter.errors import (
    BackendBusy,
    BackendGarbage,
    BackendRefused,
    BackendTimeout,
    BackendUnreachable,
    CannotHonour,
    ContextTooLong,
    ModelGone,
)
from smarterrouter.transport.client import HttpClient
from smarterrouter.wire.calls import ChatCall, CompletionCall, EmbedCall

SAID = "This is the double speaking."
PIXEL = "iVBORw0KGgo="


def model(name: str = "chatty:7b", **can: Any) -> Model:
    return Model(key=f"ollama/{name}", backend="ollama", name=name, can=Capabilities(**can))


@pytest.fixture
async def double() -> AsyncIterator[OllamaDouble]:
    models = [
        DoubleModel("chatty:7b"),
        DoubleModel("thinker:8b", capabilities=("completion", "thinking", "vision")),
        DoubleModel("vectors:1b", capabilities=("embedding",), context_length=2048),
        DoubleModel("coder:1b", capabilities=("completion", "insert")),
    ]
    async with OllamaDouble(models) as running:
        yield running


@pytest.fixture
def backend(double: OllamaDouble, client: HttpClient) -> Ollama:
    return Ollama(BackendSpec("ollama", "ollama", double.url), client)


async def ask(backend: Ollama, on: Model | None = None, **members: Any) -> Any:
    body = {"messages": [{"role": "user", "content": "Weather in Tokyo"}], **members}
    call = ChatCall.decode(msgspec.json.encode(body))
    return await decoded(await backend.chat(call, on or model()))


async def test_a_whole_answer(backend: Ollama) -> None:
    answer = await ask(backend)
    assert answer["object"] == "chat.completion"
    assert answer["choices"] == [
        {"index": 0, "message": {"role": "assistant", "content": SAID}, "logprobs": None, "finish_reason": "stop"}
    ]
    assert answer["usage"] == {"prompt_tokens": 3, "completion_tokens": 5, "total_tokens": 8}


async def test_w02_tools_make_a_round_trip(backend: Ollama, double: OllamaDouble) -> None:
    first = (await ask(backend, tools=[WEATHER]))["choices"][0]
    assert first["finish_reason"] == "tool_calls"
    [call] = first["message"]["tool_calls"]
    assert call["function"] == {"name": "get_weather", "arguments": '{"city": "Tokyo"}'}
    history = [
        {"role": "user", "content": "Weather in Tokyo"},
        first["message"],
        {"role": "tool", "tool_call_id": call["id"], "content": "rain"},
    ]
    second = (await ask(backend, tools=[WEATHER], messages=history))["choices"][0]
    assert (second["message"]["content"], second["finish_reason"]) == (SAID, "stop")
    assert double.bodies("/api/chat")[1]["messages"][2]["tool_name"] == "get_weather"


async def test_w05_images_reach_a_vision_model(backend: Ollama, double: OllamaDouble) -> None:
    image = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PIXEL}"}}
    answer = await ask(backend, model("thinker:8b"), messages=[{"role": "user", "content": [image]}])
    assert answer["choices"][0]["message"]["content"] == SAID
    assert double.bodies("/api/chat")[0]["messages"] == [{"role": "user", "content": "", "images": [PIXEL]}]
    with pytest.raises(CannotHonour):
        await ask(backend, model("chatty:7b"), messages=[{"role": "user", "content": [image]}])


async def test_w11_sampling_parameters_work(backend: Ollama) -> None:
    answer = (await ask(backend, max_tokens=2, temperature=0.3, stop="never"))["choices"][0]
    assert (answer["message"]["content"], answer["finish_reason"]) == ("This is", "length")
    stopped = (await ask(backend, stop=[" double"], max_completion_tokens=99))["choices"][0]
    assert (stopped["message"]["content"], stopped["finish_reason"]) == ("This is the", "stop")


async def test_w11_n_gives_n_choices(backend: Ollama, double: OllamaDouble) -> None:
    answer = await ask(backend, n=3, seed=4)
    assert [choice["index"] for choice in answer["choices"]] == [0, 1, 2]
    assert sorted(body["options"]["seed"] for body in double.bodies("/api/chat")) == [4, 5, 6]
    assert answer["usage"]["completion_tokens"] == 15


async def test_json_modes_thinking_and_logprobs(backend: Ollama) -> None:
    plain = await ask(backend, response_format={"type": "json_object"})
    assert msgspec.json.decode(plain["choices"][0]["message"]["content"]) == {"answer": SAID}
    schema = {"name": "x", "schema": {"type": "object", "properties": {"n": {"type": "integer"}}}}
    formed = await ask(backend, response_format={"type": "json_schema", "json_schema": schema})
    assert formed["choices"][0]["message"]["content"] == '{"n": 1}'
    thought = await ask(backend, model("thinker:8b"), reasoning_effort="low")
    assert thought["choices"][0]["message"]["reasoning_content"] == "Let me think."
    silent = await ask(backend, model("thinker:8b"), reasoning_effort="none")
    assert "reasoning_content" not in silent["choices"][0]["message"]
    likely = await ask(backend, logprobs=True, top_logprobs=2)
    assert [len(token["top_logprobs"]) for token in likely["choices"][0]["logprobs"]["content"]] == [2] * 5


async def test_notes_say_what_was_left_out(backend: Ollama) -> None:
    body = msgspec.json.encode({"messages": [{"role": "user", "content": "x"}], "user": "u", "prompt_cache_key": "k"})
    reply = await backend.chat(ChatCall.decode(body), model())
    assert reply.notes == ("prompt_cache_key", "user")
    assert [msgspec.json.decode(piece)["object"] async for piece in reply.chunks()] == ["chat.completion"]
    reply.close()


async def test_the_setting_for_keep_alive_and_the_callers_own(double: OllamaDouble, client: HttpClient) -> None:
    backend = Ollama(BackendSpec("ollama", "ollama", double.url), client, keep_alive=0)
    await ask(backend)
    assert double.loaded == {}
    await ask(backend, keep_alive="5m")
    assert list(double.loaded) == ["chatty:7b"]
    assert [body["keep_alive"] for body in double.bodies("/api/chat")] == [0, "5m"]


async def test_nothing_is_cut_however_long_the_prompt(backend: Ollama, double: OllamaDouble) -> None:
    said = [{"role": "user", "content": "word " * 12000}]
    answer = await ask(backend, model(context_tokens=32768), messages=said)
    assert answer["usage"]["prompt_tokens"] == 12000
    assert double.cuts == 0
    assert double.bodies("/api/chat")[0]["options"]["num_ctx"] == 32768
    assert double.bodies("/api/chat")[0]["truncate"] is False


async def test_at_the_limit_it_answers_and_beyond_it_says_so(double: OllamaDouble, client: HttpClient) -> None:
    backend = Ollama(BackendSpec("ollama", "ollama", double.url, context_tokens=5000), client)
    long = model(context_tokens=32768)
    answer = await ask(backend, long, messages=[{"role": "user", "content": "a " * 4999}])
    assert (answer["usage"]["prompt_tokens"], answer["choices"][0]["finish_reason"]) == (4999, "length")
    with pytest.raises(ContextTooLong):
        await ask(backend, long, messages=[{"role": "user", "content": "a " * 5001}])
    assert double.cuts == 0
    assert {body["options"]["num_ctx"] for body in double.bodies("/api/chat")} == {5000}


async def test_an_estimate_that_was_too_low_is_corrected(backend: Ollama, double: OllamaDouble) -> None:
    double.models["chatty:7b"].context_length = 65536
    said = [{"role": "user", "content": "a " * 20000}]
    for n in (1, 2):
        double.requests.clear()
        answer = await ask(backend, model(context_tokens=65536), messages=said, n=n)
        assert answer["usage"]["prompt_tokens"] == 20000
        contexts = {body["options"]["num_ctx"] for body in double.bodies("/api/chat")}
        assert contexts == ({16384, 49152} if n == 1 else {49152})
    assert double.cuts == 0


async def test_the_context_does_not_change_from_request_to_request(backend: Ollama, double: OllamaDouble) -> None:
    for size in (10, 9000, 10, 3000):
        await ask(backend, model(context_tokens=32768), messages=[{"role": "user", "content": "word " * size}])
    assert double.loads == [("chatty:7b", 8192), ("chatty:7b", 32768)]


async def test_a_server_that_cuts_all_the_same_is_reported(
    backend: Ollama, double: OllamaDouble, caplog: pytest.LogCaptureFixture
) -> None:
    double.models["chatty:7b"].ignores_context = True
    with caplog.at_level(logging.WARNING):
        await ask(backend, model(context_tokens=32768), messages=[{"role": "user", "content": "word " * 12000}])
    assert double.cuts == 1
    assert "may have been cut" in caplog.text


async def test_text_completions(backend: Ollama, double: OllamaDouble) -> None:
    body = {"prompt": "Once", "echo": True, "max_tokens": 2, "logprobs": None, "user": "u"}
    reply = await backend.complete(CompletionCall.decode(msgspec.json.encode(body)), model())
    answer = msgspec.json.decode(await reply.read())
    reply.close()
    assert answer["choices"] == [{"index": 0, "text": "OnceThis is", "logprobs": None, "finish_reason": "length"}]
    assert (answer["object"], reply.notes) == ("text_completion", ("user",))
    middle = CompletionCall.decode(b'{"prompt":"def f(","suffix":"return 1"}')
    reply = await backend.complete(middle, model("coder:1b"))
    assert msgspec.json.decode(await reply.read())["choices"][0]["text"] == SAID
    reply.close()
    assert [body.get("raw") for body in double.bodies("/api/generate")] == [True, None]
    with pytest.raises(CannotHonour):
        await backend.complete(middle, model())


async def embedded(backend: Ollama, **members: Any) -> Any:
    call = EmbedCall.decode(msgspec.json.encode(members))
    return await decoded(await backend.embed(call, model("vectors:1b", context_tokens=2048)))


async def test_embeddings(backend: Ollama) -> None:
    batch = await embedded(backend, input=["one", "two three"], dimensions=4)
    assert [(row["index"], len(row["embedding"])) for row in batch["data"]] == [(0, 4), (1, 4)]
    assert batch["usage"] == {"prompt_tokens": 3, "total_tokens": 3}
    packed = await embedded(backend, input="one", dimensions=4, encoding_format="base64")
    vector = struct.unpack("<4f", base64.b64decode(packed["data"][0]["embedding"]))
    assert vector == pytest.approx(batch["data"][0]["embedding"])
    with pytest.raises(ContextTooLong):
        await embedded(backend, input="word " * 2049)


async def test_embeddings_that_go_wrong(backend: Ollama, double: OllamaDouble) -> None:
    for raw, kind in [(b'{"error":"server busy"}', BackendBusy), (b'{"embeddings":[]}', BackendGarbage)]:
        double.raw_answer = raw
        with pytest.raises(kind):
            await embedded(backend, input="x")


async def test_offers_say_everything_that_ollama_knows(backend: Ollama, double: OllamaDouble) -> None:
    await ask(backend)
    found = {offer.name: offer for offer in await backend.offers()}
    assert found["thinker:8b"].capabilities == {"chat", "json", "thinking", "vision"}
    assert found["vectors:1b"].capabilities == {"embeddings"}
    assert {name: offer.loaded for name, offer in found.items()} == {
        "chatty:7b": True,
        "thinker:8b": False,
        "vectors:1b": False,
        "coder:1b": False,
    }
    assert (found["chatty:7b"].context_tokens, found["chatty:7b"].backend) == (32768, "ollama")
    assert len(double.bodies("/api/show")) == 4


async def test_show_is_asked_once_for_each_digest(backend: Ollama, double: OllamaDouble) -> None:
    await backend.offers()
    await backend.offers()
    assert len(double.bodies("/api/show")) == 4
    double.models["coder:1b"].digest = "changed"
    await backend.offers()
    assert [body["model"] for body in double.bodies("/api/show")][4:] == ["coder:1b"]


async def test_a_model_that_cannot_be_described_is_still_offered(backend: Ollama, double: OllamaDouble) -> None:
    double.fail("/api/show", 500, "broken", times=4)
    double.fail("/api/ps", 404, "404 page not found")
    found = await backend.offers()
    assert [offer.capabilities for offer in found] == [None] * 4
    assert [offer.loaded for offer in found] == [None] * 4
    assert (await backend.offers())[0].capabilities is not None


async def test_an_unloaded_model_starts_afresh(backend: Ollama, double: OllamaDouble) -> None:
    long = [{"role": "user", "content": "word " * 9000}]
    await ask(backend, model(context_tokens=32768), messages=long)
    assert await backend.unload(model())
    assert double.loaded == {}
    await ask(backend, model(context_tokens=32768))
    assert double.loads == [("chatty:7b", 32768), ("chatty:7b", 8192)]


async def test_load_and_loaded(backend: Ollama, double: OllamaDouble) -> None:
    assert await backend.load(model())
    assert await backend.loaded() == [Loaded("chatty:7b", 4_683_087_332, 0, 8192)]
    assert await backend.load(model("vectors:1b", chat=False, embeddings=True))
    assert set(double.loaded) == {"chatty:7b", "vectors:1b"}
    await ask(backend)
    assert double.loads == [("chatty:7b", 8192), ("vectors:1b", 2048)]


async def test_load_tries_chat_when_generate_fails(backend: Ollama, double: OllamaDouble) -> None:
    double.fail("/api/generate", 500, "no")
    assert await backend.load(model())
    assert [path for path, _ in double.requests] == ["/api/generate", "/api/chat"]


async def test_a_failed_load_is_not_a_success(backend: Ollama, double: OllamaDouble, client: HttpClient) -> None:
    assert not await backend.load(model("missing:1b"))
    double.fail("/api/generate", 500, "out of memory")
    double.fail("/api/chat", 500, "out of memory")
    assert not await backend.load(model())
    assert not await backend.unload(model("missing:1b"))
    assert not await Ollama(BackendSpec("x", "ollama", "http://127.0.0.1:9"), client).load(model())


@pytest.mark.parametrize(
    ("status", "text", "kind"),
    [
        (503, "server busy, please try again.  maximum pending requests exceeded", BackendBusy),
        (400, "registry.ollama.ai/library/x does not support tools", CannotHonour),
        (400, "something is wrong", BackendRefused),
    ],
)
@pytest.mark.parametrize("n", [1, 2])
async def test_w03_refusals_are_errors_before_any_byte(
    backend: Ollama, double: OllamaDouble, status: int, text: str, kind: type[Exception], n: int
) -> None:
    double.fail("/api/chat", status, text)
    with pytest.raises(kind, match=text[:20]):
        await ask(backend, stream=True, n=n)


async def test_unknown_models_and_dead_servers(backend: Ollama, client: HttpClient, double: OllamaDouble) -> None:
    with pytest.raises(ModelGone):
        await ask(backend, model("missing:1b"))
    with pytest.raises(BackendUnreachable):
        await ask(Ollama(BackendSpec("x", "ollama", "http://127.0.0.1:9"), client))
    double.delay = 5
    with pytest.raises(BackendTimeout):
        await ask(Ollama(BackendSpec("x", "ollama", double.url, timeout_seconds=0.05), client))


@pytest.mark.parametrize("end", ["", "/", "/v1", "/v1/", "/api", "/api/"])
async def test_the_address_may_be_written_in_any_usual_way(double: OllamaDouble, client: HttpClient, end: str) -> None:
    backend = Ollama(BackendSpec("ollama", "ollama", double.url + end), client)
    assert backend.address == double.url
    assert len(await backend.offers()) == 4


async def test_key_headers_and_prefix(double: OllamaDouble, client: HttpClient) -> None:
    spec = BackendSpec("o", "ollama", double.url, api_key="secret", headers={"x-own": "1"}, prefix="chatty")
    await ask(Ollama(spec, client), model(":7b"))
    assert (double.headers[0]["authorization"], double.headers[0]["x-own"]) == ("Bearer secret", "1")
    assert double.bodies("/api/chat")[0]["model"] == "chatty:7b"


async def test_it_counts_nothing_and_closes(backend: Ollama) -> None:
    call = ChatCall.decode(b'{"messages":[{"role":"user","content":"x"}]}')
    assert await backend.count(call, model()) is None
    await backend.close()
