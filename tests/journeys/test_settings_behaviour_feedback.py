"""The setting of feedback: a test changes it and observes what it does."""

from tests.doubles.behaviours import observes, served


@observes("FEEDBACK_ENABLED")
async def test_feedback_is_taken_only_where_it_is_wanted() -> None:
    for wanted, status in (("true", 200), ("false", 403)):
        async with served(FEEDBACK_ENABLED=wanted) as world:
            answer = await world.chat()
            vote = {"response_id": answer.headers["x-request-id"], "score": "up"}
            assert (await world.gateway.post("/v1/feedback", vote)).status == status
