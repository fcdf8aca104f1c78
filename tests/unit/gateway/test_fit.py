import json
import logging

import pytest
from tests.doubles.in_process import ScriptedBackend, model

from smarterrouter.errors import BackendTimeout, ContextTooLong
from smarterrouter.gateway.fit import Fit
from smarterrouter.wire import tokens
from smarterrouter.wire.calls import ChatCall, CompletionCall

FIT = Fit(0.1)
LONG = "The quick brown fox jumps over the lazy dog. " * 200


def chat(text, **members):
    return ChatCall.decode(json.dumps({"messages": [{"role": "user", "content": text}], **members}).encode())


def text(prompt):
    return CompletionCall.decode(json.dumps({"prompt": prompt}).encode())


async def check(call, limit, counts=None):
    """How often the backend was asked to count."""
    backend = ScriptedBackend()
    backend.counts = counts
    asked = []
    count = backend.count

    async def counting(*arguments):
        asked.append(arguments)
        return await count(*arguments)

    backend.count = counting
    await FIT.check(call, backend, model("one/a", context_tokens=limit))
    return len(asked)


async def test_an_unknown_context_is_no_limit():
    assert await check(chat(LONG), None) == 0


async def test_what_surely_fits_is_not_counted():
    assert await check(chat("hi"), 1024) == 0
    assert await check(text("hi"), 128) == 0


@pytest.mark.parametrize("call", [chat(LONG), text(LONG)])
async def test_an_exact_count_decides_to_the_token(call):
    assert await check(call, 4096, counts=4095) == 1
    with pytest.raises(ContextTooLong, match="maximum context length is 4096 tokens, but the prompt has 4096"):
        await check(call, 4096, counts=4096)


async def test_without_a_tokenizer_the_estimate_and_a_margin_decide():
    call = chat(LONG)
    taken = int(tokens.estimate(call) * 1.1)
    assert await check(call, taken + 1) == 1
    with pytest.raises(ContextTooLong) as caught:
        await check(call, taken)
    assert (caught.value.status, caught.value.param) == (400, "messages")


async def test_a_tokenizer_that_fails_costs_no_request(caplog):
    with caplog.at_level(logging.DEBUG, "smarterrouter.gateway.fit"):
        assert await check(chat(LONG), 8192, counts=BackendTimeout("too slow")) == 1
    assert "one could not count a prompt: too slow" in caplog.text


@pytest.mark.parametrize(
    ("prompt", "size"), [([7] * 500, 500), ([[7] * 500, [7]], 500), ([[7], [7] * 500], 500), ([[]], 0)]
)
async def test_token_ids_are_their_own_count(prompt, size):
    assert await check(text(prompt), size + 65) == 0
    if size:
        assert await check(text(prompt), int(size * 1.1) + 1) == 1
        with pytest.raises(ContextTooLong):
            await check(text(prompt), int(size * 1.1))


async def test_each_of_several_prompts_is_a_request_of_its_own():
    assert await check(text(["a" * 300, "b" * 300]), 365) == 0


async def test_an_image_by_address_is_not_as_short_as_its_address():
    image = [{"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}]
    assert await check(chat(image), 4096, counts=100) == 1


async def test_offered_tools_count():
    tool = {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}
    assert await check(chat("hi", tools=[tool]), 1024, counts=100) == 1
