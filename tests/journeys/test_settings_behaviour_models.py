"""Settings of discovery and routing: a test changes each and observes what it does."""

import asyncio
import json
from typing import Any

import pytest
from tests.doubles.behaviours import CHAT, Served, observes, served
from tests.doubles.gateway import ADMIN_KEY, InProcessGateway, backends_yaml, until
from tests.doubles.leaks import is_openai_error
from tests.doubles.raw_upstream import RawUpstream
from tests.doubles.strange_upstream import StrangeUpstream, status

from smarterrouter.backends import discovery
from smarterrouter.backends.discovery import Place
from smarterrouter.wire import tokens
from smarterrouter.wire.calls import ChatCall

AUTHORIZED = {"Authorization": f"Bearer {ADMIN_KEY}"}
IMAGE = [{"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}]
HARD = (
    "Design a distributed, fault-tolerant rate limiter in Rust: prove that no interleaving of two nodes can exceed the "
    "limit, implement the consensus step with Raft, and analyse its worst-case latency under network partitions."
)


async def explained(world: Served, prompt: str = HARD) -> Any:
    """The report about a prompt."""
    return (await world.gateway.get(f"/admin/explain?prompt={prompt}", AUTHORIZED)).json()


@observes("DISCOVERY_ENABLED", "OFFLINE")
@pytest.mark.parametrize(
    ("settings", "looks"),
    [
        ({"ROUTER_DISCOVERY_ENABLED": "true", "ROUTER_OFFLINE": "false"}, True),
        ({"ROUTER_DISCOVERY_ENABLED": "false", "ROUTER_OFFLINE": "false"}, False),
        ({"ROUTER_DISCOVERY_ENABLED": "true", "ROUTER_OFFLINE": "true"}, False),
    ],
)
async def test_looking_at_the_usual_ports(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], *, looks: bool
) -> None:
    async with RawUpstream() as neighbour:
        place = Place("neighbour", neighbour.base_url.removesuffix("/v1"), "lmstudio")
        monkeypatch.setattr(discovery.look, "__defaults__", ((place,),))
        async with InProcessGateway(**settings) as gateway:
            assert bool(neighbour.connections) is looks
            names = [item["id"] for item in (await gateway.get("/v1/models")).json()["data"]]
            assert ("raw" in names) is looks


@observes("OFFLINE")
async def test_offline_configured_backends_are_asked_all_the_same() -> None:
    async with served(OFFLINE="true") as world:
        assert (await world.chat()).status == 200


@observes("MODEL_POLLING_INTERVAL", "POLLING_INTERVAL")
@pytest.mark.parametrize("name", ["MODEL_POLLING_INTERVAL", "POLLING_INTERVAL"])
async def test_new_models_are_found_while_running(name: str) -> None:
    async with served(**{name: "0.05"}) as world:
        world.upstream.models = ("strange", "newcomer")

        async def listed() -> bool:
            return "newcomer" in await world.models()

        await until(listed)


@observes("MODEL_POLLING_ENABLED", "MODEL_POLLING_INTERVAL")
@pytest.mark.parametrize("settings", [{"MODEL_POLLING_ENABLED": "false", "MODEL_POLLING_INTERVAL": "0.05"}, {}])
async def test_nobody_looks_unasked(settings: dict[str, str]) -> None:
    async with served(**settings) as world:
        world.upstream.models = ("strange", "newcomer")
        await asyncio.sleep(0.3)
        assert "newcomer" not in await world.models()
        await world.gateway.post("/admin/models/refresh", {}, AUTHORIZED)
        assert "newcomer" in await world.models()


@observes("MODEL_CLEANUP_ENABLED")
@pytest.mark.parametrize("cleans", [True, False])
async def test_models_that_are_gone(*, cleans: bool) -> None:
    async with served("stays", "leaves", MODEL_CLEANUP_ENABLED=str(cleans)) as world:
        world.upstream.models = ("stays",)
        await world.gateway.look_again()
        assert ("leaves" in await world.models()) is not cleans


@observes("MODEL_FILTER_INCLUDE", "MODEL_FILTER_EXCLUDE")
@pytest.mark.parametrize(
    ("settings", "kept"),
    [
        ({}, {"llama:8b", "llama:70b", "qwen:8b"}),
        ({"MODEL_FILTER_INCLUDE": "LLAMA*"}, {"llama:8b", "llama:70b"}),
        ({"MODEL_FILTER_EXCLUDE": '["*:70b", "qwen:*"]'}, {"llama:8b"}),
        ({"MODEL_FILTER_INCLUDE": "llama*", "MODEL_FILTER_EXCLUDE": "*8b"}, {"llama:70b"}),
    ],
)
async def test_w10_which_models_are_wanted(settings: dict[str, str], kept: set[str]) -> None:
    async with served("llama:8b", "llama:70b", "qwen:8b", **settings) as world:
        assert set(await world.models()) == {"smarterrouter/main", *kept}


@observes("MODALITY_CUSTOM_PATTERNS")
async def test_what_models_can_do_by_their_names() -> None:
    async with served() as world:
        is_openai_error(await world.chat(model="auto", messages=[{"role": "user", "content": IMAGE}]), 400)
    async with served(MODALITY_CUSTOM_PATTERNS=json.dumps({"vision": ["stra*"]})) as world:
        assert (await world.chat(model="auto", messages=[{"role": "user", "content": IMAGE}])).status == 200


@observes("EXTERNAL_MODEL_NAME")
async def test_w10_the_name_of_the_router() -> None:
    async with served(EXTERNAL_MODEL_NAME="acme/best") as world:
        assert (await world.models())[0] == "acme/best"
        assert (await world.chat(model="acme/best")).status == 200
        is_openai_error(await world.chat(model="smarterrouter/main"), 404)


@observes("MODELS_LIST")
async def test_a_list_of_the_router_alone() -> None:
    async with served(MODELS_LIST="router") as world:
        assert await world.models() == ["smarterrouter/main"]
        assert (await world.chat(model="strange")).status == 200


@observes("QUALITY_PREFERENCE")
@pytest.mark.parametrize(("preference", "best"), [("0", "qwen2.5:14b"), ("1", "qwen2.5:72b")])
async def test_speed_or_quality(preference: str, best: str) -> None:
    async with served("qwen2.5:14b", "qwen2.5:72b", QUALITY_PREFERENCE=preference) as world:
        assert (await explained(world))["selected_model"] == f"one/{best}"
        await world.chat(HARD, model="auto")
        assert world.upstream.requests[-1].json()["model"] == best


@observes("PREFER_SMALLER_MODELS", "PREFER_NEWER_MODELS")
@pytest.mark.parametrize(
    ("name", "signal"), [("PREFER_SMALLER_MODELS", "smaller"), ("PREFER_NEWER_MODELS", "freshness")]
)
async def test_small_and_new_models_are_preferred(name: str, signal: str) -> None:
    found = []
    for switch in ("true", "false"):
        async with served("qwen2.5:3b", "qwen2.5:32b", **{name: switch}) as world:
            lines = (await explained(world, "hi"))["candidates"]
            found.append([line["signals"].get(signal, 0.0) for line in lines])
    assert any(found[0])
    assert not any(found[1])


@observes("CASCADING_ENABLED")
@pytest.mark.parametrize(("cascades", "status_"), [(True, 200), (False, 503)])
async def test_the_next_best_is_asked(*, cascades: bool, status_: int) -> None:
    async with StrangeUpstream("qwen2.5:7b") as first, StrangeUpstream("qwen2.5:8b") as second:
        first.always = status(503)
        config = backends_yaml(("a", "compatible", first.base_url), ("b", "compatible", second.base_url))
        settings = {"ROUTER_CASCADING_ENABLED": str(cascades), "ROUTER_BACKEND_RETRY_ENABLED": "false"}
        async with InProcessGateway(config + "aliases:\n  both: [a/qwen2.5:7b, b/qwen2.5:8b]\n", **settings) as gateway:
            body = {"model": "both", "messages": [{"role": "user", "content": "hi"}]}
            assert (await gateway.post(CHAT, body)).status == status_
            assert len(second.requests) == cascades


@observes("CONTEXT_SAFETY_MARGIN")
@pytest.mark.parametrize(("margin", "fits"), [("0", True), ("0.5", False)])
async def test_how_much_longer_a_prompt_is_taken_to_be(margin: str, *, fits: bool) -> None:
    text = "The quick brown fox jumps over the lazy dog. " * 100
    body = json.dumps({"messages": [{"role": "user", "content": text}]}).encode()
    limit = tokens.estimate(ChatCall.decode(body)) + 10
    async with served(more={"max_model_len": limit}, CONTEXT_SAFETY_MARGIN=margin) as world:
        answer = await world.chat(text)
        if fits:
            assert answer.status == 200
        else:
            assert is_openai_error(answer, 400)["code"] == "context_length_exceeded"


async def test_aliases_and_prices_of_the_file() -> None:
    more = "aliases:\n  fast: [cheap]\nprices:\n  'dear*': {input_per_million: 30, output_per_million: 90}\n"
    async with served("cheap", "dear", config=more) as world:
        assert "fast" in await world.models()
        await world.chat(model="fast")
        assert world.upstream.requests[-1].json()["model"] == "cheap"
        costs = {line["model"]: line["signals"].get("money", 0.0) for line in (await explained(world))["candidates"]}
    assert costs["one/dear"] < costs["one/cheap"] == 0.0
