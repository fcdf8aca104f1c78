"""The real OpenAI client through the gateway to real models: lists, chats, streams, JSON, vectors, texts."""

import asyncio
import base64
import json
import struct
from collections.abc import AsyncIterator

import openai
import pytest
import pytest_asyncio
from tests.doubles.tiny_models import SCRIPT
from tests.journeys.conftest import EMBEDDER, SEEING, SMALL, World

from smarterrouter.wire import sse

pytestmark = pytest.mark.asyncio(loop_scope="module")
SAID = "".join(SCRIPT)
HELLO = [{"role": "user", "content": "Hello, who are you?"}]
SCHEMA = {
    "type": "object",
    "properties": {"ok": {"type": "boolean"}},
    "required": ["ok"],
    "additionalProperties": False,
}
JSON_SCHEMA = {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": SCHEMA}}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(world: World) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(base_url=world.gateway.base_url, api_key="any", max_retries=0) as made:
        yield made


async def test_the_list_begins_with_the_router_and_names_aliases_and_every_model(client):
    names = [model.id async for model in client.models.list()]

    assert names[:3] == ["smarterrouter/main", "fast", "eyes"]
    assert set(names[3:]) == {"alpha", "beta", SMALL, SEEING, EMBEDDER}


@pytest.mark.parametrize("name", ["smarterrouter/main", "fast", "alpha", "one/alpha", "three/" + SMALL])
async def test_every_name_of_a_model_can_be_looked_up(client, name):
    found = await client.models.retrieve(name)

    assert found.object == "model"
    assert isinstance(found.created, int)


async def test_an_unknown_name_cannot_be_looked_up(client):
    with pytest.raises(openai.NotFoundError) as caught:
        await client.models.retrieve("gpt-17")

    assert caught.value.code == "model_not_found"


@pytest.mark.parametrize(
    ("name", "answers"),
    [
        ("alpha", "one/alpha"),
        ("one/alpha", "one/alpha"),
        ("fast", "one/alpha"),
        (SMALL, f"three/{SMALL}"),
        (f"three/{SMALL}", f"three/{SMALL}"),
    ],
)
async def test_w24_the_model_in_the_body_answers_whatever_routing_would_choose(client, name, answers):
    raw = await client.chat.completions.with_raw_response.create(model=name, messages=HELLO)

    assert raw.headers["x-smarterrouter-model"] == answers
    assert raw.parse().choices[0].finish_reason == "stop"


@pytest.mark.parametrize("name", ["auto", "smarterrouter/main"])
async def test_the_router_chooses_a_chat_model(client, name):
    raw = await client.chat.completions.with_raw_response.create(model=name, messages=HELLO)

    answer = raw.parse()
    assert raw.headers["x-smarterrouter-model"] in {"one/alpha", f"three/{SMALL}", f"three/{SEEING}"}
    assert answer.object == "chat.completion"
    assert answer.choices[0].message.content
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens > 0


async def test_no_model_means_auto(world):
    answer = await world.gateway.post("/v1/chat/completions", {"messages": HELLO})

    assert answer.status == 200
    assert answer.json()["choices"][0]["message"]["content"]


async def test_the_query_names_the_model_exactly_and_beats_the_body(client, world):
    extra = {"extra_query": {"model": SMALL}}
    raw = await client.chat.completions.with_raw_response.create(model="alpha", messages=HELLO, **extra)
    assert raw.headers["x-smarterrouter-model"] == f"three/{SMALL}"

    with pytest.raises(openai.NotFoundError):
        await client.chat.completions.create(model="alpha", messages=HELLO, extra_query={"model": "l"})


async def test_an_unknown_model_is_404_in_openais_form_and_names_what_is_near(client):
    with pytest.raises(openai.NotFoundError) as caught:
        await client.chat.completions.create(model="alpah", messages=HELLO)

    assert caught.value.code == "model_not_found"
    assert caught.value.param == "model"
    assert caught.value.type == "invalid_request_error"
    assert "alpha" in caught.value.message


@pytest.mark.parametrize(("name", "said"), [("alpha", SAID), (SMALL, "This is the double speaking.")])
async def test_a_stream_says_what_the_plain_answer_says(client, name, said):
    plain = await client.chat.completions.create(model=name, messages=HELLO)
    stream = await client.chat.completions.create(model=name, messages=HELLO, stream=True)
    chunks = [chunk async for chunk in stream]

    assert plain.choices[0].message.content == said
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == said
    assert chunks[0].choices[0].delta.role == "assistant"
    assert [c.choices[0].finish_reason for c in chunks if c.choices[0].finish_reason] == ["stop"]
    assert len({chunk.id for chunk in chunks}) == 1


@pytest.mark.parametrize("asks", [True, False])
@pytest.mark.parametrize("name", ["alpha", SMALL])
async def test_the_bytes_of_a_stream_are_what_openai_promises(world, name, asks):
    options = {"stream_options": {"include_usage": True}} if asks else {}
    answer = await world.gateway.post(
        "/v1/chat/completions", {"model": name, "messages": HELLO, "stream": True, **options}
    )

    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.body.endswith(sse.DONE)
    assert answer.body.count(b"[DONE]") == 1
    chunks = [json.loads(payload) for payload in sse.events(answer.body)[:-1]]
    assert chunks[0]["choices"][0]["delta"]["role"] == "assistant"
    reasons = [choice["finish_reason"] for chunk in chunks for choice in chunk["choices"] if choice["finish_reason"]]
    assert reasons == ["stop"]
    usages = [chunk["usage"] for chunk in chunks if not chunk["choices"]]
    assert len(usages) == asks
    assert all(usage["completion_tokens"] > 0 for usage in usages)
    assert not asks or chunks[-1]["choices"] == []


async def test_a_real_length_stop_is_told(client):
    plain = await client.chat.completions.create(model="alpha", messages=HELLO, max_tokens=2)
    stream = await client.chat.completions.create(model="alpha", messages=HELLO, max_tokens=2, stream=True)
    reasons = [chunk.choices[0].finish_reason async for chunk in stream]

    assert plain.choices[0].finish_reason == "length"
    assert [reason for reason in reasons if reason] == ["length"]


async def test_the_synchronous_client_works_too(world):
    def ask() -> tuple[str, str, int]:
        with openai.OpenAI(base_url=world.gateway.base_url, api_key="any", max_retries=0) as sync:
            plain = sync.chat.completions.create(model="alpha", messages=HELLO)
            with sync.chat.completions.create(model="alpha", messages=HELLO, stream=True) as stream:
                streamed = "".join(chunk.choices[0].delta.content or "" for chunk in stream)
            return plain.choices[0].message.content or "", streamed, len(list(sync.models.list()))

    assert await asyncio.to_thread(ask) == (SAID, SAID, 8)


@pytest.mark.parametrize("name", ["alpha", SMALL, "auto"])
async def test_a_json_schema_reaches_the_model(client, name):
    answer = await client.chat.completions.create(
        model=name, messages=HELLO, response_format=JSON_SCHEMA, max_tokens=400, temperature=0
    )

    found = json.loads(answer.choices[0].message.content)
    assert list(found) == ["ok"]


async def test_a_json_schema_becomes_ollamas_format(client, world):
    await client.chat.completions.create(model=SMALL, messages=HELLO, response_format=JSON_SCHEMA)

    assert world.ollama.bodies("/api/chat")[-1]["format"] == SCHEMA


@pytest.mark.parametrize("name", ["beta", EMBEDDER, "auto"])
async def test_several_texts_become_as_many_vectors_in_order(client, name):
    both = await client.embeddings.create(model=name, input=["a cat", "the sea"], encoding_format="float")
    second = await client.embeddings.create(model=name, input="the sea", encoding_format="float")

    assert [item.index for item in both.data] == [0, 1]
    assert both.data[1].embedding == pytest.approx(second.data[0].embedding, abs=1e-4)
    assert both.data[0].embedding != pytest.approx(second.data[0].embedding, abs=1e-4)
    assert both.usage.prompt_tokens > 0


@pytest.mark.parametrize("name", ["beta", EMBEDDER])
async def test_base64_vectors_are_the_same_numbers(world, name):
    body = {"model": name, "input": "a cat"}
    plain = (await world.gateway.post("/v1/embeddings", body)).json()["data"][0]["embedding"]
    encoded = await world.gateway.post("/v1/embeddings", {**body, "encoding_format": "base64"})

    data = base64.b64decode(encoded.json()["data"][0]["embedding"])
    assert struct.unpack(f"<{len(data) // 4}f", data) == pytest.approx(plain, abs=1e-4)


async def test_shorter_vectors_where_the_model_makes_them(client):
    answer = await client.embeddings.create(model=EMBEDDER, input="a cat", dimensions=4)

    assert len(answer.data[0].embedding) == 4


async def test_a_backend_that_ignores_the_wished_length_is_found_out(client):
    with pytest.raises(openai.BadRequestError) as caught:
        await client.embeddings.create(model="beta", input="a cat", dimensions=4)

    assert caught.value.param == "dimensions"


async def test_a_length_that_is_the_models_own_is_no_problem(client):
    native = len((await client.embeddings.create(model="beta", input="a cat")).data[0].embedding)
    for encoding in ("float", "base64"):
        answer = await client.embeddings.create(
            model="beta", input="a cat", dimensions=native, encoding_format=encoding
        )
        assert answer.data


@pytest.mark.parametrize(("name", "said"), [("alpha", SAID), (SMALL, "This is the double speaking.")])
async def test_legacy_completions(client, name, said):
    plain = await client.completions.create(model=name, prompt="Once upon a time", max_tokens=32)
    stream = await client.completions.create(
        model=name, prompt="Once", max_tokens=32, stream=True, stream_options={"include_usage": True}
    )
    chunks = [chunk async for chunk in stream]

    assert plain.object == "text_completion"
    assert plain.choices[0].text == said
    assert "".join(choice.text for chunk in chunks for choice in chunk.choices) == said
    assert not chunks[-1].choices
    assert chunks[-1].usage.completion_tokens > 0
    assert {chunk.object for chunk in chunks} == {"text_completion"}
    assert len({chunk.id for chunk in chunks}) == 1


async def test_a_chat_model_is_asked_for_no_vectors_by_auto(client):
    raw = await client.embeddings.with_raw_response.create(model="auto", input="a cat")

    assert raw.headers["x-smarterrouter-model"] in {"two/beta", f"three/{EMBEDDER}"}


async def test_nothing_is_left_over(world, client):
    await client.close()
    await world.gateway.settle()
    assert await world.chat.busy() == 0
    assert world.ollama.active == 0
