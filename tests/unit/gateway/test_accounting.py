import pytest
from tests.doubles.gateway_parts import Readings
from tests.doubles.in_process import Path_, model, visit

from smarterrouter.domain.decisions import Candidate, Decision
from smarterrouter.gateway.accounting import LEFT, Accounting
from smarterrouter.gateway.premises import taken
from smarterrouter.gateway.transcript import Transcript
from smarterrouter.gateway.visit import Discarded
from smarterrouter.observability.metrics import Metrics
from smarterrouter.routing.analysis import read_text
from smarterrouter.store.database import Database
from smarterrouter.store.journal import Journal
from smarterrouter.wire.calls import ChatCall

A = model("one/a")


@pytest.fixture
async def world(tmp_path):
    database = Database("sqlite:///router.db", tmp_path)
    yield World(database)
    await database.close()


class World:
    def __init__(self, database):
        self.metrics, self.journal = Metrics(), Journal(database)
        self.accounting = Accounting(self.metrics, self.journal, lambda: "policy")

    def closed(self, made):
        """The record of a visit."""
        self.accounting.open(made)
        self.accounting.close(made)
        assert self.journal.waiting == 1
        return self.journal._queue[0]

    def reading(self, name, **labels):
        return Readings(self.metrics.render().decode()).sum(name, **labels)


def answered(**members):
    made = visit()
    made.model, made.status = A, 200
    made.prompt_tokens, made.completion_tokens = 5, 2
    made.byte_goes_out()
    for name, value in members.items():
        setattr(made, name, value)
    return made


async def test_an_answer_becomes_a_record_and_metrics(world):
    record = world.closed(answered(named=True, asked_model="a" * 500, stream=True, failed=["two/b", "two/c"]))
    assert (record.id, record.endpoint, record.model, record.status, record.error) == ("r1", "chat", "one/a", 200, "")
    assert (record.asked_model, record.fell_back_from) == ("a" * 128, "two/b,two/c")
    assert (record.strategy, record.category, record.features, record.snapshot) == ("named", "", b"", 0)
    assert (record.prompt_tokens, record.completion_tokens, record.stream) == (5, 2, True)
    assert record.total_ms > record.first_byte_ms > 0
    assert 0 < record.overhead_ms < record.total_ms
    assert (record.policy, record.content) == ("policy", "")
    assert world.reading("requests_total", endpoint="chat", method="POST") == 1
    assert world.reading("fallbacks_total") == 1
    assert world.reading("requests_in_flight", endpoint="chat") == 0


async def test_w15_a_decision_and_its_model_are_counted(world):
    made = answered()
    intent = read_text("Prove that the square root of two is irrational.", 0.5)
    made.decision = Path_([A]).choosing.decide(intent)
    record = world.closed(made)
    assert (record.strategy, record.category) == ("scored", intent.category.value)
    assert (record.features, record.snapshot) == (taken(made.decision, made.moment), 1)
    assert record.features.intent == intent
    assert record.complexity == intent.complexity
    assert world.reading("model_selections_total", selected_model="one/a", category=intent.category.value) == 1


async def test_what_was_refused_at_the_door_has_no_strategy(world):
    made = visit()
    made.status, made.error = 415, "unsupported_media_type"
    record = world.closed(made)
    assert (record.strategy, record.model, record.status, record.error) == ("", "", 415, "unsupported_media_type")
    assert world.reading("errors_total", endpoint="chat", error_type="unsupported_media_type") == 1


async def test_a_model_that_failed_has_not_answered(world):
    assert world.closed(answered(status=502, error="backend_error")).model == ""


async def test_a_caller_who_left_before_any_byte_has_no_first_byte(world):
    made = visit()
    made.status = LEFT
    record = world.closed(made)
    assert record.first_byte_ms == 0
    assert record.overhead_ms > 0
    assert world.reading("client_disconnects_total") == 1
    assert world.reading("first_byte_seconds_count", endpoint="chat") == 0


async def test_a_backend_that_was_being_waited_for_is_not_our_time(world):
    made = visit()
    made.clock.away()
    record = world.closed(made)
    assert made.clock._away_since is None
    assert record.overhead_ms < record.total_ms


async def test_the_total_ends_with_the_last_byte(world):
    assert world.closed(answered(total=0.5)).total_ms == 500.0


async def test_requests_are_in_flight_between_open_and_close(world):
    world.accounting.open(visit())
    assert world.reading("requests_in_flight", endpoint="chat") == 1


async def test_content_is_recorded_where_it_is_kept(world):
    call = ChatCall.decode(b'{"messages":[{"role":"user","content":"hi"}]}')
    assert world.closed(answered(transcript=Transcript(call))).content == "user: hi"


async def test_answers_that_were_thrown_away_have_been_paid_for(world):
    decision = Decision((Candidate(A, 1.0),), read_text("hi", 0.5), "careful", 1)
    discarded = [Discarded(model("two/b"), "json", 7, 3), Discarded(model("two/c"), "schema", 1, 0)]
    record = world.closed(answered(decision=decision, discarded=discarded, failed=["two/b", "two/c"]))
    assert (record.model, record.strategy) == ("one/a", "careful+escalated")
    assert (record.prompt_tokens, record.completion_tokens) == (5 + 7 + 1, 2 + 3)
    assert world.reading("tokens_total", model="one/a", direction="prompt") == 5
    assert world.reading("tokens_total", model="two/b", direction="completion") == 3
    assert world.reading("tokens_total", model="two/c", direction="prompt") == 1
    assert world.reading("escalations_total", reason="schema") == 1
