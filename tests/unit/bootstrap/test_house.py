import asyncio

import pytest
from tests.doubles.gateway_parts import until

from smarterrouter.bootstrap import build, outgoing
from smarterrouter.settings.loading import load

JUDGE = {"JUDGE_ENABLED": "true", "JUDGE_BASE_URL": "http://judge.example/v1", "JUDGE_MODEL": "wise"}


@pytest.fixture
async def house(tmp_path):
    """Builds houses from these settings and stops them."""
    built = []

    def make(**given):
        names = {"BENCHMARK_SOURCES": "[]", "PROVIDER_DB_ENABLED": "false", "DISCOVERY_ENABLED": "false", **given}
        loaded = load({f"ROUTER_{name}": value for name, value in names.items()}, tmp_path)
        built.append(build(loaded.settings))
        return built[-1]

    yield make
    for one in built:
        await one.stop()


def said(house):
    return outgoing(house.services.settings, house.backends, house.services.sync)


async def test_outgoing_names_sources_and_the_judge_unless_offline(house):
    assert said(house()) == "background work contacts: local at this machine."
    sources = {"BENCHMARK_SOURCES": "livebench", "PROVIDER_DB_ENABLED": "true"}
    loud, quiet = said(house(**JUDGE, **sources)), said(house(**JUDGE, **sources, OFFLINE="true"))
    assert "the judge at http://judge.example/v1" in loud
    assert " for benchmarks" in loud
    assert quiet == "background work contacts: local at this machine. ROUTER_OFFLINE is on."


async def test_serving_does_not_wait_for_what_is_remembered(house):
    made = house(OFFLINE="true")
    loaded = []
    made.services.sync.load = made.services.profiling.load = lambda: _noted(loaded)
    opening = made.services.database.open_soon
    made.services.database.open_soon = made.services.scheduler.start = lambda: None
    await made.start()
    await asyncio.sleep(0.05)
    assert not loaded, "it waits for the database"
    opening()
    await until(lambda: len(loaded) == 2)


async def _noted(loaded):
    loaded.append("loaded")


async def test_a_house_whose_database_never_opens_can_be_stopped(house):
    made = house(OFFLINE="true")
    made.services.database.open_soon = lambda: None
    await made.start()
    await made.stop()
    assert made._remembering.cancelled()


async def test_the_embedding_model_of_categories_learns_once_it_is_found(house):
    assert house().sensing is None
    made = house(OFFLINE="true", CATEGORY_MODEL="embed")
    prepared = []
    made.sensing.prepare = lambda: prepared.append("prepared")
    made.services.database.open_soon = made.services.scheduler.start = lambda: None
    await made.start()
    made.services.catalog.swap([])
    assert prepared == ["prepared"]
