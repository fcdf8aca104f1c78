"""Run in LangChain's environment: what it gets from the gateway at the address given, as one line of JSON."""

import json
import sys

from langchain_core.messages import HumanMessage, ToolMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI, OpenAIEmbeddings

BASE = {"base_url": sys.argv[1], "api_key": "any", "max_retries": 0}
MODEL = ChatOpenAI(**BASE, model="talker", stream_usage=True)
SCHEMA = {
    "title": "answer",
    "description": "Is it so?",
    "type": "object",
    "properties": {"ok": {"type": "boolean"}},
    "required": ["ok"],
    "additionalProperties": False,
}


@tool
def get_weather(city: str) -> str:
    """The weather of a city."""
    return f"Sunny in {city}."


def chat() -> dict:
    answer = MODEL.invoke("Hello, who are you?")
    return {
        "text": answer.content,
        "finish": answer.response_metadata["finish_reason"],
        "tokens": answer.usage_metadata["output_tokens"],
    }


def stream() -> dict:
    chunks = list(MODEL.stream("Hello, who are you?"))
    whole = sum(chunks[1:], chunks[0])
    return {
        "pieces": [chunk.content for chunk in chunks if chunk.content],
        "finish": whole.response_metadata["finish_reason"],
        "tokens": whole.usage_metadata["output_tokens"],
    }


def batch() -> list:
    return [answer.content for answer in MODEL.batch(["One.", "Two.", "Three."])]


def tools() -> dict:
    asked = HumanMessage("What is the weather in Paris?")
    model = MODEL.bind_tools([get_weather])
    first = model.invoke([asked])
    [call] = first.tool_calls
    result = get_weather.invoke(call)
    assert isinstance(result, ToolMessage)
    last = model.invoke([asked, first, result])
    return {"name": call["name"], "arguments": call["args"], "result": result.content, "text": last.content}


def streamed_tool() -> dict:
    chunks = list(MODEL.bind_tools([get_weather]).stream("What is the weather in Paris?"))
    [call] = sum(chunks[1:], chunks[0]).tool_calls
    return {"name": call["name"], "arguments": call["args"]}


def structured() -> dict:
    return MODEL.with_structured_output(SCHEMA, method="json_schema").invoke("Is it so?")


def embeddings() -> dict:
    maker = OpenAIEmbeddings(**BASE, model="meaning", check_embedding_ctx_length=False)
    first, second = maker.embed_documents(["a cat", "the sea"])
    again = maker.embed_query("the sea")
    return {"lengths": [len(first), len(second)], "far": distance(first, second), "near": distance(second, again)}


def distance(one: list, other: list) -> float:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5


PARTS = (chat, stream, batch, tools, streamed_tool, structured, embeddings)
json.dump({part.__name__: part() for part in PARTS}, sys.stdout)
