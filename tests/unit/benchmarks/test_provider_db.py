"""Keeping provider.db: when it is downloaded, what a failure does, and slow disks."""

import asyncio
import logging
import os

import pytest
from msgspec import structs
from tests.doubles.benchmark_pages import HTML, Answer, write_provider_db

from smarterrouter.benchmarks.base import Fetched
from smarterrouter.benchmarks.provider_db import ProviderDb, Upkeep
from smarterrouter.errors import BackendGarbage, BackendUnreachable

_HOUR = 3600.0
_WHEN = "2026-03-01"


class _Time:
    """The time of day and a clock, both moved by hand; each look at the clock may take time."""

    def __init__(self) -> None:
        self.day = 1_000_000_000.0
        self.clock = 0.0
        self.each_look = 0.0

    def pass_(self, seconds: float) -> None:
        self.day += seconds
        self.clock += seconds

    def look(self) -> float:
        self.clock += self.each_look
        return self.clock


@pytest.fixture
def moment() -> _Time:
    return _Time()


def _database(tmp_path, model="a/b") -> Answer:
    path = tmp_path / "made.db"
    path.unlink(missing_ok=True)
    write_provider_db(path, [(model, 50, 51, 52, 1100, _WHEN)], archived=False)
    body = path.read_bytes()
    path.unlink()
    return Answer(body, headers={"etag": f'"{model}"'})


def _db(tmp_path, downloads, pages, moment, **upkeep):
    kept = Upkeep(url=pages.url("/provider.db"), **upkeep)
    return ProviderDb(tmp_path / "data" / "provider.db", downloads, kept, now=lambda: moment.day, clock=moment.look)


def _models(fetched):
    return {row.model for row in fetched.rows}


def _set_age(db_path, moment, hours):
    os.utime(db_path, (moment.day - hours * _HOUR,) * 2)


async def test_downloaded_when_it_is_missing_and_again_when_it_is_old(tmp_path, downloads, pages, moment):
    db, path = _db(tmp_path, downloads, pages, moment), tmp_path / "data" / "provider.db"
    pages.put("/provider.db", _database(tmp_path, "a/first"))
    assert _models(await db.fetch()) == {"a/first"}
    _set_age(path, moment, 3.9)
    pages.put("/provider.db", _database(tmp_path, "a/second"))
    assert _models(await db.fetch()) == {"a/first"}
    _set_age(path, moment, 4.0)
    assert _models(await db.fetch()) == {"a/second"}
    assert pages.headers["/provider.db"]["if-none-match"] == '"a/first"'
    assert len(pages.asked) == 2


async def test_nothing_new_makes_it_fresh_again(tmp_path, downloads, pages, moment):
    db, path = _db(tmp_path, downloads, pages, moment), tmp_path / "data" / "provider.db"
    pages.put("/provider.db", _database(tmp_path))
    await db.refresh()
    _set_age(path, moment, 5)
    pages.put("/provider.db", Answer(status=304))
    assert await db.refresh() is False
    assert path.stat().st_mtime > moment.day
    assert _models(await db.fetch()) == {"a/b"}


async def test_never_downloaded_when_that_is_off(tmp_path, downloads, pages, moment, caplog):
    caplog.set_level(logging.DEBUG, "smarterrouter")
    db, path = _db(tmp_path, downloads, pages, moment, auto_update_hours=0.0), tmp_path / "data" / "provider.db"
    assert db.hosts == ()
    for _ in range(2):
        assert await db.fetch() == Fetched(absent=True), "not there is not broken"
    assert [(record.levelname, str(path) in record.getMessage()) for record in caplog.records] == [("INFO", True)]
    path.parent.mkdir()
    path.write_bytes(_database(tmp_path, "a/put-there").body)
    assert _models(await db.fetch()) == {"a/put-there"}
    assert pages.asked == []


async def test_a_first_download_that_fails_is_a_failure_in_its_own_words(tmp_path, downloads, pages, moment):
    pages.put("/provider.db", Answer(status=404))
    with pytest.raises(BackendUnreachable, match=r"no provider\.db yet.*404"):
        await _db(tmp_path, downloads, pages, moment).fetch()


async def test_whoever_reads_it_need_not_wait_after_a_failure(tmp_path, downloads, pages, moment):
    db = _db(tmp_path, downloads, pages, moment)
    pages.put("/provider.db", Answer(status=404), _database(tmp_path))
    assert await db.refresh() is False
    assert await db.refresh() is False
    assert len(pages.asked) == 1
    assert _models(await db.fetch()) == {"a/b"}


async def test_two_jobs_at_once_download_it_once(tmp_path, downloads, pages, moment):
    db = _db(tmp_path, downloads, pages, moment)
    pages.put("/provider.db", structs.replace(_database(tmp_path), delay=0.05))
    fetched, changed = await asyncio.gather(db.fetch(), db.refresh())
    assert (_models(fetched), changed, len(pages.asked)) == ({"a/b"}, False, 1)
    assert db.status().failures == 0


async def test_two_jobs_at_once_fail_once(tmp_path, downloads, pages, moment):
    db = _db(tmp_path, downloads, pages, moment)
    pages.put("/provider.db", Answer(status=404, delay=0.05))
    _, failed = await asyncio.gather(db.refresh(), db.fetch(), return_exceptions=True)
    assert isinstance(failed, BackendUnreachable)
    assert (len(pages.asked), db.status().failures) == (1, 1)


async def test_a_file_that_was_taken_away_is_downloaded_whole(tmp_path, downloads, pages, moment):
    db = _db(tmp_path, downloads, pages, moment)
    pages.put("/provider.db", _database(tmp_path))
    await db.refresh()
    (tmp_path / "data" / "provider.db").unlink()
    assert await db.refresh() is True
    assert "if-none-match" not in pages.headers["/provider.db"]


@pytest.mark.parametrize("broken", [HTML, Answer(b"", 404), Answer(b"x" * 100, cut=50), Answer(b"")])
async def test_a_failed_download_leaves_the_old_file_in_use_and_says_so(tmp_path, downloads, pages, moment, broken):
    db, path = _db(tmp_path, downloads, pages, moment), tmp_path / "data" / "provider.db"
    pages.put("/provider.db", _database(tmp_path))
    await db.fetch()
    _set_age(path, moment, 5)
    pages.put("/provider.db", broken)
    fetched = await db.fetch()
    assert _models(fetched) == {"a/b"}
    assert fetched.problems[0].startswith("not updated: ")
    assert [file.name for file in path.parent.iterdir()] == ["provider.db"]
    assert db.status().failures == 1


async def test_waits_twice_as_long_after_each_failure_up_to_an_hour(tmp_path, downloads, pages, moment):
    db = _db(tmp_path, downloads, pages, moment)
    pages.put("/provider.db", Answer(b"", 404))
    for wait in [60, 120, 240, 480, 960, 1920, 3600, 3600]:
        asked = len(pages.asked)
        assert await db.refresh() is False
        assert len(pages.asked) == asked + 1
        moment.pass_(wait - 1)
        assert await db.refresh() is False
        assert len(pages.asked) == asked + 1
        moment.pass_(1)
    pages.put("/provider.db", _database(tmp_path))
    assert await db.refresh() is True
    assert db.status().failures == 0


async def test_tells_when_it_is_stale(tmp_path, downloads, pages, moment):
    db, path = _db(tmp_path, downloads, pages, moment, auto_update_hours=1000.0), tmp_path / "data" / "provider.db"
    status = db.status()
    assert (status.present, status.age_hours, status.stale) == (False, None, True)
    pages.put("/provider.db", _database(tmp_path))
    await db.refresh()
    _set_age(path, moment, 167)
    assert db.status().stale is False
    _set_age(path, moment, 200)
    assert db.status().stale is True
    assert db.status().age_hours == pytest.approx(200)
    assert (await db.fetch()).problems == ("provider.db is 200 hours old",)


async def test_a_slow_disk_is_left_alone_for_a_while(tmp_path, downloads, pages, moment):
    db, path = _db(tmp_path, downloads, pages, moment), tmp_path / "data" / "provider.db"
    pages.put("/provider.db", _database(tmp_path, "a/first"))
    moment.each_look = 0.3
    assert _models(await db.fetch()) == {"a/first"}
    moment.each_look = 0.0
    assert db.status().slow is True
    path.write_bytes(_database(tmp_path, "a/second").body)
    fetched = await db.fetch()
    assert _models(fetched) == {"a/first"}
    assert "from memory" in fetched.problems[-1]
    moment.clock += 31
    assert _models(await db.fetch()) == {"a/second"}
    assert db.status().slow is False


async def test_memory_that_is_too_old_is_not_used(tmp_path, downloads, pages, moment):
    db = _db(tmp_path, downloads, pages, moment, slow_window_seconds=1000.0, memory_max_age_seconds=300.0)
    pages.put("/provider.db", _database(tmp_path))
    moment.each_look = 0.3
    await db.fetch()
    moment.each_look = 0.0
    moment.clock += 301
    with pytest.raises(BackendGarbage, match="too old"):
        await db.fetch()


async def test_slow_disks_are_no_matter_when_that_is_off(tmp_path, downloads, pages, moment):
    db = _db(tmp_path, downloads, pages, moment, slow_fallback=False)
    pages.put("/provider.db", _database(tmp_path))
    moment.each_look = 0.3
    await db.fetch()
    assert db.status().slow is False


def test_says_whom_it_contacts(tmp_path, downloads):
    assert ProviderDb(tmp_path / "x", downloads).hosts == ("raw.githubusercontent.com",)
