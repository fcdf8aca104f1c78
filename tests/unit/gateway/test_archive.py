from datetime import UTC, datetime

import pytest
from tests.doubles.in_process import model

from smarterrouter.gateway.archive import Archive, Missing
from smarterrouter.routing.analysis import read_text
from smarterrouter.routing.premises import StoredPolicy, pack_models
from smarterrouter.routing.recorded import Places, Recorded, encode
from smarterrouter.store.database import Database
from smarterrouter.store.premises import Decided, save_premises

POLICY = StoredPolicy()


@pytest.fixture
async def database(tmp_path):
    made = Database("sqlite:///router.db", tmp_path)
    await made.open()
    yield made
    await made.close()


async def stored(database, *keys):
    """A row that was decided among these models."""
    models = tuple(model(key) for key in keys)
    name, data = pack_models(models)
    await save_premises(database, {name: data}, {POLICY.stamp: POLICY.encoded()})
    features = encode(Recorded(read_text("Hello", 0.5)), Places(models))
    return Decided(
        1,
        "r1",
        datetime(2026, 11, 20, tzinfo=UTC),
        "chat",
        "auto",
        keys[0],
        "cascade+escalated",
        200,
        "",
        POLICY.stamp,
        name,
        keys[0],
        "",
        "a rule\nanother, too",
        features,
    )


async def test_the_same_snapshot_is_read_once_and_has_one_number(database):
    archive, row, other = Archive(database), await stored(database, "one/a"), await stored(database, "one/b")
    first, second, third = [await archive.recall(one) for one in (row, other, row)]
    assert first.models is third.models
    assert first.snapshot == third.snapshot != second.snapshot
    assert first.policy.stamp == POLICY.stamp
    assert (first.past.strategy, first.past.rules) == ("cascade", ("a rule", "another, too"))


async def test_snapshots_that_were_not_wanted_for_long_are_let_go(database):
    archive, row = Archive(database), await stored(database, "one/a")
    before = await archive.recall(row)
    for number in range(20):
        await archive.recall(await stored(database, f"one/m{number}"))
    after = await archive.recall(row)
    assert after.models == before.models
    assert after.snapshot > before.snapshot


async def test_features_that_cannot_be_read_are_missing(database):
    row = await stored(database, "one/a")
    broken = Decided(
        **{name: getattr(row, name) for name in Decided.__struct_fields__ if name != "features"}, features=b""
    )
    with pytest.raises(Missing, match="features cannot be read"):
        await Archive(database).recall(broken)
