"""Looking for backends, then for their models."""

from collections.abc import Sequence

import pytest

from smarterrouter.catalog.catalog import Catalog
from smarterrouter.catalog.filters import Filters
from smarterrouter.domain.models import Offer
from smarterrouter.jobs.find_models import FindModels, Wanted
from smarterrouter.jobs.refresh_models import RefreshModels, Rules


class Box:
    """A backend in this process."""

    name = "box"

    async def offers(self) -> Sequence[Offer]:
        return [Offer(backend="box", name=name) for name in ("llama3:8b", "nomic-embed-text")]


async def test_models_of_a_backend_found_just_now_are_there_after_one_round() -> None:
    catalog, boxes = Catalog(), []

    async def look() -> None:
        boxes.append(Box())

    job = FindModels(look, RefreshModels(lambda: boxes, catalog, Rules(every=9)))
    assert (job.looked, job.every) == (False, 9)
    await job.run()
    assert job.looked
    assert sorted(catalog.current.by_key) == ["box/llama3:8b", "box/nomic-embed-text"]


async def test_without_a_look_configured_backends_are_asked() -> None:
    catalog = Catalog()
    job = FindModels(None, RefreshModels(lambda: [Box()], catalog, Rules()))
    await job.run()
    assert len(catalog.current.models) == 2


async def test_a_failed_look_is_a_round_all_the_same() -> None:
    async def look() -> None:
        raise RuntimeError("no luck")

    job = FindModels(look, RefreshModels(lambda: (), Catalog(), Rules()))
    with pytest.raises(RuntimeError, match="no luck"):
        await job.run()
    assert job.looked


async def test_only_wanted_models_are_offered() -> None:
    wanted = Wanted(Box(), Filters.of(exclude=["*embed*"]))
    assert wanted.name == "box"
    assert [offer.name for offer in await wanted.offers()] == ["llama3:8b"]
