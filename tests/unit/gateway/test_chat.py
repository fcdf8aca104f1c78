import json

import pytest
from tests.doubles.in_process import ListSink, Path_, ScriptedBackend, model, request, visit

from smarterrouter.errors import BadRequest, CannotHonour, ContextTooLong, TooLarge
from smarterrouter.gateway.checks import Limits
from smarterrouter.gateway.signature import Signature

IMAGE = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}
LOOK = json.dumps({"messages": [{"role": "user", "content": [{"type": "text", "text": "what?"}, IMAGE]}]}).encode()


def asked(body, name):
    return json.dumps({**json.loads(body), "model": name}).encode()


class World:
    def __init__(self, *models, **options):
        self.backend = ScriptedBackend("one")
        self.path = Path_(models or [model("one/a")], self.backend, **options)
        self.visit, self.sink = visit(), ListSink()

    async def answer(self, body):
        await self.path.chat.answer(body, self.visit, self.sink)
        return self.sink


async def test_a_request_is_routed_and_answered():
    world = World()
    sink = await world.answer(request())
    assert json.loads(sink.body)["choices"][0]["message"]["content"] == "Hello."
    assert world.visit.decision.candidates[0].model.key == "one/a"
    assert world.visit.transcript is None


async def test_a_stream_is_answered_with_events():
    world = World()
    assert (await world.answer(request(stream=True))).events[-1] == "[DONE]"
    assert world.visit.stream


async def test_usage_is_told_to_streams_that_ask_for_it():
    sink = await World().answer(request(stream=True, stream_options={"include_usage": True}))
    assert sink.events[-2]["choices"] == []


async def test_w24_a_named_model_is_used_and_nothing_is_decided():
    world = World(model("one/a"), model("one/b"))
    await world.answer(request(model="b"))
    assert world.backend.asked == [("chat", "b")]
    assert world.visit.decision is None
    assert world.visit.named


async def test_the_query_string_wins_over_the_body():
    world = World(model("one/a"), model("one/b"))
    world.visit.override = "a"
    await world.answer(request(model="b"))
    assert world.backend.asked == [("chat", "a")]
    assert world.visit.asked_model == "a"


async def test_a_named_model_that_cannot_serve_says_so():
    world = World(model("one/blind", vision=False), model("one/embedder", chat=False, embeddings=True))
    with pytest.raises(CannotHonour, match="images"):
        await world.answer(asked(LOOK, "blind"))
    with pytest.raises(CannotHonour, match="cannot chat"):
        await world.answer(request(model="embedder"))
    assert world.backend.asked == []


async def test_models_that_an_alias_names_are_looked_at_too():
    world = World(
        model("one/blind", vision=False), model("one/seeing", vision=True), aliases={"eyes": ["blind", "auto"]}
    )
    await world.answer(asked(LOOK, "eyes"))
    assert world.backend.asked == [("chat", "seeing")]


async def test_prompts_that_do_not_fit_go_to_nobody():
    world = World(model("one/short", context_tokens=64))
    world.backend.counts = 64
    with pytest.raises(ContextTooLong):
        await world.answer(request("word " * 200, model="short"))
    assert world.backend.asked == []


async def test_limits_are_checked_before_any_work():
    rules = {"limits": Limits(message_characters=10, messages=1)}
    world = World(rules=rules)
    with pytest.raises(TooLarge):
        await world.answer(request("x" * 11))
    assert world.visit.asked_model == ""


async def test_what_is_no_request_is_refused():
    with pytest.raises(BadRequest):
        await World().answer(b"{}")


async def test_content_is_kept_only_when_the_rules_say_so():
    world = World(rules={"keeps_content": True})
    await world.answer(request("remember me"))
    assert world.visit.transcript.text() == "user: remember me\nassistant: Hello."


@pytest.mark.parametrize("stream", [False, True])
async def test_a_wanted_signature_is_written(stream):
    world = World(signature=Signature(enabled=True, template=" -- {model}", everyone=True))
    sink = await world.answer(request(stream=stream))
    assert b" -- a" in sink.body
    world = World(signature=Signature(enabled=True, template=" -- {model}", everyone=False))
    assert b" -- a" not in (await world.answer(request(stream=stream))).body
