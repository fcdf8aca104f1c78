"""Random bodies to all POST routes: the status is one of the OpenAPI document, and errors have OpenAI's form."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.doubles.leaks import is_openai_error
from tests.doubles.plain_world import CHAT, EMBED, TEXT, PlainWorld, plain_world
from tests.doubles.strange_upstream import Act, Request, stream, whole, whole_json

from smarterrouter.api.openapi_answers import REFUSALS

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("bad_input_fuzz")]
DOCUMENTED = sorted(int(status) for status in REFUSALS)
ROUTES = st.sampled_from([CHAT, TEXT, EMBED])
some = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])

VALID: dict[str, list[dict[str, Any]]] = {
    CHAT: [
        {"model": "auto", "messages": [{"role": "user", "content": "hi"}], "temperature": 0.5, "max_tokens": 5},
        {
            "model": "strange",
            "messages": [
                {"role": "system", "content": "be brief"},
                {"role": "user", "content": [{"type": "text", "text": "hi"}]},
                {
                    "role": "assistant",
                    "content": None,
                    "tool_calls": [{"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}],
                },
                {"role": "tool", "tool_call_id": "1", "content": "2"},
            ],
            "tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}],
            "tool_choice": "auto",
            "response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": {}}},
            "stream": True,
            "stream_options": {"include_usage": True},
            "logit_bias": {"1": 1.5},
            "stop": ["a"],
            "n": 1,
        },
    ],
    TEXT: [{"model": "auto", "prompt": ["a", "b"], "logprobs": 2, "echo": True}, {"prompt": [1, 2], "stream": True}],
    EMBED: [
        {"model": "strange", "input": ["a", "b"], "dimensions": 8, "encoding_format": "base64"},
        {"input": [[1, 2]]},
    ],
}

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
)


@st.composite
def mutated(draw: st.DrawFn, route: str) -> bytes:
    """A valid body with one value replaced, removed or added somewhere, or with bytes cut out or put in."""
    body = json.loads(json.dumps(draw(st.sampled_from(VALID[route]))))
    node: Any = body
    while isinstance(node, dict | list) and node:
        key = draw(st.sampled_from(list(node) if isinstance(node, dict) else list(range(len(node)))))
        if not isinstance(node[key], dict | list) or not node[key] or draw(st.booleans()):
            node[key] = draw(values)
            break
        node = node[key]
    encoded = json.dumps(body).encode()
    if draw(st.booleans()):
        at = draw(st.integers(0, len(encoded)))
        encoded = encoded[:at] + draw(st.binary(max_size=4)) + encoded[at + draw(st.integers(0, 4)) :]
    return encoded


def answer(request: Request) -> Act:
    """A backend that takes anything."""
    if request.path.endswith("/embeddings"):
        return whole_json({"object": "list", "data": [], "model": "strange", "usage": {"prompt_tokens": 1}})
    return stream("Fine.") if request.json().get("stream") else whole("Fine.")


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def world() -> AsyncIterator[PlainWorld]:
    async with plain_world() as world:
        world.upstream.always = answer
        yield world


async def asked(world: PlainWorld, route: str, body: bytes) -> None:
    found = await world.post(body, path=route)
    if found.status == 200:
        assert found.body
        assert b'"error"' not in found.body
    else:
        is_openai_error(found, *DOCUMENTED)


@some
@given(route=ROUTES, body=st.binary(max_size=200))
async def test_random_bytes(world: PlainWorld, route: str, body: bytes) -> None:
    await asked(world, route, body)


@some
@given(route=ROUTES, value=values)
async def test_random_json(world: PlainWorld, route: str, value: Any) -> None:
    await asked(world, route, json.dumps(value).encode())


@some
@given(found=ROUTES.flatmap(lambda route: st.tuples(st.just(route), mutated(route))))
async def test_valid_bodies_with_a_fault(world: PlainWorld, found: tuple[str, bytes]) -> None:
    await asked(world, *found)


@some
@given(name=st.text(max_size=40))
async def test_any_text_as_the_name_of_a_model(world: PlainWorld, name: str) -> None:
    body = json.dumps({"model": name, "messages": [{"role": "user", "content": "hi"}]}).encode()
    await asked(world, CHAT, body)


async def test_nothing_of_it_stays(world: PlainWorld) -> None:
    await world.gateway.settle()
    rows = await world.gateway.rows()
    assert not [row for row in rows if row["status"] == 500]
    assert world.gateway.upstreams() == 0
