"""The double speaks as the real `ollama` Python client expects."""

from collections.abc import AsyncIterator

import ollama
import pytest
from tests.doubles.ollama_double import DoubleModel, OllamaDouble
from tests.doubles.weather import WEATHER

ASK = [{"role": "user", "content": "How is the weather in Tokyo"}]


@pytest.fixture
async def double() -> AsyncIterator[OllamaDouble]:
    models = [
        DoubleModel("chatty:7b"),
        DoubleModel("thinker", capabilities=("completion", "thinking")),
        DoubleModel("vectors", capabilities=("embedding",)),
    ]
    async with OllamaDouble(models) as running:
        yield running


@pytest.fixture
async def client(double: OllamaDouble) -> AsyncIterator[ollama.AsyncClient]:
    asking = ollama.AsyncClient(host=double.url)
    yield asking
    await asking._client.aclose()


async def test_chat_and_stream(client: ollama.AsyncClient) -> None:
    whole = await client.chat("chatty:7b", ASK)
    assert whole.message.content == "This is the double speaking."
    assert (whole.done_reason, whole.prompt_eval_count, whole.eval_count) == ("stop", 6, 5)
    parts = [part async for part in await client.chat("chatty:7b", ASK, stream=True)]
    assert "".join(part.message.content or "" for part in parts) == whole.message.content
    assert [part.done for part in parts] == [False] * 5 + [True]


async def test_tools_round_trip(client: ollama.AsyncClient) -> None:
    first = await client.chat("chatty:7b", ASK, tools=[WEATHER])
    assert first.message.tool_calls is not None
    assert dict(first.message.tool_calls[0].function.arguments) == {"city": "Tokyo"}
    history = [*ASK, first.message, {"role": "tool", "content": "rain", "tool_name": "get_weather"}]
    second = await client.chat("chatty:7b", history, tools=[WEATHER])
    assert second.message.content == "This is the double speaking."


async def test_embed_show_list_ps_pull_delete(client: ollama.AsyncClient, double: OllamaDouble) -> None:
    answer = await client.embed("vectors", ["one", "two"])
    assert [len(vector) for vector in answer.embeddings] == [8, 8]
    assert sum(x * x for x in answer.embeddings[0]) == pytest.approx(1)
    shown = await client.show("chatty:7b")
    assert shown.modelinfo is not None
    assert shown.modelinfo["qwen2.context_length"] == 32768
    assert [model.model for model in (await client.ps()).models] == ["vectors:latest"]
    statuses = [part.status async for part in await client.pull("fresh", stream=True)]
    assert statuses[0] == "pulling manifest"
    assert statuses[-1] == "success"
    await client.delete("chatty:7b")
    assert [model.model for model in (await client.list()).models] == [
        "thinker:latest",
        "vectors:latest",
        "fresh:latest",
    ]
    assert double.requests[0][0] == "/api/embed"


async def test_thinking_formats_stop_and_length(client: ollama.AsyncClient) -> None:
    assert (await client.chat("thinker", ASK, think=True)).message.thinking == "Let me think."
    assert (await client.chat("thinker", ASK, think=False)).message.thinking is None
    assert (
        await client.chat("chatty:7b", ASK, format="json")
    ).message.content == '{"answer": "This is the double speaking."}'
    schema = {"type": "object", "properties": {"count": {"type": "integer"}}}
    assert (await client.chat("chatty:7b", ASK, format=schema)).message.content == '{"count": 1}'
    assert (await client.chat("chatty:7b", ASK, options={"stop": [" double"]})).message.content == "This is the"
    short = await client.generate("chatty:7b", "Once", options={"num_predict": 2})
    assert (short.response, short.done_reason) == ("This is", "length")


async def test_load_unload_and_keep_alive(client: ollama.AsyncClient, double: OllamaDouble) -> None:
    assert (await client.generate("chatty:7b", "")).done_reason == "load"
    assert double.loaded == {"chatty:7b": 4096}
    await client.chat("chatty:7b", ASK, options={"num_ctx": 8192})
    assert double.loads == [("chatty:7b", 4096), ("chatty:7b", 8192)]
    assert (await client.generate("chatty:7b", "", keep_alive=0)).done_reason == "unload"
    assert double.loaded == {}


async def test_a_prompt_too_long_is_cut_unless_forbidden(client: ollama.AsyncClient, double: OllamaDouble) -> None:
    long = [{"role": "user", "content": "word " * 101}]
    assert (await client.chat("chatty:7b", long, options={"num_ctx": 100})).prompt_eval_count == 100
    assert double.cuts == 1
    answer = await client._client.post(
        "/api/chat",
        json={"model": "chatty:7b", "messages": long, "options": {"num_ctx": 100}, "truncate": False},
    )
    assert (answer.status_code, answer.json()) == (400, {"error": "the input length exceeds the context length"})


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"options": {"temperature": "hot"}}, 'option "temperature" must be of type float32'),
        ({"options": {"num_predict": "5"}}, 'option "num_predict" must be of type integer'),
        ({"options": {"stop": "x"}}, 'option "stop" must be of type array'),
        ({"keep_alive": "soon"}, 'time: invalid duration "soon"'),
        ({"think": True}, '"chatty:7b" does not support thinking'),
        ({"messages": [{"role": "user", "content": [{"type": "text", "text": "x"}]}]}, "cannot unmarshal array"),
        ({"messages": [{"role": "user", "content": "x", "images": ["data:image/png;base64,AA=="]}]}, "illegal base64"),
    ],
)
async def test_wrong_shapes_are_refused(client: ollama.AsyncClient, changes: dict[str, object], text: str) -> None:
    answer = await client._client.post("/api/chat", json={"model": "chatty:7b", "messages": ASK, **changes})
    assert answer.status_code == 400
    assert text in answer.json()["error"]


async def test_errors_of_the_server(client: ollama.AsyncClient, double: OllamaDouble) -> None:
    with pytest.raises(ollama.ResponseError, match="model 'nobody' not found"):
        await client.chat("nobody", ASK)
    double.fail("/api/chat", 503, "server busy, please try again.  maximum pending requests exceeded")
    with pytest.raises(ollama.ResponseError, match="server busy"):
        await client.chat("chatty:7b", ASK)
    double.error_after = 2
    with pytest.raises(ollama.ResponseError, match="an error was encountered"):
        [part async for part in await client.chat("chatty:7b", ASK, stream=True)]
