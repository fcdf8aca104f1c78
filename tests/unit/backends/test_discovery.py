import asyncio

import pytest
from tests.doubles.ollama_double import OllamaDouble
from tests.doubles.strange_upstream import HOLD, Act, StrangeUpstream, whole_json
from tests.doubles.tiny_models import TinyServer

from smarterrouter.backends import discovery
from smarterrouter.backends.discovery import USUAL, Place, look
from smarterrouter.backends.spec import BackendSpec


def listing(upstream, answer):
    upstream._list = lambda: answer if isinstance(answer, Act) else whole_json(answer)


def owned(*owners):
    return {"object": "list", "data": [{"id": "m", "owned_by": owner} for owner in owners]}


async def found(client, upstream, usual, answer):
    listing(upstream, answer)
    return await look(client, (Place(usual, upstream.url, usual),))


def test_the_usual_ports_are_looked_at():
    assert {place.usual: place.origin.rpartition(":")[2] for place in USUAL} == {
        "ollama": "11434",
        "llama.cpp": "8080",
        "lmstudio": "1234",
        "vllm": "8000",
    }
    assert all(place.origin.startswith("http://127.0.0.1:") for place in USUAL)


async def test_real_servers_are_known_at_their_usual_ports(client):
    async with TinyServer() as server, OllamaDouble() as ollama:
        specs = await look(client, (Place("ollama", ollama.url, "ollama"), Place("llama.cpp", server.url, "llama.cpp")))
    assert specs == [
        BackendSpec("ollama", "ollama", ollama.url),
        BackendSpec("llama.cpp", "llama.cpp", server.url),
    ]


@pytest.mark.parametrize(
    ("usual", "owners", "kind", "path"),
    [
        ("llama.cpp", ["llamacpp"], "llama.cpp", ""),
        ("llama.cpp", ["llama-swap"], "llama.cpp", ""),
        ("vllm", ["vllm"], "vllm", "/v1"),
        ("lmstudio", ["organization_owner"], "lmstudio", "/v1"),
        ("lmstudio", [], "lmstudio", "/v1"),
        ("vllm", [], "vllm", "/v1"),
    ],
)
async def test_a_server_at_its_usual_port_has_its_usual_name(client, usual, owners, kind, path):
    async with StrangeUpstream() as upstream:
        specs = await found(client, upstream, usual, owned(*owners))
        assert specs == [BackendSpec(usual, kind, upstream.url + path)]


@pytest.mark.parametrize(
    ("usual", "owners", "kind", "path"),
    [
        ("vllm", ["llamacpp"], "llama.cpp", ""),
        ("llama.cpp", ["vllm"], "vllm", "/v1"),
        ("vllm", ["sglang"], "sglang", "/v1"),
        ("vllm", ["somebody"], "compatible", "/v1"),
        ("llama.cpp", [["odd"], {"x": 1}, None, 5], "compatible", "/v1"),
    ],
)
async def test_a_server_at_the_port_of_another_is_named_after_both(client, usual, owners, kind, path):
    async with StrangeUpstream() as upstream:
        (spec,) = await found(client, upstream, usual, owned(*owners))
        assert spec == BackendSpec(f"{kind}-{upstream.port}", kind, upstream.url + path)


async def test_two_servers_of_one_kind_are_two_backends(client):
    async with StrangeUpstream() as one, StrangeUpstream() as two:
        for upstream in (one, two):
            listing(upstream, owned("llamacpp"))
        places = (Place("llama.cpp", one.url, "llama.cpp"), Place("vllm", two.url, "vllm"))
        specs = await look(client, places)
        assert len({spec.name for spec in specs}) == 2
        alone = await look(client, places[1:])
        assert alone == specs[1:], "a name does not depend on who else is there"


@pytest.mark.parametrize(
    "answer",
    [
        {"object": "list"},
        {"data": []},
        {"object": "list", "data": {}},
        [],
        "hello",
        Act(404),
        Act(steps=(b"<html>",), kind="text/html"),
    ],
)
@pytest.mark.parametrize("usual", ["llama.cpp", "ollama"])
async def test_somebody_else_at_a_port_is_no_backend(client, usual, answer):
    async with StrangeUpstream() as upstream:
        assert await found(client, upstream, usual, answer) == []


async def test_nobody_there_is_no_error(client):
    async with StrangeUpstream() as upstream:
        place = Place("vllm", upstream.url, "vllm")
    assert await look(client, (place,)) == []


async def test_a_silent_port_does_not_hide_the_others(client, monkeypatch):
    monkeypatch.setattr(discovery, "SECONDS", 0.1)
    async with StrangeUpstream() as silent, StrangeUpstream() as good:
        listing(silent, Act(before=(HOLD,)))
        listing(good, owned("vllm"))
        places = (Place("llama.cpp", silent.url, "llama.cpp"), Place("vllm", good.url, "vllm"))
        async with asyncio.timeout(30):
            assert [spec.name for spec in await look(client, places)] == ["vllm"]
