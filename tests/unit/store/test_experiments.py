"""What the arms of splits are counted by."""

import random
import sqlite3 as driver
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.dialects import sqlite

from smarterrouter.domain.experiments import ArmCounts
from smarterrouter.domain.feedback import Label, Sign
from smarterrouter.errors import StoreUnavailable
from smarterrouter.routing.sequential import Outcomes, compare
from smarterrouter.store.database import Database
from smarterrouter.store.experiments import MOST_OF_ONE, _query, arm_counts
from smarterrouter.store.journal import Journal
from smarterrouter.store.labels import Written, save_labels

MODEL = "ollama/llama3.2:3b"
Log = Callable[..., Any]


def label(request: str, verdict: float = 1.0, voter: str = "ann", **more: Any) -> Label:
    said = {"sign": Sign.VOTE, "model": MODEL, "category": None, "difficulty": 0.0, "at": 9.0}
    return Label(request=request, verdict=verdict, voter=voter, **{**said, **more})


@pytest.fixture
def log(database: Database, journal: Journal, record: Callable[..., Any]) -> Log:
    """Writes requests, given as (id, strategy), and labels of them."""

    async def write(requests: list[tuple[str, str]], *labels: Label, **more: Any) -> None:
        for identity, strategy in requests:
            journal.append(record(id=identity, strategy=strategy, **more))
        await journal.close()
        await save_labels(database, [Written(one) for one in labels])

    return write


async def test_requests_outcomes_and_voters_are_counted_by_arm(database: Database, log: Log) -> None:
    requests = [("a1", "x:a"), ("a2", "x:a"), ("a3", "x:a"), ("b1", "x:b"), ("o1", "y:b"), ("n1", "scored"), ("m", "")]
    await log(requests, label("a1"), label("a2", -0.5, "bob"), label("b1", -1.0), label("n1"), label("nothing"))
    assert await arm_counts(database) == (
        ArmCounts("x", "a", requests=3, rated=2, good=1.25, voters=2),
        ArmCounts("x", "b", requests=1, rated=1, good=0.0, voters=1),
        ArmCounts("y", "b", requests=1, rated=0, good=0.0, voters=0),
    )


async def test_without_a_split_there_is_nothing(database: Database, log: Log) -> None:
    await log([("r1", "scored"), ("r2", "named")], label("r1"))
    assert await arm_counts(database) == ()


async def test_a_request_has_one_outcome_the_mean_of_what_each_voter_said(database: Database, log: Log) -> None:
    again = label("r1", -1.0, sign=Sign.REGENERATED)
    await log([("r1", "x:a")], label("r1"), again, label("r1", voter="bob"), label("r1", voter="cleo"))
    (found,) = await arm_counts(database)
    assert (found.rated, found.voters) == (1, 3)
    assert found.good == pytest.approx((0.5 + 1 + 1) / 3)


async def test_a_vote_that_was_taken_back_counts_no_more(database: Database, log: Log) -> None:
    await log([("r1", "x:a")], label("r1"))
    await save_labels(database, [Written(label("r1", 0.0))])
    assert await arm_counts(database) == (ArmCounts("x", "a", requests=1),)


async def test_an_escalated_request_is_one_of_its_arm_and_what_was_thrown_away_is_not_held_against_it(
    database: Database, log: Log
) -> None:
    thrown = [label("r1", -1.0, sign=sign, model="a/small") for sign in (Sign.ESCALATED, Sign.TOOL_FAILURE)]
    shown_after_all = label("r2", -1.0, sign=Sign.ESCALATED)
    await log([("r1", "x:careful+escalated"), ("r2", "x:careful")], *thrown, shown_after_all, label("r1"))
    assert await arm_counts(database) == (ArmCounts("x", "careful", requests=2, rated=1, good=1.0, voters=1),)


async def test_the_first_few_outcomes_of_a_voter_count_for_each_arm_escalated_or_not(
    database: Database, log: Log
) -> None:
    many = range(MOST_OF_ONE + 5)
    requests = [(f"{arm}{number}", f"x:{arm}{'+escalated' * (number % 2)}") for arm in "ab" for number in many]
    labels = [label(f"{arm}{number}", 1.0 if number < MOST_OF_ONE else -1.0) for arm in "ab" for number in many]
    await log(requests, *labels, label("a3", -1.0, "bob"))
    assert await arm_counts(database) == (
        ArmCounts("x", "a", len(many), MOST_OF_ONE, MOST_OF_ONE - 0.5, 2),
        ArmCounts("x", "b", len(many), MOST_OF_ONE, MOST_OF_ONE, 1),
    )


def test_one_voter_alone_decides_nothing_and_a_bit_more_would() -> None:
    assert not compare(Outcomes(0, MOST_OF_ONE), Outcomes(MOST_OF_ONE, MOST_OF_ONE)).decided
    assert compare(Outcomes(0, MOST_OF_ONE + 1), Outcomes(MOST_OF_ONE + 1, MOST_OF_ONE + 1)).decided


async def test_an_id_that_was_used_again_means_its_newest_request(database: Database, log: Log) -> None:
    await log([("same", "x:a"), ("same", "x:a"), ("gone", "x:a"), ("gone", "named")], label("same"), label("gone"))
    assert await arm_counts(database) == (ArmCounts("x", "a", requests=3, rated=1, good=1.0, voters=1),)


async def test_a_label_of_another_model_is_about_another_answer(database: Database, log: Log) -> None:
    await log([("r1", "x:a")], label("r1", model="a/other"))
    assert await arm_counts(database) == (ArmCounts("x", "a", requests=1),)


async def test_only_the_last_days_count(database: Database, log: Log) -> None:
    now = datetime.now(UTC)
    await log([("r1", "x:a")], label("r1"), at=(now - timedelta(days=29)).timestamp())
    assert [one.rated for one in await arm_counts(database)] == [1]
    assert await arm_counts(database, 28, now) == ()
    assert await arm_counts(database, now=now + timedelta(days=2)) == ()


async def test_the_order_of_labels_of_different_voters_changes_nothing(database: Database, log: Log) -> None:
    labels = [label(f"r{number % 7}", (-1) ** number, f"voter {number}") for number in range(21)]
    random.Random(1).shuffle(labels)
    await log([(f"r{number}", f"x:{'ab'[number % 2]}") for number in range(7)], *labels)
    found = [(one.arm, one.rated, one.voters, pytest.approx(one.good)) for one in await arm_counts(database)]
    shares = {number: sum((number + 7 * turn) % 2 == 0 for turn in range(3)) / 3 for number in range(7)}
    good = [sum(share for number, share in shares.items() if number % 2 == side) for side in (0, 1)]
    assert found == [("a", 4, 12, good[0]), ("b", 3, 9, good[1])]


def test_requests_are_looked_up_by_what_labels_name(migrated_file: Path) -> None:
    """The other way round it took a minute for 40,000 requests."""
    query = str(_query(datetime.now(UTC)).compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}))
    with driver.connect(migrated_file) as connection:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {query}")]
    assert any("ix_requests_id" in line for line in plan), plan
    assert any("requests USING INTEGER PRIMARY KEY" in line for line in plan), plan


async def test_a_closed_database_says_so(tmp_path: Any) -> None:
    database = Database("sqlite:///x.db", tmp_path)
    with pytest.raises(StoreUnavailable):
        await arm_counts(database)
    await database.close()
