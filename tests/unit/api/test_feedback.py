"""The door for votes; what they do is told by `tests/journeys/test_feedback.py`."""

import pytest
from tests.doubles.gateway import until

from smarterrouter.api import feedback as module
from smarterrouter.api.feedback import category_of
from smarterrouter.domain.intent import Category
from smarterrouter.domain.records import RequestRecord
from smarterrouter.store.labels import request_of

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def vote(world, **body):
    return await world.gateway.post("/v1/feedback", {"score": 1, **body})


async def asked(world, path="/v1/chat/completions", **body):
    body = {"model": "alpha", **body} if body else {"model": "alpha", "messages": [{"role": "user", "content": "hi"}]}
    return (await world.gateway.post(path, body)).headers["x-request-id"]


async def test_a_vote_is_answered_with_what_was_understood(world):
    identity = await asked(world)
    answer = await vote(world, response_id=identity, category="logic", model_name="one/alpha")
    assert answer.status == 200
    assert answer.headers["x-request-id"]
    assert answer.json() == {
        "object": "feedback",
        "response_id": identity,
        "model": "one/alpha",
        "category": "logic",
        "score": 1.0,
    }


async def test_only_answers_in_words_can_be_rated(world):
    identity = await asked(world, "/v1/embeddings", input="x")
    assert (await vote(world, response_id=identity)).status == 400


async def test_votes_are_counted_as_what_they_are(world):
    before = (await world.gateway.metrics()).sum("requests_total", endpoint="feedback")
    await vote(world, response_id="nothing")
    after = (await world.gateway.metrics()).sum("requests_total", endpoint="feedback")
    assert after == before + 1


async def test_a_caller_who_names_the_id_of_a_request_is_heard(world):
    await world.gateway.post(
        "/v1/chat/completions",
        {"model": "alpha", "messages": [{"role": "user", "content": "hi"}]},
        {"x-request-id": "mine"},
    )
    assert (await vote(world, response_id="mine")).status == 200


async def test_a_record_that_is_written_while_it_is_looked_for_is_found(world, monkeypatch):
    identity, looks = await asked(world), []

    async def just_before(database, wanted):
        looks.append(wanted)
        if len(looks) == 1:
            await until(lambda: not world.gateway.house.services.journal.waiting)
            return None
        return await request_of(database, wanted)

    monkeypatch.setattr(module, "request_of", just_before)
    assert (await vote(world, response_id=identity)).status == 200
    assert looks == [identity, identity]


async def test_the_category_is_that_of_the_record():
    record = RequestRecord("r", 0.0, "chat", "auto", "a/m", "scored", 200)
    assert category_of(record) is None
    assert category_of(RequestRecord("r", 0.0, "chat", "auto", "a/m", "scored", 200, category="code")) is Category.CODE
