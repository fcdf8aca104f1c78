import pytest
from tests.doubles.in_process import model, request

from smarterrouter.catalog.catalog import Catalog
from smarterrouter.domain.decisions import Candidate, Decision, Moment
from smarterrouter.domain.records import RequestRecord
from smarterrouter.errors import BadRequest, NotFound
from smarterrouter.gateway.explaining import Explaining, Ways
from smarterrouter.gateway.premises import Premises, taken
from smarterrouter.routing.analysis import read, read_text
from smarterrouter.routing.premises import StoredPolicy
from smarterrouter.routing.replay import led_by
from smarterrouter.routing.weights import RoutingWeights
from smarterrouter.store.database import Database
from smarterrouter.store.journal import Journal

MODELS = (model("one/a"), model("two/b"))


def decided(intent, alias="", totals=(2.0, 1.0)):
    lines = [Candidate(one, total, {"quality": total}) for one, total in zip(MODELS, totals, strict=True)]
    return Decision(tuple(lines), intent, "scored", 1, reason=f"asked for {alias or 'nothing'}")


class Again:
    """Decides as then, or with other totals."""

    def __init__(self, totals=(2.0, 1.0)):
        self.totals = totals

    def __call__(self, policy):
        return self

    def as_it_was(self, past, models, snapshot):
        return led_by(decided(past.recorded.intent, totals=self.totals), past.chosen)


AGAIN = Again()


@pytest.fixture
async def database(tmp_path):
    made = Database("sqlite:///router.db", tmp_path)
    await made.open()
    premises, catalog = Premises(made, StoredPolicy), Catalog()
    catalog.subscribe(premises.note_snapshot)
    catalog.swap(MODELS)
    journal = Journal(made, premises=premises)
    journal.start()
    left = taken(decided(read_text("Hello", 0.5)), Moment())
    for identity, strategy, features in (("r1", "scored", left), ("r2", "named", b""), ("r3", "", b"")):
        policy = StoredPolicy().stamp
        journal.append(
            RequestRecord(identity, 1.0, "chat", "auto", "two/b", strategy, 200, policy=policy, features=features)
        )
    await journal.close()
    yield made
    await made.close()


def explaining(database, again=AGAIN):
    async def of_text(text):
        return read_text(text, 0.5)

    async def of_call(call):
        return read(call, 0.5)

    ways = Ways(of_text, of_call, decided)
    return Explaining(ways, RoutingWeights(), database, again)


async def test_a_prompt_and_a_whole_request(database):
    made = explaining(database)
    assert (await made.prompt("Hello"))["selected_model"] == "one/a"
    told = await made.chat(request("Prove it.", model="mine", tools=[{"type": "function", "function": {"name": "f"}}]))
    assert told["reason"] == "asked for mine"
    assert told["needs"]["tools"] is True
    with pytest.raises(BadRequest):
        await made.chat(b"[]")


async def test_a_request_of_the_past_with_what_the_log_knows(database):
    told = await explaining(database).recorded("r1")
    assert told["selected_model"] == "one/a"
    assert told["request"]["answered_by"] == "two/b"
    assert told["request"]["identical"] is True
    other = await explaining(database, Again((2.0, 1.5))).recorded("r1")
    assert (other["request"]["identical"], other["request"]["differs"]) == (False, "totals")


@pytest.mark.parametrize(
    ("identity", "words"),
    [("nobody", "no request nobody"), ("r2", "named its model"), ("r3", "came to no decision")],
)
async def test_what_was_not_decided_is_not_found(database, identity, words):
    with pytest.raises(NotFound, match=words):
        await explaining(database).recorded(identity)


async def test_what_is_not_known_any_more_is_not_found_with_a_reason(database):
    async with database.begin() as connection:
        await connection.exec_driver_sql("DELETE FROM snapshots")
    with pytest.raises(NotFound, match="its snapshot is not stored"):
        await explaining(database).recorded("r1")
