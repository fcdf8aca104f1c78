from datetime import UTC, datetime, timedelta

from smarterrouter.store.database import Database
from smarterrouter.store.sightings import Sighting, model_sightings, models_seen

_NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
_HOUR = timedelta(hours=1)


async def test_a_model_is_active_while_it_is_seen(database: Database) -> None:
    await models_seen(database, ["b", "a"], _NOW)
    await models_seen(database, ["b", "c"], _NOW + _HOUR)
    assert await model_sightings(database) == (
        Sighting("a", active=False, first_seen=_NOW, last_seen=_NOW),
        Sighting("b", active=True, first_seen=_NOW, last_seen=_NOW + _HOUR),
        Sighting("c", active=True, first_seen=_NOW + _HOUR, last_seen=_NOW + _HOUR),
    )


async def test_a_model_that_comes_back_is_the_same_model(database: Database) -> None:
    await models_seen(database, ["a"], _NOW)
    await models_seen(database, [], _NOW + _HOUR)
    assert [sighting.active for sighting in await model_sightings(database)] == [False]
    await models_seen(database, ["a"], _NOW + 2 * _HOUR)
    assert await model_sightings(database) == (Sighting("a", True, _NOW, _NOW + 2 * _HOUR),)  # noqa: FBT003


async def test_a_key_named_twice_counts_once_and_an_impossible_one_costs_itself(database: Database) -> None:
    await models_seen(database, ["a", "b", "a", "", "x\0", "\ud800", "y" * 600], _NOW)
    assert [sighting.model for sighting in await model_sightings(database)] == ["a", "b"]


async def test_ac16_a_thousand_models_fit_into_statements_of_999_parameters(
    database: Database, statements: list[int]
) -> None:
    keys = {f"ollama/model-{number}" for number in range(1200)}
    await models_seen(database, keys, _NOW.replace(tzinfo=None))
    await models_seen(database, keys, _NOW + _HOUR)
    assert max(statements) <= 999
    assert len(statements) < 20
    found = await model_sightings(database)
    assert {sighting.model for sighting in found} == keys
    assert {(sighting.active, sighting.first_seen, sighting.last_seen) for sighting in found} == {
        (True, _NOW, _NOW + _HOUR)
    }
