import json

import pytest
from tests.doubles.in_process import ListSink, Path_, ScriptedBackend, event, model, visit

from smarterrouter.errors import BadRequest, CannotHonour, ContextTooLong
from smarterrouter.wire import sse


class World:
    def __init__(self, *models, **options):
        self.backend = ScriptedBackend("one")
        self.path = Path_(models or [model("one/a")], self.backend, **options)
        self.visit, self.sink = visit("completions"), ListSink()

    async def answer(self, prompt="Once upon", **members):
        body = json.dumps({"prompt": prompt, **members}).encode()
        await self.path.completions.answer(body, self.visit, self.sink)
        return self.sink


async def test_a_prompt_is_routed_and_completed():
    world = World()
    await world.answer()
    assert world.backend.asked == [("complete", "a")]
    assert world.visit.decision is not None
    assert world.visit.completion_tokens == 2


async def test_events_pass_without_a_role():
    world = World()
    said = event({"choices": [{"text": "a time", "finish_reason": "stop"}]})
    world.backend.always = (said, sse.DONE)
    assert (await world.answer(stream=True)).body == said + sse.DONE


async def test_usage_is_told_to_streams_that_ask_for_it():
    sink = await World().answer(stream=True, stream_options={"include_usage": True})
    assert sink.events[-2]["usage"]["total_tokens"] == 7


@pytest.mark.parametrize("prompt", ["text", ["a", "b"], [1, 2, 3], [[1, 2], [3]]])
async def test_every_kind_of_prompt_is_taken(prompt):
    world = World()
    await world.answer(prompt)
    assert world.backend.asked == [("complete", "a")]


async def test_the_room_for_the_answer_counts_when_a_model_is_chosen():
    world = World(model("one/short", context_tokens=512), model("one/long", context_tokens=8192))
    await world.answer(max_tokens=4000)
    assert world.backend.asked == [("complete", "long")]


async def test_a_named_model_is_used():
    world = World(model("one/a"), model("one/b"))
    world.visit.override = "b"
    await world.answer(model="a")
    assert world.backend.asked == [("complete", "b")]


async def test_a_model_for_vectors_cannot_complete():
    with pytest.raises(CannotHonour, match="cannot complete"):
        await World(model("one/e", chat=False, embeddings=True)).answer(model="e")


async def test_a_prompt_that_does_not_fit_goes_to_nobody():
    world = World(model("one/short", context_tokens=128))
    with pytest.raises(ContextTooLong) as caught:
        await world.answer("word " * 300, model="short")
    assert caught.value.param == "prompt"
    assert world.backend.asked == []


async def test_what_is_no_request_is_refused():
    with pytest.raises(BadRequest):
        await World().path.completions.answer(b'{"prompt":[]}', visit(), ListSink())
