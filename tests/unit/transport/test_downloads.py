"""Downloads against a real server: redirects, limits, new tries, whole files or none."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from tests.doubles.benchmark_pages import Answer, BenchmarkPages

from smarterrouter.errors import BackendBusy, BackendGarbage, BackendLimited, BackendTimeout, BackendUnreachable
from smarterrouter.transport.client import HttpClient
from smarterrouter.transport.downloads import Downloads
from smarterrouter.transport.retries import RetryPolicy

_AT_ONCE = RetryPolicy(max_retries=2, base_delay=0.0, max_delay=1.0)


@pytest.fixture
async def pages() -> AsyncIterator[BenchmarkPages]:
    async with BenchmarkPages() as server:
        yield server


@pytest.fixture
async def client() -> AsyncIterator[HttpClient]:
    client = HttpClient()
    yield client
    await client.close()


@pytest.fixture
def downloads(client: HttpClient) -> Downloads:
    return Downloads(client, most_bytes=1000, seconds=5.0, patience=_AT_ONCE)


def _moved(status: int, location: str) -> Answer:
    return Answer(b"moved", status, {"location": location})


async def test_gives_body_address_and_tag(pages, downloads):
    pages.put("/a", Answer(b"hello", headers={"etag": '"1"'}))
    got = await downloads.get(pages.url("/a"), {"x-api-key": "k"})
    assert (got.body, got.url, got.etag, got.unchanged) == (b"hello", pages.url("/a"), '"1"', False)
    assert pages.headers["/a"]["x-api-key"] == "k"
    assert pages.headers["/a"]["user-agent"] == "smarterrouter"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_follows_redirects_relative_and_absolute(pages, downloads, status):
    pages.put("/a", _moved(status, "/b?x=1"))
    pages.put("/b", _moved(status, pages.url("/c")))
    pages.put("/c", Answer(b"there"))
    got = await downloads.get(pages.url("/a"), {"x-api-key": "k"})
    assert got.body == b"there"
    assert got.url == pages.url("/c")
    assert pages.headers["/c"]["x-api-key"] == "k"


@pytest.mark.parametrize(
    ("location", "asked"),
    [
        ("/b?signature=a%2Fb%3D%27&x='y'", "/b?signature=a%2Fb%3D%27&x='y'"),
        ("/b?name=two words", "/b?name=two+words"),
        ("/b?name=ä", "/b?name=%C3%A4"),
    ],
)
async def test_signed_addresses_stay_as_they_are(pages, downloads, location, asked):
    pages.put("/a", _moved(302, location))
    pages.put("/b", Answer(b"there"))
    await downloads.get(pages.url("/a"))
    assert pages.asked[1] == asked


async def test_a_key_does_not_follow_to_another_server(pages, downloads):
    async with BenchmarkPages() as other:
        pages.put("/a", _moved(302, other.url("/b")))
        other.put("/b", Answer(b"there"))
        assert (await downloads.get(pages.url("/a"), {"x-api-key": "k"})).body == b"there"
        assert "x-api-key" not in other.headers["/b"]


async def test_redirects_in_a_circle_end(pages, downloads):
    pages.put("/a", _moved(307, "/a"))
    with pytest.raises(BackendGarbage, match="too often"):
        await downloads.get(pages.url("/a"))
    assert len(pages.asked) == 6


@pytest.mark.parametrize("location", ["ftp://127.0.0.1/x", "file:///etc/passwd", "javascript:1"])
async def test_other_kinds_of_addresses_are_not_followed(pages, downloads, location):
    pages.put("/a", _moved(302, location))
    with pytest.raises(BackendGarbage, match="not followed"):
        await downloads.get(pages.url("/a"))


@pytest.mark.parametrize("url", ["ftp://x/y", "x", "http://", "/etc/passwd", "http://[", "http://h:port/"])
async def test_other_kinds_of_addresses_are_not_asked(downloads, url):
    with pytest.raises(BackendGarbage):
        await downloads.get(url)


async def test_unchanged_when_the_tag_is_known(pages, downloads, tmp_path):
    pages.put("/a", Answer(status=304, headers={"etag": '"1"'}))
    target = tmp_path / "file"
    target.write_bytes(b"old")
    got = await downloads.save(pages.url("/a"), target, etag='"1"')
    assert got.unchanged
    assert got.etag == '"1"'
    assert pages.headers["/a"]["if-none-match"] == '"1"'
    assert target.read_bytes() == b"old"


async def test_a_busy_server_is_asked_again(pages, downloads):
    pages.put("/a", Answer(status=503), Answer(status=500), Answer(b"now"))
    assert (await downloads.get(pages.url("/a"))).body == b"now"
    assert len(pages.asked) == 3


async def test_retry_after_is_kept_when_it_is_short(pages, downloads):
    pages.put("/a", Answer(status=429, headers={"retry-after": "0"}), Answer(b"now"))
    assert (await downloads.get(pages.url("/a"))).body == b"now"


async def test_nobody_waits_longer_than_patience_allows(pages, downloads):
    pages.put("/a", Answer(status=429, headers={"retry-after": "3600"}))
    with pytest.raises(BackendLimited) as caught:
        await downloads.get(pages.url("/a"))
    assert caught.value.retry_after == 3600.0
    assert len(pages.asked) == 1


async def test_retry_after_may_be_a_date(pages, downloads):
    later = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    pages.put("/a", Answer(status=503, headers={"retry-after": later}))
    with pytest.raises(BackendBusy) as caught:
        await downloads.get(pages.url("/a"))
    assert 3500 < (caught.value.retry_after or 0) <= 3600


async def test_retry_after_that_says_nothing(pages, downloads):
    pages.put("/a", Answer(status=503, headers={"retry-after": "soon"}), Answer(b"now"))
    assert (await downloads.get(pages.url("/a"))).body == b"now"


async def test_half_a_page_is_no_page(pages, downloads):
    pages.put("/a", Answer(b"x" * 100, cut=50))
    with pytest.raises(BackendUnreachable):
        await downloads.get(pages.url("/a"))
    assert len(pages.asked) == 3


async def test_half_a_page_then_the_whole(pages, downloads):
    pages.put("/a", Answer(b"x" * 100, cut=50), Answer(b"x" * 100))
    assert len((await downloads.get(pages.url("/a"))).body) == 100


async def test_too_large_is_refused_at_once(pages, downloads):
    pages.put("/a", Answer(b"x" * 1001))
    with pytest.raises(BackendGarbage, match="larger than 1000"):
        await downloads.get(pages.url("/a"))
    assert len(pages.asked) == 1


async def test_too_slow_is_given_up(pages, client):
    pages.put("/a", Answer(b"x", delay=30.0))
    with pytest.raises(BackendTimeout):
        await Downloads(client, seconds=0.05, patience=_AT_ONCE).get(pages.url("/a"))


@pytest.mark.parametrize("status", [401, 403, 404, 410])
async def test_refused_is_not_asked_again(pages, downloads, status):
    pages.put("/a", Answer(b"no", status))
    with pytest.raises(BackendGarbage, match=str(status)):
        await downloads.get(pages.url("/a"))
    assert len(pages.asked) == 1


async def test_a_file_is_replaced_whole(pages, client, tmp_path):
    body = bytes(range(256)) * 16_384
    pages.put("/a", Answer(body, headers={"etag": "t"}))
    target = tmp_path / "new folder" / "file"
    got = await Downloads(client, patience=_AT_ONCE).save(pages.url("/a"), target)
    assert target.read_bytes() == body
    assert (got.body, got.etag) == (b"", "t")
    assert [path.name for path in target.parent.iterdir()] == ["file"]


async def test_a_broken_download_leaves_the_old_file(pages, downloads, tmp_path):
    target = tmp_path / "file"
    target.write_bytes(b"old")
    pages.put("/a", Answer(b"x" * 100, cut=50))
    with pytest.raises(BackendUnreachable):
        await downloads.save(pages.url("/a"), target)
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


async def test_a_file_that_is_no_good_leaves_the_old_one(pages, downloads, tmp_path):
    target = tmp_path / "file"
    target.write_bytes(b"old")
    pages.put("/a", Answer(b"bad"))

    def check(path: Path) -> None:
        assert path.read_bytes() == b"bad"
        raise BackendGarbage("no good")

    with pytest.raises(BackendGarbage, match="no good"):
        await downloads.save(pages.url("/a"), target, check=check)
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


async def test_a_cancelled_download_leaves_nothing_behind(pages, downloads, tmp_path):
    target = tmp_path / "file"
    pages.put("/a", Answer(b"x", delay=30.0))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await downloads.save(pages.url("/a"), target)
    assert list(tmp_path.iterdir()) == []
