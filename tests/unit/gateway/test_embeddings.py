import json
import logging

import pytest
from tests.doubles.in_process import VECTORS, ListSink, Path_, ScriptedBackend, model, visit

from smarterrouter.errors import BadRequest, NoEligibleModel

EMBEDDER = model("one/e", chat=False, embeddings=True)


class World:
    def __init__(self, *models):
        self.backend = ScriptedBackend("one")
        self.path = Path_(models, self.backend)
        self.visit, self.sink = visit("embeddings"), ListSink()

    async def answer(self, text="a", **members):
        body = json.dumps({"input": text, **members}).encode()
        await self.path.embeddings.answer(body, self.visit, self.sink)
        return self.sink


@pytest.mark.parametrize("text", ["a", ["a", "b"], [1, 2], [[1], [2]]])
async def test_vectors_are_relayed(text):
    world = World(model("one/chat"), EMBEDDER)
    assert (await world.answer(text)).body == VECTORS
    assert world.backend.asked == [("embed", "e")]
    assert (world.visit.prompt_tokens, world.visit.decision) == (5, None)


async def test_a_model_that_is_not_known_for_vectors_is_asked_with_one_warning(caplog):
    world = World(model("one/chat"))
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            world.sink = ListSink()
            await world.answer(model="chat")
    assert world.backend.asked == [("embed", "chat")] * 3
    assert [record.getMessage() for record in caplog.records] == [
        "one/chat is asked for embeddings, but is not known to make them"
    ]


async def test_known_embedders_are_asked_without_a_word(caplog):
    await World(EMBEDDER).answer(model="e")
    assert not caplog.records


async def test_the_query_string_names_a_model():
    world = World(EMBEDDER, model("one/f", embeddings=True))
    world.visit.override = "f"
    await world.answer(model="e")
    assert world.backend.asked == [("embed", "f")]


async def test_nothing_to_embed_is_a_bad_request():
    with pytest.raises(BadRequest) as caught:
        await World(EMBEDDER).answer("")
    assert caught.value.param == "input"


async def test_without_an_embedder_there_is_a_clear_error():
    with pytest.raises(NoEligibleModel):
        await World(model("one/chat")).answer()
