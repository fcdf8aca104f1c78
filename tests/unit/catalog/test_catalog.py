"""One owner of the current snapshot."""

from smarterrouter.catalog.catalog import Catalog
from smarterrouter.catalog.snapshot import Naming
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


async def test_listeners_hear_of_each_swap() -> None:
    catalog = Catalog()
    heard: list[int] = []
    catalog.subscribe(lambda snapshot: heard.append(snapshot.number))
    catalog.swap([M])
    catalog.swap([])
    assert heard == [1, 2]
