import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from tests.doubles.benchmark_pages import Answer, BenchmarkPages

from smarterrouter.benchmarks.base import Fetched
from smarterrouter.benchmarks.local_file import LocalFile
from smarterrouter.catalog.known import Known
from smarterrouter.domain.knowledge import Published, Unit
from smarterrouter.domain.models import Model, Size
from smarterrouter.errors import StoreUnavailable
from smarterrouter.jobs.sync_benchmarks import SyncBenchmarks
from smarterrouter.store.benchmarks import published
from smarterrouter.store.database import Database
from smarterrouter.store.syncs import sync_status
from smarterrouter.store.tables import SyncRow

QWEN = Model("box/qwen2.5:7b", "box", "qwen2.5:7b", Size(7.6, 7.6))
OTHER = Model("box/unheard-of", "box", "unheard-of")


def row(model="Qwen2.5-7B-Instruct", value=71.0, source="one", column="ifeval"):
    return Published(model, column, value, Unit.PERCENT, source)


class Source:
    """Gives what it is told, in order; the last stays."""

    def __init__(self, name, *acts, hosts=()):
        self.name = name
        self.hosts = hosts
        self.acts = list(acts) or [Fetched((row(source=name),))]
        self.asked = 0
        self.open = 0

    async def fetch(self):
        self.asked += 1
        self.open += 1
        assert self.open == 1, "a source is read by one at a time"
        await asyncio.sleep(0)
        self.open -= 1
        act = self.acts.pop(0) if len(self.acts) > 1 else self.acts[0]
        if isinstance(act, Exception):
            raise act
        return act


def job(database, *sources, known=None):
    return SyncBenchmarks(sources, database, known or Known(), lambda: (QWEN, OTHER))


async def test_what_sources_say_is_stored_and_known(database):
    known = Known()
    done = await job(
        database, Source("one"), Source("two", Fetched((row("nobody/x", source="two"),))), known=known
    ).sync()
    assert (done.synced, done.skipped, done.matched_models, done.total_models) == (2, 0, (QWEN.key,), 2)
    assert {one.source for one in await published(database)} == {"one", "two"}
    assert known.about((QWEN,))[QWEN.key].published == (row(),)


async def test_a_source_that_fails_keeps_what_it_said_and_costs_nobody_else_anything(database):
    made = job(database, Source("one", Fetched((row(),)), OSError("no route")), Source("two"))
    await made.sync()
    done = await made.sync()
    assert done.problems == ("one: no route",)
    assert done.matched_models == (QWEN.key,)
    assert {one.source for one in await published(database)} == {"one", "two"}
    failed, _ = await sync_status(database)
    assert failed.last_try > failed.last_sync
    assert failed.problems == ("no route",)


async def test_half_a_page_takes_nothing_away(database):
    both = Fetched((row(), row(value=56.0, column="mmlu_pro")))
    half = Fetched((row(value=72.0),), ("page 2 is missing",), whole=False)
    made = job(database, Source("one", both, half))
    await made.sync()
    await made.sync()
    assert {one.column: one.value for one in await published(database)} == {"ifeval": 72.0, "mmlu_pro": 56.0}


async def test_bad_rows_are_counted_and_the_others_stored(database):
    done = await job(database, Source("one", Fetched((row(), row("x", float("nan")))))).sync()
    assert (done.synced, done.skipped) == (1, 1)


async def test_within_a_day_a_restart_asks_nobody_again(database):
    source, known = Source("one"), Known()
    await job(database, source).run()
    again = job(database, source, known=known)
    await again.run()
    await again.load()
    assert source.asked == 1
    assert known.names == ("Qwen2.5-7B-Instruct",)
    await again.sync()
    assert source.asked == 2


async def test_only_the_sources_whose_day_is_over_are_read(database):
    one, two = Source("one"), Source("two")
    await job(database, one).run()
    await job(database, one, two).run()
    assert (one.asked, two.asked) == (1, 1)
    async with database.begin() as connection:
        yesterday = datetime.now(UTC) - timedelta(hours=24)
        await connection.execute(update(SyncRow).where(SyncRow.source == "one").values(last_try=yesterday))
    await job(database, one, two).run()
    assert (one.asked, two.asked) == (2, 1)


async def later(database, **ago):
    """Let so much time pass since every last try."""
    async with database.begin() as connection:
        await connection.execute(update(SyncRow).values(last_try=datetime.now(UTC) - timedelta(**ago)))


async def test_a_source_that_failed_is_tried_again_after_an_hour_then_two_up_to_a_day(database):
    source = Source("one", OSError("no route"))
    await job(database, source).run()
    for number, hours in enumerate((1, 2, 4, 8, 16, 23, 23, 23), 1):
        await later(database, hours=hours * 0.95)
        await job(database, source).run()
        assert source.asked == number, "too early, also after a restart"
        await later(database, hours=hours)
        await job(database, source).run()
        assert source.asked == number + 1


async def test_what_works_again_is_asked_once_a_day_again(database):
    source = Source("one", OSError("no route"), Fetched((row(),)))
    await job(database, source).run()
    await later(database, hours=1)
    await job(database, source).run()
    await later(database, hours=22)
    await job(database, source).run()
    assert source.asked == 2
    await later(database, hours=24)
    await job(database, source).run()
    assert source.asked == 3


async def test_whoever_asks_need_not_wait_after_a_failure(database):
    source = Source("one", OSError("no route"))
    made = job(database, source)
    await made.sync()
    await made.sync()
    assert source.asked == 2


async def test_what_is_not_there_is_neither_read_nor_failed(database, caplog):
    source = Source("one", Fetched(absent=True), Fetched((row(),)))
    with caplog.at_level("INFO", "smarterrouter"):
        await job(database, source).run()
    assert caplog.records == []
    assert await sync_status(database) == ()
    await job(database, source).run()
    assert [one.value for one in await published(database)] == [71.0], "it is read as soon as it is there"


async def test_what_is_no_longer_there_keeps_what_it_said(database):
    made = job(database, Source("one", Fetched((row(),)), Fetched(absent=True)))
    await made.sync()
    done = await made.sync()
    assert (done.synced, done.matched_models, done.problems) == (0, (QWEN.key,), ())
    assert len(await published(database)) == 1


async def test_one_source_can_be_read_alone(database):
    one, two = Source("one"), Source("two")
    await job(database, one, two).sync("two")
    assert (one.asked, two.asked) == (0, 1)


async def test_two_syncs_at_once_take_turns(database):
    made = job(database, Source("one"))
    await asyncio.gather(made.sync(), made.sync(), made.run())
    assert len(await published(database)) == 1


async def test_without_a_database_nobody_is_asked(tmp_path):
    database = Database("sqlite:///never.db", tmp_path)
    source = Source("one")
    with pytest.raises(StoreUnavailable):
        await job(database, source).sync()
    assert source.asked == 0
    await database.close()


async def test_the_hosts_are_named_once_and_without_sources_there_is_no_job(database):
    made = job(database, Source("one", hosts=("a.example", "b.example")), Source("two", hosts=("a.example",)))
    assert made.hosts == ("a.example", "b.example")
    assert made.every > 0
    nobody = job(database)
    assert (nobody.every, nobody.hosts) == (0, ())
    await nobody.run()
    assert (await nobody.sync()).synced == 0


async def test_a_real_page_is_read_over_a_socket_and_a_refusal_leaves_it(database, downloads):
    rows = [{"model": "Qwen2.5-7B-Instruct", "column": "ifeval", "value": 71.2}]
    async with BenchmarkPages() as pages:
        pages.put("/scores.json", Answer(json.dumps({"rows": rows}).encode()), Answer(status=500))
        made = job(database, LocalFile(pages.url("/scores.json"), downloads))
        first, second = await made.sync(), await made.sync()
    assert first.synced == 1, first.problems
    assert second.problems
    assert second.matched_models == (QWEN.key,)
