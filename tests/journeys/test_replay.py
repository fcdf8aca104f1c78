"""What was decided can be decided again, bit by bit: after a regular stop, after a crash, and by another policy."""

import asyncio
import json
import sqlite3
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.doubles.gateway import ADMIN_KEY, GatewayProcess, backends_yaml
from tests.doubles.strange_upstream import StrangeUpstream
from tests.doubles.tiny_models import TinyServer

pytestmark = pytest.mark.xdist_group("heavy")
KEY = {"authorization": f"Bearer {ADMIN_KEY}"}
SUBJECTS = ("e", "the harmonic series", "Rust lifetimes", "Bayes' rule", "the moon", "SQL joins", "a haiku", "tides")
ASKS = (
    "Say hello to {}.",
    "Prove rigorously, step by step, what is known about {}, with every case.",
    "Write a Python function with tests that has to do with {}; it must be thread-safe.",
    "Translate into French: I like {}.",
    "What is {}?",
    'Give me JSON with the members "name" and "year" about {}.',
    "Why does {} matter, and how would you design an experiment that shows it?",
)
PROMPTS = [ask.format(subject) for subject in SUBJECTS for ask in ASKS][:50]
CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOOL = {"type": "function", "function": {"name": "get_weather", "parameters": CITY}}
NEW = "settings:\n  quality_preference: 0.0\n"


async def ask(gateway: GatewayProcess, prompt: str, place: int) -> None:
    body: dict[str, Any] = {"messages": [{"role": "user", "content": prompt}]}
    if place % 5 == 0:
        body["tools"] = [TOOL]
    answer = await gateway.post("/v1/chat/completions", body, {"x-request-id": f"r{place}"})
    assert answer.status == 200, answer.body
    assert answer.headers["x-request-id"] == f"r{place}"


async def talk(gateway: GatewayProcess, identity: str, header: str = "") -> None:
    """A conversation of three turns: hard, in the middle of a round of tool calls, easy."""
    messages: list[dict[str, Any]] = [{"role": "user", "content": f"{PROMPTS[1]} This is talk {identity}."}]
    calls = [{"id": "c1", "type": "function", "function": {"name": "get_weather", "arguments": "{}"}}]
    later: tuple[list[dict[str, Any]], ...] = (
        [
            {"role": "assistant", "content": None, "tool_calls": calls},
            {"role": "tool", "tool_call_id": "c1", "content": "sunny"},
        ],
        [{"role": "assistant", "content": "It is sunny."}, {"role": "user", "content": "Thanks!"}],
    )
    for turn, more in enumerate(([], *later)):
        messages += more
        headers = {"x-request-id": f"{identity}-{turn}", **({"x-smarterrouter-policy": header} if header else {})}
        answer = await gateway.post("/v1/chat/completions", {"messages": messages}, headers)
        assert answer.status == 200, answer.body


async def replay(directory: Path, *arguments: str) -> tuple[int, str]:
    """Exit status and output of `smarterrouter replay …` as a process of its own, with no backend to talk to."""
    environment = {"ROUTER_OFFLINE": "true", "COLUMNS": "80", "PYTHONPATH": ":".join(sys.path), "HOME": str(directory)}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "smarterrouter", *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=directory,
        env=environment,
    )
    output, _ = await process.communicate()
    return process.returncode or 0, output.decode()


@pytest.fixture
async def servers():
    """Two real servers, and one that pretends to have a large model, so that there is something to choose."""
    async with TinyServer(name="one") as one, TinyServer(name="two") as two, StrangeUpstream("large-70b") as large:
        backends = [("a", "llama.cpp", one.url), ("b", "llama.cpp", two.url), ("c", "compatible", large.base_url)]
        yield backends_yaml(*backends, more='prices:\n  "*large*": {output_per_million: 200}\n')


async def test_fifty_requests_come_out_as_they_were_and_a_new_policy_shows_what_it_changes(servers, tmp_path):
    async with GatewayProcess(servers, directory=tmp_path) as gateway:
        for place, prompt in enumerate(PROMPTS):
            await ask(gateway, prompt, place)
        named = await gateway.post(
            "/v1/chat/completions", {"model": "one", "messages": [{"role": "user", "content": "hi"}]}
        )
        assert named.status == 200
        await gateway.stop()
        rows = gateway.rows_written()
    decided = [row for row in rows if row["snapshot_hash"]]
    assert len(decided) == 50
    assert all(len(row["features"]) <= 300 and row["chosen"] for row in decided)

    status, said = await replay(tmp_path, "replay")
    assert (status, said.strip()) == (0, "50 of 50 decisions are identical.")

    (tmp_path / "new.yaml").write_text(NEW)
    status, said = await replay(tmp_path, "replay", "--policy", "new.yaml", "--json")
    assert status == 0, said
    found = json.loads(said)
    assert (found["replayed"], found["identical"], found["missing"]) == (50, 50, {})
    assert found["changed"] > 0
    assert found["new"]["dollars"] < found["old"]["dollars"]
    assert sum(found["new"]["shares"].values()) == pytest.approx(1, abs=1e-4)
    assert len(found["examples"]) == min(found["changed"], 10)
    assert not any(prompt in said for prompt in PROMPTS)

    status, said = await replay(tmp_path, "replay", "--policy", "new.yaml", "--limit", "20")
    assert status == 0
    assert "20 of 20 decisions are identical." in said
    assert "good answers" in said
    assert max(map(len, said.splitlines())) <= 80

    status, said = await replay(tmp_path, "route", "--id", "r7", "--json")
    assert status == 0, said
    one = json.loads(said)
    assert one["request"]["identical"]
    assert one["selected_model"] == next(row["chosen"] for row in decided if row["id"] == "r7")

    with sqlite3.connect(tmp_path / "data" / "router.db") as database:  # somebody tampers with the log
        database.execute("UPDATE requests SET chosen = 'c/other' WHERE id = 'r7'")
    status, said = await replay(tmp_path, "replay")
    assert status == 1
    assert "49 of 50" in said
    assert "r7: choice" in said


RULED = """
routing:
  rules:
    - {name: cheap, when: {header: [cheap]}, strategy: cheapest}
    - {name: "no b, thanks", deny: ["b/*"]}
    - {name: half, when: {category: code}, strategy: try}
  strategies:
    try: {kind: split, arms: {scored: 1, best: 1}}
"""


async def test_rules_strategies_and_conversations_come_out_as_they_were(servers, tmp_path):
    async with GatewayProcess(servers + RULED, directory=tmp_path) as gateway:
        for place, prompt in enumerate(PROMPTS[:14]):
            await ask(gateway, prompt, place)
        for number in range(4):
            await talk(gateway, f"talk{number}", "cheap" if number % 2 else "")
        await gateway.stop()
        rows = gateway.rows_written()
    assert {row["strategy"] for row in rows} >= {"scored", "cheapest"}
    assert any(row["strategy"].startswith("try:") for row in rows)
    assert any(row["held"] for row in rows)
    assert any(row["rules"].splitlines() == ["cheap", "no b, thanks"] for row in rows)
    (tmp_path / "new.yaml").write_text("routing: {rules: [{name: none of c, deny: 'c/*'}]}")
    status, said = await replay(tmp_path, "replay", "--policy", "new.yaml", "--json")
    found = json.loads(said)
    assert (status, found["replayed"], found["identical"]) == (0, 26, 26), said
    assert not any(key.startswith("c/") for key in found["new"]["shares"])
    assert found["changed"] > 0


async def test_after_a_crash_all_but_the_last_moment_is_there_and_comes_out_as_it_was(servers, tmp_path):
    async with GatewayProcess(servers, directory=tmp_path) as gateway:
        for place, prompt in enumerate(PROMPTS[:12]):
            await ask(gateway, prompt, place)
        await asyncio.sleep(1.5)  # several of the journal's intervals
        await ask(gateway, PROMPTS[12], 12)
        await gateway.kill()
    status, said = await replay(tmp_path, "replay", "--json")
    found = json.loads(said)
    assert status == 0
    assert found["replayed"] == found["identical"] >= 12
    assert found["missing"] == {}
