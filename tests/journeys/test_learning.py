"""The gateway learns about its models: profiles and published scores, watched, cancelled, killed and taken up again."""

import asyncio
import contextlib
import json
import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from tests.doubles.benchmark_pages import Answer, BenchmarkPages
from tests.doubles.gateway import ADMIN_KEY, GatewayProcess, InProcessGateway, backends_yaml, until
from tests.doubles.strange_upstream import WAIT, Act, Request, StrangeUpstream, stream, whole
from tests.doubles.tiny_models import TinyServer

from smarterrouter.wire import sse

KEY = {"authorization": f"Bearer {ADMIN_KEY}"}
SHORT = {"ROUTER_PROFILE_EFFORT": "quick"}


def rows(directory: Path, query: str) -> list[Any]:
    """What the database holds, read beside the gateway."""
    with contextlib.closing(sqlite3.connect(directory / "data" / "router.db")) as connection:
        return connection.execute(query).fetchall()


def answers_kept(directory: Path) -> list[Any]:
    return rows(directory, "SELECT run, item, seed FROM task_answers ORDER BY number")


async def profiled(gateway: Any, query: str = "") -> list[str]:
    """Profile in the background and wait for the end; the keys of the models."""
    answer = await gateway.post(f"/admin/reprofile{query}", b"", KEY)
    assert answer.status == 202, answer.body
    await until(lambda: over(gateway), "profiling does not end")
    return list(answer.json()["profiling"])


async def over(gateway: Any) -> bool:
    return not (await gateway.get("/admin/profiling", KEY)).json()["running"]


async def states(gateway: Any) -> dict[str, str]:
    found = (await gateway.get("/admin/profiling", KEY)).json()["models"]
    return {one["model"]: one["state"] for one in found}


async def test_two_real_models_are_profiled_through_the_whole_gateway() -> None:
    async with (
        TinyServer(name="alpha", context=2048) as alpha,
        TinyServer(name="beta", script=("42",)) as beta,
        TinyServer(name="vectors", pooling=1) as vectors,
    ):
        config = backends_yaml(
            *((name, "llama.cpp", url) for name, url in (("one", alpha.url), ("two", beta.url), ("three", vectors.url)))
        )
        async with InProcessGateway(config, **SHORT) as gateway:
            keys = await profiled(gateway)
            assert {"one/alpha", "two/beta"} <= set(keys)
            assert await states(gateway) == dict.fromkeys(keys, "done")
            for key in ("one/alpha", "two/beta"):
                shown = (await gateway.get(f"/admin/models/{key}", KEY)).json()
                profile = shown["profile"]
                assert 0 < profile["answers"] <= 15
                assert profile["tokens_per_second"] > 0
                assert profile["overall"]["mean"] < 0, "who always says the same solves next to nothing"
                assert {skill["basis"] for skill in shown["skills"].values()} == {"profile"}
            kept = answers_kept(gateway.directory)
            assert len(set(kept)) == len(kept)
            assert await profiled(gateway) == []
            assert answers_kept(gateway.directory) == kept
            await profiled(gateway, "?model=alpha")
            assert set(answers_kept(gateway.directory)) > set(kept), "who is named is asked again, with other values"
            history = (await gateway.get("/admin/profiles/alpha/history", KEY)).json()["profiles"]
            assert len(history) == 2
            assert "one/alpha" in await profiled(gateway, "?force=true")


async def test_embedding_models_and_test_models_are_never_profiled() -> None:
    async with StrangeUpstream("nomic-embed-text") as upstream:
        config = backends_yaml(("one", "compatible", upstream.base_url))
        async with InProcessGateway(config) as gateway:
            assert await profiled(gateway, "?force=true") == []
    async with InProcessGateway() as gateway:
        models = (await gateway.get("/admin/models", KEY)).json()["models"]
        assert models
        assert all(model["test"] for model in models)
        assert await profiled(gateway, "?force=true") == []
        refused = await gateway.post(f"/admin/reprofile?model={models[0]['key']}", b"", KEY)
        assert refused.status == 400


async def test_new_models_are_profiled_unasked_while_the_gateway_runs() -> None:
    async with TinyServer(name="alpha") as alpha:
        config = backends_yaml(("one", "llama.cpp", alpha.url))
        learning = {"ROUTER_MODEL_AUTO_PROFILE_ENABLED": "true", "ROUTER_MODEL_POLLING_INTERVAL": "1"}
        async with InProcessGateway(config, **SHORT, **learning) as gateway:
            await until(lambda: gateway.house.services.known.profiles, "nothing is profiled")
            assert list(gateway.house.services.known.profiles) == ["one/alpha"]


async def test_people_can_watch() -> None:
    events: list[Any] = []
    async with (
        TinyServer(name="alpha") as alpha,
        InProcessGateway(backends_yaml(("one", "llama.cpp", alpha.url)), **SHORT) as gateway,
        gateway.session.get(f"{gateway.url}/admin/profiling/events", headers=KEY) as answer,
        asyncio.timeout(60),
    ):
        await answer.content.readline()
        assert (await gateway.post("/admin/reprofile", b"", KEY)).status == 202
        splitter = sse.Splitter()
        while not events or events[-1]["type"] != "done":
            piece = splitter.feed(await answer.content.readany())
            events += [json.loads(payload) for payload in sse.events(piece)]
    kinds = Counter(event["type"] for event in events)
    assert kinds["answered"] == events[-1]["profile"]["answers"] > 0
    assert kinds["asked"] >= kinds["answered"]
    assert all(event["model"] == "one/alpha" for event in events)
    last = [event for event in events if event["type"] == "progress"][-1]
    assert last["fraction"] == 1.0


class Held:
    """An upstream's answers: after so many questions of the profiler each waits until the upstream lets it go."""

    def __init__(self, free: int) -> None:
        self.free = free
        self.texts: list[str] = []

    def __call__(self, request: Request) -> Act:
        asked = request.json()
        if not asked.get("stream"):
            return whole("Served.")
        self.texts.append(asked["messages"][-1]["content"])
        return stream("17", before=() if len(self.texts) <= self.free else (WAIT,))


async def test_users_are_served_while_a_profile_waits_for_its_one_answer() -> None:
    async with StrangeUpstream("alpha-7b") as upstream:
        held = upstream.always = Held(3)
        async with InProcessGateway(backends_yaml(("one", "compatible", upstream.base_url)), **SHORT) as gateway:
            assert (await gateway.post("/admin/reprofile", b"", KEY)).status == 202
            await until(lambda: len(held.texts) > held.free, "the profile does not begin")
            chat = {"model": "alpha-7b", "messages": [{"role": "user", "content": "hi"}]}
            answers = await asyncio.gather(*(gateway.post("/v1/chat/completions", chat) for _ in range(5)))
            assert [answer.status for answer in answers] == [200] * 5
            assert len(held.texts) == held.free + 1, "the profile takes one slot"
            assert not await over(gateway)
            gateway.house.services.metrics.entered("chat")  # a user is being served
            upstream.go.set()
            await asyncio.sleep(0.3)
            assert len(held.texts) <= held.free + 1, "users go first"
            gateway.house.services.metrics.left("chat")
            await until(lambda: over(gateway))
            assert await states(gateway) == {"one/alpha-7b": "done"}


async def test_what_was_cancelled_is_kept_and_taken_up_again() -> None:
    async with StrangeUpstream("alpha-7b") as upstream:
        held = upstream.always = Held(5)
        async with InProcessGateway(backends_yaml(("one", "compatible", upstream.base_url)), **SHORT) as gateway:
            assert (await gateway.post("/admin/reprofile", b"", KEY)).status == 202
            await until(lambda: len(held.texts) > held.free)
            done = (await gateway.post("/admin/profiling/cancel", b"", KEY)).json()
            assert [(one["state"], one["detail"]) for one in done["models"]] == [("cancelled", "Its answers are kept.")]
            kept = answers_kept(gateway.directory)
            assert len(kept) >= 3
            upstream.go.set()
            await profiled(gateway)
            assert answers_kept(gateway.directory)[: len(kept)] == kept
            (profile,) = (await gateway.get("/admin/profiles", KEY)).json()["profiles"]
            assert profile["answers"] == len(answers_kept(gateway.directory))


async def test_kill_minus_nine_in_the_middle_of_a_profile_loses_and_doubles_nothing() -> None:
    async with StrangeUpstream("alpha-7b") as upstream:
        held = upstream.always = Held(6)
        async with GatewayProcess(backends_yaml(("one", "compatible", upstream.base_url)), **SHORT) as gateway:
            assert (await gateway.post("/admin/reprofile", b"", KEY)).status == 202
            await until(lambda: len(held.texts) > held.free)
            await gateway.kill()
            kept = answers_kept(gateway.directory)
            before = held.texts[1 : held.free]  # the first one warms up; the last was never answered
            assert len(kept) == len(before)
            upstream.go.set()
            held.texts.clear()
            await gateway.start()
            await profiled(gateway)
            after = answers_kept(gateway.directory)
            assert after[: len(kept)] == kept
            assert len({(run, item) for run, item, _ in after}) == len(after)
            assert not set(before) & set(held.texts)
            (profile,) = (await gateway.get("/admin/profiles", KEY)).json()["profiles"]
            assert profile["answers"] == len(after) <= 15
            await gateway.stop()


def page(count: int, value: float) -> Answer:
    scores = [{"model": f"org/model-{number}-7b", "column": "ifeval", "value": value} for number in range(1, count)]
    scores.append({"model": "Qwen/Qwen2.5-7B-Instruct", "column": "ifeval", "value": value})
    return Answer(json.dumps({"rows": scores}).encode())


async def test_kill_minus_nine_in_the_middle_of_a_sync_loses_and_doubles_nothing() -> None:
    async with BenchmarkPages() as pages, StrangeUpstream("qwen2.5:7b") as upstream:
        pages.put("/a.json", page(2000, 10.0))
        pages.put("/b.json", page(10, 20.0))
        sources = {
            "ROUTER_OFFLINE": "false",
            "ROUTER_BENCHMARK_SOURCES": json.dumps([pages.url("/a.json"), pages.url("/b.json")]),
        }
        async with GatewayProcess(backends_yaml(("one", "compatible", upstream.base_url)), **sources) as gateway:
            count = "SELECT source, count(*), min(value), max(value) FROM published GROUP BY source ORDER BY source"
            await until(lambda: len(rows(gateway.directory, count)) == 2, "the first sync does not end")
            before = rows(gateway.directory, count)
            assert [(number, low, high) for _, number, low, high in before] == [(2000, 10, 10), (10, 20, 20)]
            for _ in range(3):
                pages.put("/a.json", page(2000, 11.0))
                pages.put("/b.json", page(10, 21.0))
                asked = len(pages.asked)
                syncing = asyncio.ensure_future(gateway.post("/admin/sync-benchmarks", b"", KEY))
                await until(lambda asked=asked: len(pages.asked) >= asked + 2)
                await asyncio.sleep(0.02)
                await gateway.kill()
                await asyncio.gather(syncing, return_exceptions=True)
                for _, number, low, high in rows(gateway.directory, count):
                    assert number in {10, 2000}
                    assert low == high, "a source is the old or the new one, never half of each"
                await gateway.start()
            done = (await gateway.post("/admin/sync-benchmarks", b"", KEY)).json()
            assert (done["synced"], done["skipped"], done["problems"]) == (2010, 0, [])
            assert [row[1:] for row in rows(gateway.directory, count)] == [(2000, 11, 11), (10, 21, 21)]
            published = (await gateway.get("/admin/models/qwen2.5:7b", KEY)).json()["published"]
            (row,) = [row for row in published if row["column"] == "ifeval"]
            assert (row["value"], row["source"].endswith("/a.json")) == (11.0, True)
            await gateway.stop()


async def test_a_restart_within_the_day_asks_no_source_again_and_knows_what_it_knew(tmp_path: Path) -> None:
    async with BenchmarkPages() as pages, StrangeUpstream("qwen2.5:7b") as upstream:
        pages.put("/a.json", page(5, 10.0))
        config = backends_yaml(("one", "compatible", upstream.base_url))
        sources = {"ROUTER_OFFLINE": "false", "ROUTER_BENCHMARK_SOURCES": json.dumps([pages.url("/a.json")])}
        for _ in range(2):
            async with InProcessGateway(config, directory=tmp_path, **sources) as gateway:
                await until(lambda known=gateway.house.services.known: "org/model-3-7b" in known.names)
                await gateway.house.services.scheduler.run_now("sync_benchmarks")
        assert len(pages.asked) == 1


@pytest.mark.parametrize("offline", ["true", "false"])
async def test_the_start_log_names_each_host_and_offline_contacts_none(offline: str) -> None:
    async with BenchmarkPages() as pages, StrangeUpstream("alpha-7b") as upstream:
        pages.put("/a.json", page(5, 10.0))
        settings = {
            "ROUTER_OFFLINE": offline,
            "ROUTER_BENCHMARK_SOURCES": json.dumps([pages.url("/a.json")]),
            "ROUTER_PROVIDER_DB_ENABLED": "true",
            "ROUTER_PROVIDER_DB_DOWNLOAD_URL": pages.url("/provider.db"),
            "ROUTER_JUDGE_ENABLED": "true",
            "ROUTER_JUDGE_BASE_URL": pages.url("/judge/v1"),
            "ROUTER_JUDGE_API_KEY": "secret-of-the-judge",
        }
        async with GatewayProcess(backends_yaml(("one", "compatible", upstream.base_url)), **settings) as gateway:
            await until(lambda: "background work contacts" in gateway.log())
            (line,) = [one for one in gateway.log().splitlines() if "background work contacts" in one]
            assert upstream.base_url in line
            assert (pages.origin.removeprefix("http://") in line) == (offline == "false")
            assert ("the judge at" in line) == (offline == "false")
            assert "secret-of-the-judge" not in gateway.log()
            synced = (await gateway.post("/admin/sync-benchmarks", b"", KEY)).json()
            assert bool(synced["synced"]) == (offline == "false")
            await gateway.stop()
        assert bool(pages.asked) == (offline == "false")
