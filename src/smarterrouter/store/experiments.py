"""What users said of the answers of each arm of a split, counted so that nobody decides an experiment alone."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import CTE, ColumnElement, Row, Select, func, select
from sqlalchemy.orm import aliased

from smarterrouter.domain.experiments import ArmCounts
from smarterrouter.domain.feedback import Sign
from smarterrouter.domain.records import ESCALATED
from smarterrouter.store.database import Database
from smarterrouter.store.tables import LabelRow, RequestRow

DAYS = 30
"""How far counts look back where nobody says otherwise."""
MOST_DAYS = 365
MOST_OF_ONE = 8
"""Outcomes of one voter that count for one arm: the most with which praise for one arm and blame for the other, by one
voter alone, decide nothing (`routing/sequential.py`)."""
_SPLIT = ":"
"""Stands between the names of split and arm, and in no other strategy's name."""
_SAID_OF_WHAT_WAS_SHOWN = (Sign.VOTE.value, Sign.REGENERATED.value)
"""The gateway's own checks speak of answers that nobody saw, and only a cascade checks: it would lose by looking."""
_ARM = func.replace(RequestRow.strategy, ESCALATED, "").label("arm")
"""Split and arm of a request, the same whether it escalated or not."""


async def arm_counts(database: Database, days: float = DAYS, now: datetime | None = None) -> tuple[ArmCounts, ...]:
    """One line for each arm that served a request within the last `days`, by name of split and arm.

    A request that escalated is one request of its arm, like any other. Labels with the verdict 0 count nothing; a
    verdict v counts (v + 1) / 2. Labels of one voter about one request are averaged, then those of several voters; of a
    voter the first `MOST_OF_ONE` requests of each arm count, so that what has counted goes on to count. Raise
    `StoreUnavailable`.
    """
    query = _query((now or datetime.now(UTC)) - timedelta(days=days))
    async with database.begin() as connection:
        rows = (await connection.execute(query)).all()
    return tuple(sorted(map(_counts, rows), key=lambda one: (one.split, one.arm)))  # databases order text differently


def _counts(row: "Row[str, int, int, float, int]") -> ArmCounts:
    name, requests, rated, good, voters = row
    split, _, arm = name.partition(_SPLIT)
    return ArmCounts(split, arm, int(requests), int(rated), float(good), int(voters))


def _query(since: datetime) -> "Select[str, int, int, float, int]":
    counting = _counting(_opinions(_said(), since))
    by_request = (
        select(counting.c.arm, counting.c.number, func.avg(counting.c.good).label("good"))
        .group_by(counting.c.arm, counting.c.number)
        .cte("by_request")
    )
    outcomes = _by_arm(by_request, func.count().label("rated"), func.sum(by_request.c.good).label("good"))
    voters = _by_arm(counting, func.count(counting.c.voter.distinct()).label("voters"))
    asked = select(_ARM).where(*_assigned(since)).cte("asked")
    requests = _by_arm(asked, func.count().label("requests"))
    return (
        select(
            requests.c.arm,
            requests.c.requests,
            func.coalesce(outcomes.c.rated, 0),
            func.coalesce(outcomes.c.good, 0.0),
            func.coalesce(voters.c.voters, 0),
        )
        .outerjoin_from(requests, outcomes, outcomes.c.arm == requests.c.arm)
        .outerjoin(voters, voters.c.arm == requests.c.arm)
    )


def _assigned(since: datetime) -> tuple[ColumnElement[bool], ...]:
    """Is it a request that a split assigned, since then?"""
    return RequestRow.at >= since, RequestRow.strategy.contains(_SPLIT)


def _said() -> CTE:
    """What each voter said of each answer: the mean, and when they first said anything.

    Labels come first and requests are looked up by their ids: there may be a thousand times as many of these.
    """
    return (
        select(
            LabelRow.request,
            LabelRow.model,
            LabelRow.voter,
            func.avg((LabelRow.verdict + 1) / 2).label("good"),
            func.min(LabelRow.number).label("first"),
        )
        .where(LabelRow.kind.in_(_SAID_OF_WHAT_WAS_SHOWN), LabelRow.verdict != 0)
        .group_by(LabelRow.request, LabelRow.model, LabelRow.voter)
        .cte("said")
    )


def _opinions(said: CTE, since: datetime) -> CTE:
    """The same with the arm. An id that a caller has used again means its newest request, as it does for votes."""
    same = aliased(RequestRow)
    newest = (
        select(same.id, func.max(same.number).label("number"))
        .where(same.id.in_(select(said.c.request)))
        .group_by(same.id)
        .cte("newest")
    )
    return (
        select(_ARM, RequestRow.number, said.c.voter, said.c.good, said.c.first)
        .join_from(said, newest, newest.c.id == said.c.request)
        .join(RequestRow, RequestRow.number == newest.c.number)
        .where(RequestRow.model == said.c.model, *_assigned(since))
        .cte("opinions")
    )


def _counting(opinions: CTE) -> CTE:
    """Those that count: of each voter the first few about each arm."""
    place = func.row_number().over(partition_by=[opinions.c.voter, opinions.c.arm], order_by=opinions.c.first)
    placed = select(opinions, place.label("place")).cte("placed")
    return select(placed).where(placed.c.place <= MOST_OF_ONE).cte("counting")


def _by_arm(table: CTE, *sums: ColumnElement[Any]) -> CTE:
    return select(table.c.arm, *sums).group_by(table.c.arm).cte()
