"""Run in LiteLLM's environment: what its library gets from the gateway at the address given, as one line of JSON."""

import json
import sys

import litellm

litellm.suppress_debug_info = True
BASE = {"api_base": sys.argv[1], "api_key": "any", "max_retries": 0, "timeout": 300}
CHAT = {**BASE, "model": "openai/talker"}
HELLO = [{"role": "user", "content": "Hello, who are you?"}]
WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather of a city.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}


def chat() -> dict:
    answer = litellm.completion(**CHAT, messages=HELLO)
    choice = answer.choices[0]
    return {"text": choice.message.content, "finish": choice.finish_reason, "tokens": answer.usage.completion_tokens}


def stream() -> dict:
    options = {"stream": True, "stream_options": {"include_usage": True}}
    chunks = list(litellm.completion(**CHAT, messages=HELLO, **options))
    pieces = [chunk.choices[0].delta.content for chunk in chunks if chunk.choices and chunk.choices[0].delta.content]
    usages = [chunk.usage.completion_tokens for chunk in chunks if getattr(chunk, "usage", None)]
    whole = litellm.stream_chunk_builder(chunks, messages=HELLO).choices[0]
    return {"pieces": pieces, "tokens": usages, "text": whole.message.content, "finish": whole.finish_reason}


def tools() -> dict:
    messages = [{"role": "user", "content": "What is the weather in Paris?"}]
    first = litellm.completion(**CHAT, messages=messages, tools=[WEATHER]).choices[0]
    [call] = first.message.tool_calls
    result = {"role": "tool", "tool_call_id": call.id, "content": "Sunny."}
    last = litellm.completion(**CHAT, messages=[*messages, first.message, result], tools=[WEATHER]).choices[0]
    function = {"name": call.function.name, "arguments": json.loads(call.function.arguments)}
    return {"finish": first.finish_reason, "call": function, "text": last.message.content}


def streamed_tool() -> dict:
    asked = {"messages": HELLO, "tools": [WEATHER], "stream": True}
    whole = litellm.stream_chunk_builder(list(litellm.completion(**CHAT, **asked)), messages=HELLO).choices[0]
    [call] = whole.message.tool_calls
    return {"finish": whole.finish_reason, "name": call.function.name, "arguments": json.loads(call.function.arguments)}


def embeddings() -> dict:
    answer = litellm.embedding(**BASE, model="openai/meaning", input=["a cat", "the sea"])
    return {"lengths": [len(item["embedding"]) for item in answer.data], "tokens": answer.usage.prompt_tokens}


def text() -> dict:
    asked = {**BASE, "model": "text-completion-openai/talker"}
    return {"text": litellm.text_completion(**asked, prompt="Once", max_tokens=64).choices[0].text}


def failures() -> dict:
    """The class that LiteLLM gives to each refusal: its users catch these."""
    asked = {
        "too long": {**CHAT, "messages": [{"role": "user", "content": "word " * 5000}]},
        "unknown model": {**CHAT, "model": "openai/nobody", "messages": HELLO},
        "bad value": {**CHAT, "messages": HELLO, "temperature": -1.0},
        "no server": {**CHAT, "model": "openai/absent", "messages": HELLO},
    }
    return {name: _failure(request) for name, request in asked.items()}


def _failure(request: dict) -> str:
    try:
        litellm.completion(**request)
    except Exception as error:
        return type(error).__name__
    return "answered"


json.dump(
    {part.__name__: part() for part in (chat, stream, tools, streamed_tool, embeddings, text, failures)}, sys.stdout
)
