"""One owner of the current snapshot."""

import asyncio

from smarterrouter.catalog.catalog import Catalog
from smarterrouter.catalog.snapshot import Naming, Snapshot
from smarterrouter.domain.models import Model

M = Model(key="a/m", backend="a", name="m")


async def test_starts_empty_and_usable() -> None:
    catalog = Catalog(Naming(router="my/router"))
    assert catalog.current.number == 0
    assert catalog.current.models == ()
    found = catalog.current.find("my/router")
    assert found is not None
    assert found.routed


async def test_swap_counts_and_leaves_old_readers_alone() -> None:
    catalog = Catalog()
    before = catalog.current
    after = catalog.swap([M])
    assert (before.number, after.number) == (0, 1)
    assert before.models == ()
    assert catalog.current is after
    assert after.by_key == {"a/m": M}


async def test_naming_is_kept_over_swaps() -> None:
    catalog = Catalog(Naming(aliases={"x": ["m"]}))
    catalog.swap([])
    catalog.swap([M])
    assert catalog.current.aliases == {"x": (M,)}


async def test_listeners_hear_of_each_swap_until_they_leave() -> None:
    catalog = Catalog()
    heard: list[int] = []
    stop = catalog.subscribe(lambda snapshot: heard.append(snapshot.number))
    catalog.swap([M])
    catalog.swap([])
    stop()
    catalog.swap([M])
    assert heard == [1, 2]


async def test_waiting_for_news() -> None:
    catalog = Catalog()
    waiters = [asyncio.ensure_future(catalog.newer_than(1)) for _ in range(3)]
    await asyncio.sleep(0)
    catalog.swap([M])
    await asyncio.sleep(0)
    assert not any(waiter.done() for waiter in waiters)
    catalog.swap([])
    found: list[Snapshot] = await asyncio.wait_for(asyncio.gather(*waiters), 5)
    assert [snapshot.number for snapshot in found] == [2, 2, 2]
    assert (await catalog.newer_than(0)).number == 2
