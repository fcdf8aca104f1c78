import json
import sqlite3
from datetime import UTC, datetime, timedelta

import click
import pytest
from tests.doubles.gateway import InProcessGateway, backends_yaml
from tests.doubles.strange_upstream import StrangeUpstream

from smarterrouter.cli.replay import Since


@pytest.fixture
async def past(folder):
    """A folder in which a gateway has served some requests."""
    async with StrangeUpstream("alpha-1b", "odd[/red]-70b") as upstream:
        config = backends_yaml(("one", "compatible", upstream.base_url), more=PRICES)
        async with InProcessGateway(config, directory=folder) as gateway:
            for place, text in enumerate(("Hello", "Prove rigorously that e is irrational.", "Thanks a lot!")):
                body = {"messages": [{"role": "user", "content": text}]}
                answer = await gateway.post("/v1/chat/completions", body, {"x-request-id": f"r{place}"})
                assert answer.status == 200
            await gateway.rows()
    return folder


PRICES = 'prices:\n  "*70b*": {output_per_million: 200}\n'


async def test_every_decision_comes_out_as_it_was(command, past):
    result = await command("replay")
    assert (result.exit_code, result.output) == (0, "3 of 3 decisions are identical.\n")


async def test_a_new_policy_shows_what_it_changes_on_eighty_columns(command, past):
    (past / "new.yaml").write_text("settings: {quality_preference: 0}\n")
    result = await command("replay", "--policy", "new.yaml", COLUMNS="80")
    assert result.exit_code == 0, result.output
    for word in ("good answers", "cost in all", "waiting", "odd[/red]-70b", "one/alpha-1b"):
        assert word in result.output
    assert max(map(len, result.output.splitlines())) <= 80


async def test_json_holds_everything(command, past):
    (past / "new.yaml").write_text("settings: {quality_preference: 0}\n")
    result = await command("replay", "--policy", "new.yaml", "--limit", "2", "--json")
    found = json.loads(result.stdout)
    assert (found["replayed"], found["identical"]) == (2, 2)
    assert set(found["old"]) == {"requests", "quality", "dollars", "seconds", "shares"}


async def test_only_what_was_asked_since_then_is_replayed(command, past):
    assert "No decisions" in (await command("replay", "--since", "2999-01-01")).output
    assert "3 of 3" in (await command("replay", "--since", "1h")).output


async def test_one_that_differs_ends_with_status_1(command, past):
    with sqlite3.connect(past / "data" / "router.db") as database:
        database.execute("UPDATE requests SET chosen = 'gone/x' WHERE id = 'r1'")
    result = await command("replay")
    assert result.exit_code == 1
    assert "2 of 3" in result.output
    assert "r1: choice differs" in result.output


async def test_what_is_missing_is_counted_apart(command, past):
    with sqlite3.connect(past / "data" / "router.db") as database:
        database.execute("DELETE FROM snapshots")
    result = await command("replay")
    assert result.exit_code == 0
    assert "3 more cannot be decided again: its snapshot is not stored." in result.output


async def test_a_policy_with_mistakes_is_refused_with_all_of_them(command, past):
    (past / "bad.yaml").write_text("settings: {quality_preferense: 1, prefer_newer_models: perhaps}\n")
    result = await command("replay", "--policy", "bad.yaml")
    assert result.exit_code == 2
    assert "quality_preferense" in result.output
    assert (await command("replay", "--policy", "nowhere.yaml")).exit_code == 2


async def test_a_policy_whose_rule_names_an_unknown_strategy_is_refused(command, past):
    (past / "bad.yaml").write_text("routing: {rules: [{name: a, strategy: cheepest}]}\n")
    result = await command("replay", "--policy", "bad.yaml")
    assert result.exit_code == 2
    assert "Did you mean cheapest?" in result.output


async def test_without_a_database_it_fails_with_a_sentence_and_creates_none(command, folder):
    result = await command("replay")
    assert result.exit_code == 1
    assert "nothing has been recorded" in result.output
    assert not (folder / "data").exists()


async def test_a_recorded_request_is_explained_by_its_id(command, past):
    result = await command("route", "--id", "r1", COLUMNS="80")
    assert result.exit_code == 0, result.output
    assert result.output.startswith("request r1 of 20")
    assert "answered by one/" in result.output
    assert "mathematics" in result.output
    assert max(map(len, result.output.splitlines())) <= 80
    unknown = await command("route", "--id", "nobody")
    assert unknown.exit_code == 1
    assert "no request nobody" in unknown.output


@pytest.mark.parametrize("arguments", [(), ("Hello", "--id", "r1")])
async def test_a_prompt_or_an_id_is_needed_and_not_both(command, folder, arguments):
    assert (await command("route", *arguments)).exit_code == 2


@pytest.mark.parametrize(
    ("text", "ago"), [("90m", timedelta(minutes=90)), ("24h", timedelta(days=1)), ("1.5d", timedelta(hours=36))]
)
def test_how_long_ago(text, ago):
    assert abs(datetime.now(UTC) - ago - Since().convert(text, None, None)) < timedelta(seconds=5)


def test_dates_and_nonsense():
    assert Since().convert("2026-11-20T12:00:00+00:00", None, None) == datetime(2026, 11, 20, 12, tzinfo=UTC)
    assert Since().convert("2026-11-20", None, None).tzinfo is not None
    for text in ("", "yesterday", "d", "1e400d", "-"):
        with pytest.raises(click.BadParameter):
            Since().convert(text, None, None)
