"""What decisions were taken on is stored once, before the first record that refers to it."""

import pytest
from tests.doubles.in_process import model

from smarterrouter.catalog.catalog import Catalog
from smarterrouter.domain.decisions import Candidate, Decision, Moment
from smarterrouter.domain.records import RequestRecord
from smarterrouter.errors import StoreUnavailable
from smarterrouter.gateway.archive import Archive, Missing
from smarterrouter.gateway.premises import Premises, taken
from smarterrouter.routing.analysis import read_text
from smarterrouter.routing.premises import StoredPolicy, pack_models
from smarterrouter.routing.recorded import Outcome
from smarterrouter.store.database import Database
from smarterrouter.store.journal import Described, Journal
from smarterrouter.store.premises import decided_by_id, load_policy, load_snapshot

MODELS = [model(f"one/m{place}", size=place + 1) for place in range(12)]
MOMENT = Moment(frozenset({"one/m3"}), {"one/m1": 0.25, "one/m2": 0.05}, frozenset({"one"}))


def decision(number, **more):
    candidates = tuple(Candidate(one, 1 / (place + 3)) for place, one in enumerate(MODELS))
    return Decision(candidates, read_text("Prove it.", 0.5), "scored", number, **more)


def record(features, identity="r1", policy=""):
    return RequestRecord(identity, 1.0, "chat", "auto", "one/m0", "scored", 200, policy=policy, features=features)


class World:
    def __init__(self, database):
        self.database = database
        self.now = 0.0
        self.policy = StoredPolicy(preference=0.5)
        self.premises = Premises(database, lambda: self.policy, lambda: self.now)
        self.catalog = Catalog()
        self.catalog.subscribe(self.premises.note_snapshot)
        self.catalog.swap(MODELS)

    @property
    def number(self):
        return self.catalog.current.number

    def decided(self, identity="r1", **more):
        return record(taken(decision(self.number, **more), MOMENT), identity, self.policy.stamp)


@pytest.fixture
async def world(tmp_path):
    database = Database("sqlite:///router.db", tmp_path)
    await database.open()
    yield World(database)
    await database.close()


async def test_a_decision_comes_back_with_all_that_it_was_taken_on(world):
    journal = Journal(world.database, premises=world.premises)
    journal.start()
    journal.append(world.decided(rules=("ours", "a, b"), held="it is warm"))
    await journal.close()
    row = await decided_by_id(world.database, "r1")
    assert (row.chosen, row.held, row.rules) == ("one/m0", "it is warm", "ours\na, b")
    found = await Archive(world.database).recall(row)
    assert found.models == tuple(MODELS)
    assert found.policy.encoded() == world.policy.encoded()
    assert found.past.recorded.moment == MOMENT
    assert found.past.recorded.outcome == Outcome.of(decision(1).candidates)
    assert (found.past.rules, found.past.held, found.past.chosen) == (("ours", "a, b"), "it is warm", "one/m0")


async def test_the_same_models_are_stored_once_whatever_the_number(world):
    await world.premises.keep([world.decided()])
    world.catalog.swap(MODELS)
    await world.premises.keep([world.decided("r2")])
    first = world.premises.describe(world.decided()).snapshot_hash
    assert first == pack_models(tuple(MODELS))[0]
    world.catalog.swap(MODELS[:5])
    other = world.decided("r3")
    await world.premises.keep([other])
    assert world.premises.describe(other).snapshot_hash != first
    assert await load_snapshot(world.database, first) is not None


async def test_nothing_is_stored_while_nothing_is_decided(world):
    named = record(b"")
    await world.premises.keep([named])
    assert world.premises.describe(named) == Described()
    assert await load_policy(world.database, world.policy.stamp) is None


async def test_what_is_in_use_is_stored_again_now_and_then(world):
    one = world.decided()
    await world.premises.keep([one])
    name = world.premises.describe(one).snapshot_hash
    await _forget(world.database)
    await world.premises.keep([one])
    assert await load_snapshot(world.database, name) is None
    world.now += 601
    await world.premises.keep([one])
    assert await load_snapshot(world.database, name) is not None
    assert await load_policy(world.database, world.policy.stamp) is not None


async def test_a_reloaded_policy_is_stored_beside_the_one_before(world):
    first = world.decided()
    await world.premises.keep([first])
    before, world.policy = world.policy, StoredPolicy(preference=0.9)
    await world.premises.keep([world.decided("r2"), first])
    assert await load_policy(world.database, before.stamp) is not None
    assert await load_policy(world.database, world.policy.stamp) is not None


async def test_a_database_that_is_away_is_told_to_the_journal(world, tmp_path):
    closed = World(Database("sqlite:///other.db", tmp_path))
    with pytest.raises(StoreUnavailable):
        await closed.premises.keep([closed.decided()])
    await closed.database.open()
    await closed.premises.keep([closed.decided()])
    assert await load_policy(closed.database, closed.policy.stamp) is not None
    await closed.database.close()


async def test_a_snapshot_of_long_ago_leaves_the_intent(world):
    old = world.decided()
    for _ in range(300):
        world.catalog.swap(MODELS)
    await world.premises.keep([old])
    said = world.premises.describe(old)
    assert (said.snapshot_hash, said.chosen) == ("", "one/m0")
    assert said.features


async def test_what_a_request_leaves_holds_few_candidates():
    left = taken(decision(1), MOMENT)
    assert (left.candidates, len(left.first), left.first[0]) == (12, 8, ("one/m0", 1 / 3))


@pytest.mark.parametrize("table", ["snapshots", "policies"])
@pytest.mark.parametrize("damage", ["DELETE FROM {}", "UPDATE {} SET {} = x'00'"])
async def test_what_is_gone_or_damaged_is_missing_with_a_reason(world, table, damage):
    journal = Journal(world.database, premises=world.premises)
    journal.start()
    journal.append(world.decided())
    await journal.close()
    column = {"snapshots": "models", "policies": "policy"}[table]
    async with world.database.begin() as connection:
        await connection.exec_driver_sql(damage.format(table, column))
    with pytest.raises(Missing, match=r"its (snapshot|policy) (is not stored|cannot be read)"):
        await Archive(world.database).recall(await decided_by_id(world.database, "r1"))


async def _forget(database):
    async with database.begin() as connection:
        for table in ("snapshots", "policies"):
            await connection.exec_driver_sql(f"DELETE FROM {table}")
