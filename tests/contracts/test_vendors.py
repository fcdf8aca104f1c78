"""What a vendor's row says is what its server gets: members renamed, left out with a note, or the call refused."""

from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
import pytest_asyncio
from tests.doubles.strange_upstream import StrangeUpstream

from smarterrouter.backends import registry
from smarterrouter.backends.base import Backend
from smarterrouter.backends.spec import BackendSpec
from smarterrouter.backends.vendors import VENDORS, changes_meaning
from smarterrouter.domain.models import Model
from smarterrouter.errors import CannotHonour
from smarterrouter.transport.client import HttpClient
from smarterrouter.wire.calls import ChatCall

pytestmark = pytest.mark.asyncio(loop_scope="module")
MODEL = Model(key="far/m", backend="far", name="m")
TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}
MEMBERS: dict[str, Any] = {
    "audio": {"voice": "a"},
    "frequency_penalty": 0.5,
    "functions": [{"name": "f"}],
    "logit_bias": {"1": 1},
    "logprobs": True,
    "max_completion_tokens": 5,
    "max_tokens": 5,
    "metadata": {"a": "b"},
    "modalities": ["text"],
    "n": 1,
    "parallel_tool_calls": False,
    "prediction": {"type": "content", "content": "x"},
    "presence_penalty": 0.5,
    "reasoning_effort": "low",
    "response_format": {"type": "json_object"},
    "seed": 7,
    "service_tier": "auto",
    "stop": ["x"],
    "store": True,
    "temperature": 0.5,
    "tool_choice": "auto",
    "tools": [TOOL],
    "top_logprobs": 2,
    "top_p": 0.5,
    "user": "me",
    "of_my_own": {"deep": [1, None]},
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client() -> AsyncIterator[HttpClient]:
    made = HttpClient()
    yield made
    await made.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def upstream() -> AsyncIterator[StrangeUpstream]:
    async with StrangeUpstream("m") as made:
        yield made


def backend(kind: str, upstream: StrangeUpstream, client: HttpClient, **more: Any) -> Backend:
    return registry.make(BackendSpec(name="far", kind=kind, url=upstream.base_url, **more), client)


def call(**members: Any) -> ChatCall:
    messages = [{"role": "user", "content": "hello"}]
    return ChatCall.decode(msgspec.json.encode({"model": "auto", "messages": messages, **members}))


@pytest.mark.parametrize("member", MEMBERS)
@pytest.mark.parametrize("kind", VENDORS)
async def test_every_member_arrives_is_renamed_is_told_or_refused(kind, member, upstream, client):
    vendor, asked = VENDORS[kind], call(**{member: MEMBERS[member]})
    far = backend(kind, upstream, client)
    if member in vendor.lacks and changes_meaning(member):
        with pytest.raises(CannotHonour) as caught:
            await far.chat(asked, MODEL)
        assert caught.value.param == member
        return
    reply = await far.chat(asked, MODEL)
    await reply.read()
    reply.close()

    sent = upstream.requests[-1].json()
    renamed = vendor.renames.get(member, member)
    assert reply.notes == ((member,) if member in vendor.lacks else ())
    expected = {} if member in vendor.lacks else {renamed: MEMBERS[member]}
    assert sent == {"model": "m", "messages": [{"role": "user", "content": "hello"}], **expected}


@pytest.mark.parametrize("kind", [kind for kind, vendor in VENDORS.items() if vendor.single_choice])
async def test_several_choices_are_refused_where_there_is_only_one(kind, upstream, client):
    with pytest.raises(CannotHonour) as caught:
        await backend(kind, upstream, client).chat(call(n=2), MODEL)

    assert caught.value.param == "n"


@pytest.mark.parametrize("kind", VENDORS)
async def test_usage_is_asked_for_in_streams_where_it_does_not_come_by_itself(kind, upstream, client):
    reply = await backend(kind, upstream, client).chat(call(stream=True), MODEL)
    async for _ in reply.chunks():
        pass
    reply.close()

    options = upstream.requests[-1].json().get("stream_options")
    assert options == (None if "stream_options" in VENDORS[kind].lacks else {"include_usage": True})
    assert reply.notes == ()


@pytest.mark.parametrize("kind", VENDORS)
async def test_key_headers_and_prefix(kind, upstream, client):
    far = backend(kind, upstream, client, api_key="secret", headers={"x-title": "tests"}, prefix="org/")
    reply = await far.chat(call(), MODEL)
    await reply.read()
    reply.close()

    request = upstream.requests[-1]
    assert request.headers["authorization"] == "Bearer secret"
    assert request.headers["x-title"] == "tests"
    assert request.headers["content-type"] == "application/json"
    assert request.path == "/v1/chat/completions"
    assert request.json()["model"] == "org/m"


@pytest.mark.parametrize("kind", [kind for kind, vendor in VENDORS.items() if vendor.url])
async def test_a_public_address_is_https_and_has_a_source(kind):
    vendor = VENDORS[kind]

    assert vendor.url.startswith("https://")
    assert not vendor.url.endswith("/")
    assert vendor.source.startswith("https://")
    assert not vendor.local
