"""provider.db is read again when there is a newer one, and only then."""

import pytest

from smarterrouter.jobs.refresh_provider_db import RefreshProviderDb


class Source:
    def __init__(self, newer: str) -> None:
        self.answers = list(newer)

    async def refresh(self) -> bool:
        return self.answers.pop(0) == "y"


async def test_only_a_newer_file_is_read() -> None:
    read: list[int] = []

    async def changed() -> None:
        read.append(1)

    job = RefreshProviderDb(Source("nyn"), changed)
    assert job.every == 3600
    for expected in (0, 1, 1):
        await job.run()
        assert len(read) == expected


async def test_without_a_source_there_is_nothing_to_do() -> None:
    async def changed() -> None:
        pytest.fail("read")

    job = RefreshProviderDb(None, changed)
    assert job.every == 0
    await job.run()
