import json
import sqlite3
from datetime import UTC, datetime

import pytest
from tests.doubles.gateway import ADMIN_KEY, InProcessGateway, backends_yaml
from tests.doubles.strange_upstream import StrangeUpstream

from smarterrouter.domain.feedback import Label, Sign
from smarterrouter.domain.records import RequestRecord
from smarterrouter.store.database import Database
from smarterrouter.store.journal import Journal
from smarterrouter.store.labels import Written, save_labels

SPLIT = """
routing:
  strategies:
    trial: {kind: split, arms: {scored: 1, best: 1}}
    odd: {kind: split, arms: {best: 1, a-strategy-with-quite-a-long-name-that-needs-more-than-one-line: 1}}
    a-strategy-with-quite-a-long-name-that-needs-more-than-one-line: {kind: fixed, model: alpha-1b}
  rules: [{name: trial, when: {alias: auto}, strategy: trial}]
"""
CHAT = {"messages": [{"role": "user", "content": "Hello"}]}


@pytest.fixture
async def past(folder):
    """A folder in which a gateway has served some requests by a split, and what it shows of it."""
    async with StrangeUpstream("alpha-1b") as upstream:
        config = backends_yaml(("one", "compatible", upstream.base_url), more=SPLIT)
        async with InProcessGateway(config, directory=folder) as gateway:
            for place in range(6):
                answer = await gateway.post("/v1/chat/completions", {**CHAT, "user": f"u{place}", "model": "auto"})
                assert answer.status == 200
                vote = {"response_id": answer.headers["x-request-id"], "score": "up" if place else "down"}
                assert (await gateway.post("/v1/feedback", vote, {"authorization": f"Bearer {place}"})).status == 200
            await gateway.rows()
            key = {"authorization": f"Bearer {ADMIN_KEY}"}
            return folder, (await gateway.get("/admin/routing/experiments?days=7", key)).json()


async def test_a_table_for_each_split_fits_eighty_columns(command, past):
    result = await command("experiments", COLUMNS="80")
    assert result.exit_code == 0, result.output
    for word in ("trial", "scored", "best", "requests", "rated", "voters", "good", "difference", "odd"):
        assert word in result.output
    assert "No difference between scored and best can be told yet: 6 rated answers." in result.output
    assert "/v1/feedback" not in result.output
    assert max(map(len, result.output.splitlines())) <= 80


async def test_json_is_what_the_gateway_shows(command, past):
    result = await command("experiments", "--json", "--days", "7")
    assert json.loads(result.stdout) == past[1]
    assert sum(arm["rated"] for arm in past[1]["experiments"][0]["arms"]) == 6


async def test_a_difference_is_told_in_a_sentence_and_as_an_interval(command, past):
    database = Database("sqlite:///data/router.db", past[0])
    await database.open()
    journal = Journal(database)
    journal.start()
    now = datetime.now(UTC).timestamp()
    for place in range(300):
        journal.append(RequestRecord(f"r{place}", now, "chat", "auto", "m", f"trial:{arm_of(place)}", 200))
    await journal.close()
    good = [1.0 if arm_of(place) == "best" else -1.0 for place in range(300)]
    said = [Label(Sign.VOTE, f"v{place // 8}", f"r{place}", "m", None, 0.0, good[place]) for place in range(300)]
    await save_labels(database, [Written(one) for one in said])
    await database.close()
    result = await command("experiments", COLUMNS="80")
    assert "best is better than scored by " in result.output, result.output
    assert " to +" in result.output
    assert max(map(len, result.output.splitlines())) <= 80


def arm_of(place):
    return ("scored", "best")[place % 2]


async def test_without_votes_it_says_how_to_rate(command, past):
    with sqlite3.connect(past[0] / "data" / "router.db") as database:
        database.execute("DELETE FROM labels")
    result = await command("experiments", COLUMNS="80")
    assert "/v1/feedback" in result.output
    assert max(map(len, result.output.splitlines())) <= 80


async def test_without_a_split_it_says_where_to_begin(command, past):
    (past[0] / "smarterrouter.yaml").unlink()
    with sqlite3.connect(past[0] / "data" / "router.db") as database:
        database.execute("DELETE FROM requests")
    result = await command("experiments", COLUMNS="80")
    assert result.exit_code == 0
    assert "docs/guides/routing.md" in result.output
    assert max(map(len, result.output.splitlines())) <= 80
    assert json.loads((await command("experiments", "--json")).stdout) == {"days": 30, "experiments": []}


async def test_without_a_database_it_fails_with_a_sentence_and_creates_none(command, folder):
    result = await command("experiments")
    assert result.exit_code == 1
    assert "nothing has been recorded" in result.output
    assert not (folder / "data").exists()


@pytest.mark.parametrize("days", ["0", "366", "x"])
async def test_days_are_bounded(command, folder, days):
    assert (await command("experiments", "--days", days)).exit_code == 2
