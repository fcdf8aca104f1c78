"""Settings of profiling: a test changes each and observes what it does."""

import asyncio
import contextlib
import json
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.doubles.behaviours import Served, observes, served
from tests.doubles.gateway import ADMIN_KEY, InProcessGateway, backends_yaml, until
from tests.doubles.ollama_double import DoubleModel, OllamaDouble
from tests.doubles.strange_upstream import HOLD, Act, StrangeUpstream, stream

from smarterrouter.profiling import timeouts

AUTHORIZED = {"Authorization": f"Bearer {ADMIN_KEY}"}
SILENT = Act(before=(HOLD,))
SOON = 0.3
"""Seconds after which what has not happened is taken not to happen."""


async def state_of(gateway: InProcessGateway) -> dict[str, Any]:
    """How the first profile stands."""
    states = (await gateway.get("/admin/profiling", AUTHORIZED)).json()["models"]
    return states[0] if states else {"state": "none"}


async def profiled(gateway: InProcessGateway, model: str = "strange") -> dict[str, Any]:
    """Profile a model and return how that ended."""
    await gateway.post(f"/admin/reprofile?model={model}", {}, AUTHORIZED)

    async def over() -> bool:
        return (await state_of(gateway))["state"] in {"done", "cancelled"}

    await until(over)
    ended = await state_of(gateway)
    assert ended["state"] == "done"
    return ended


async def profile_of(gateway: InProcessGateway, model: str = "strange") -> Any:
    """Profile a model and return its profile."""
    await profiled(gateway, model)
    await until(lambda: gateway.house.services.known.profiles)
    return (await gateway.get("/admin/profiles", AUTHORIZED)).json()["profiles"][0]


def answered(gateway: InProcessGateway) -> Counter[str]:
    """Answers in the database, by category."""
    with contextlib.closing(sqlite3.connect(gateway.directory / "data" / "router.db")) as connection:
        return Counter(dict(connection.execute("SELECT category, COUNT(*) FROM task_answers GROUP BY category")))


@asynccontextmanager
async def on_a_card(**settings: str) -> AsyncIterator[tuple[InProcessGateway, OllamaDouble]]:
    """A gateway and an Ollama whose model takes two gigabytes of a card."""
    async with OllamaDouble([DoubleModel("double:1b")]) as ollama:
        ollama.vram = 2_000_000_000
        environment = {f"ROUTER_{name}": value for name, value in settings.items()}
        config = backends_yaml(("one", "ollama", ollama.url))
        async with InProcessGateway(config, ROUTER_PROFILE_EFFORT="quick", **environment) as gateway:
            yield gateway, ollama


@observes("MODEL_AUTO_PROFILE_ENABLED")
@pytest.mark.parametrize("automatic", [True, False])
async def test_new_models_are_profiled_without_being_asked(*, automatic: bool) -> None:
    settings = {"MODEL_AUTO_PROFILE_ENABLED": str(automatic), "MODEL_POLLING_INTERVAL": "0.05"}
    async with served(PROFILE_EFFORT="quick", **settings) as world:
        if automatic:
            await until(lambda: world.gateway.house.services.known.profiles)
        else:
            await asyncio.sleep(SOON)
            assert world.upstream.requests == []


@observes("PROFILE_EFFORT")
@pytest.mark.parametrize(("effort", "answers"), [("quick", 15), ("normal", 40), ("thorough", 50)])
async def test_how_many_answers_a_model_gives(effort: str, answers: int) -> None:
    async with served(PROFILE_EFFORT=effort) as world:
        assert (await profile_of(world.gateway))["answers"] == answers


@observes("PROFILE_PROMPTS_PER_CATEGORY")
@pytest.mark.parametrize(("least", "enough"), [("1", False), ("5", True)])
async def test_every_category_gets_its_questions(tmp_path: Path, least: str, *, enough: bool) -> None:
    columns = ("gsm8k", "math", "math_500", "math_lvl_5", "aime", "aime_2025", "livebench_mathematics")
    models = ("qwen2.5:7b", "Qwen2.5-7B-Instruct")
    rows = [f"{model},{column},50" for model in models for column in columns]
    (tmp_path / "known.csv").write_text("\n".join(["model,column,value", *rows]))  # mathematics is known well
    settings = {"PROFILE_PROMPTS_PER_CATEGORY": least, "BENCHMARK_SOURCES": str(tmp_path / "known.csv")}
    async with served("qwen2.5:7b", **settings) as world:
        await world.gateway.post("/admin/sync-benchmarks", {}, AUTHORIZED)
        await profiled(world.gateway, "qwen2.5:7b")
        assert (answered(world.gateway)["mathematics"] >= 5) is enough


@observes("PROFILE_MAX_COST")
@pytest.mark.parametrize(("dollars", "reason"), [("0", "budget"), ("0.05", "budget"), ("1000", "enough")])
async def test_what_a_hosted_model_may_cost(dollars: str, reason: str) -> None:
    async with StrangeUpstream() as upstream:
        config = backends_yaml(("one", "openai", upstream.base_url), more="    api_key: k\n")
        async with InProcessGateway(config, ROUTER_PROFILE_MAX_COST=dollars) as gateway:
            assert (await profiled(gateway))["reason"] == reason
            assert bool(upstream.requests) is (dollars != "0")


@observes("PROFILE_TASKS_DIR")
@pytest.mark.parametrize("given", [True, False])
async def test_tasks_of_ones_own(tmp_path: Path, *, given: bool) -> None:
    task = {
        "id": "coffee",
        "category": "kitchen",
        "prompt": "Where do we keep the coffee? Answer with one word.",
        "check": {"kind": "exact", "accept": ["cellar"]},
        "reference": "Answer: cellar",
    }
    (tmp_path / "ours.json").write_text(json.dumps({"categories": {"kitchen": "knowledge"}, "tasks": [task]}))
    settings = {"PROFILE_TASKS_DIR": str(tmp_path)} if given else {}
    async with served(**settings) as world:
        profile = await profile_of(world.gateway)
        assert ("kitchen" in profile["own"]) is given
        assert any(b"keep the coffee" in request.body for request in world.upstream.requests) is given


@observes("PROFILE_PARALLEL_COUNT")
@pytest.mark.parametrize("count", [1, 2])
async def test_how_many_models_at_the_same_time(count: int) -> None:
    async with served("one:7b", "two:7b", PROFILE_PARALLEL_COUNT=str(count)) as world:
        world.upstream.always = SILENT
        await world.gateway.post("/admin/reprofile", {}, AUTHORIZED)
        await until(lambda: world.upstream.active == count)
        await asyncio.sleep(SOON)
        assert world.upstream.active == count


async def gives_up(world: Served) -> bool:
    """Is a model that never answers given up?"""
    state = await state_of(world.gateway)
    return state["state"] == "done" and state["reason"] == "silent"


@observes("PROFILE_TIMEOUT", "PROFILE_WARMUP_MAX_TIMEOUT", "PROFILE_ADAPTIVE_TIMEOUT_MAX")
@pytest.mark.parametrize(
    ("settings", "over"),
    [
        ({"PROFILE_TIMEOUT": "0.01", "PROFILE_WARMUP_MAX_TIMEOUT": "0.01"}, True),
        ({"PROFILE_TIMEOUT": "0.01"}, False),
        ({"PROFILE_WARMUP_MAX_TIMEOUT": "0.01"}, False),
        (
            {
                "PROFILE_WARMUP_MAX_TIMEOUT": "0.01",
                "PROFILE_ADAPTIVE_TIMEOUT_MIN": "0.01",
                "PROFILE_ADAPTIVE_TIMEOUT_MAX": "0.02",
            },
            True,
        ),
    ],
)
async def test_how_long_a_model_may_take(settings: dict[str, str], *, over: bool) -> None:
    limits = {"PROFILE_ADAPTIVE_TIMEOUT_MIN": "0.01", "PROFILE_ADAPTIVE_SAFETY_FACTOR": "1"} | settings
    async with served(**limits) as world:
        world.upstream.always = SILENT
        await world.gateway.post("/admin/reprofile", {}, AUTHORIZED)
        if over:
            await until(lambda: gives_up(world))
        else:
            await until(lambda: world.upstream.active)
            await asyncio.sleep(SOON)
            assert not await gives_up(world)


@observes("PROFILE_WARMUP_DISK_SPEED_MBPS")
@pytest.mark.parametrize(("speed", "waits"), [("0.001", True), ("1e9", False)])
async def test_how_long_a_model_may_load(monkeypatch: pytest.MonkeyPatch, speed: str, *, waits: bool) -> None:
    monkeypatch.setattr(timeouts, "LOADING_EXTRA", 0.0)
    async with served("qwen2.5:7b", PROFILE_WARMUP_DISK_SPEED_MBPS=speed) as world:
        world.upstream.always = SILENT
        await world.gateway.post("/admin/reprofile", {}, AUTHORIZED)
        if waits:
            await until(lambda: world.upstream.active)
            await asyncio.sleep(SOON)
            assert len(world.upstream.requests) == 1
            assert world.upstream.abandoned == 0
        else:
            await until(lambda: world.upstream.active and b"single word: ready" not in world.upstream.requests[-1].body)


@observes("PROFILE_ADAPTIVE_TIMEOUT_MIN")
@pytest.mark.parametrize("shortest", [1200.0, 1500.0])
async def test_the_limit_that_suits_a_fast_model(shortest: float) -> None:
    async with served(PROFILE_EFFORT="quick", PROFILE_ADAPTIVE_TIMEOUT_MIN=str(shortest)) as world:
        assert (await profile_of(world.gateway))["timeout_seconds"] == shortest


@observes("PROFILE_ADAPTIVE_SAFETY_FACTOR")
async def test_how_much_longer_than_measured() -> None:
    found = []
    for factor in ("1", "100"):
        settings = {"PROFILE_ADAPTIVE_TIMEOUT_MIN": "0.0001", "PROFILE_ADAPTIVE_SAFETY_FACTOR": factor}
        async with served(PROFILE_EFFORT="quick", **settings) as world:
            world.upstream.always = stream("Fine.", before=(0.02,))
            found.append((await profile_of(world.gateway))["timeout_seconds"])
    assert 0.02 <= found[0] < found[1]
    assert found[1] >= 2


@observes("PROFILE_MEASURE_VRAM")
@pytest.mark.parametrize(("measures", "gigabytes"), [("true", 2.0), ("false", None)])
async def test_memory_is_measured(measures: str, gigabytes: float | None) -> None:
    async with on_a_card(PROFILE_MEASURE_VRAM=measures, PROFILE_VRAM_SAMPLE_DELAY="0") as (gateway, _):
        assert (await profile_of(gateway, "double:1b"))["vram_gb"] == gigabytes


@observes("PROFILE_VRAM_SAMPLES")
async def test_memory_is_measured_several_times() -> None:
    looks = []
    for samples in ("1", "6"):
        async with on_a_card(PROFILE_VRAM_SAMPLES=samples, PROFILE_VRAM_SAMPLE_DELAY="0") as (gateway, ollama):
            before = len(ollama.bodies("/api/ps"))
            await profiled(gateway, "double:1b")
            looks.append(len(ollama.bodies("/api/ps")) - before)
    assert looks == [looks[0], 6 * looks[0]]
    assert looks[0]


@observes("PROFILE_VRAM_SAMPLE_DELAY")
async def test_memory_is_measured_after_a_while() -> None:
    async with on_a_card(PROFILE_VRAM_SAMPLE_DELAY="1000") as (gateway, ollama):
        await gateway.post("/admin/reprofile", {}, AUTHORIZED)
        await until(lambda: any("ready" in str(body) for body in ollama.bodies("/api/chat")))
        before = len(ollama.requests)
        await asyncio.sleep(SOON)
        assert len(ollama.requests) == before
