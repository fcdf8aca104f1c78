"""A conversation stays with its model: two real llama.cpp servers that are equally good, and the gateway before them.

While `alpha` is down its twin `beta` answers; when `alpha` is back, everybody but those conversations goes to it again.
"""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from tests.doubles.gateway import InProcessGateway, backends_yaml
from tests.doubles.gateway_parts import Answer
from tests.doubles.strange_upstream import StrangeUpstream
from tests.doubles.tiny_models import THINKING_SCRIPT, TinyServer
from tests.doubles.weather import WEATHER

pytestmark = pytest.mark.asyncio(loop_scope="module")
CHAT = "/v1/chat/completions"
ALPHA, BETA = "one/twin", "two/twin"
SETTINGS = {"ROUTER_BACKEND_RETRY_ENABLED": "false", "ROUTER_BACKEND_CIRCUIT_BREAKER_ENABLED": "false"}


class Twins:
    """Two servers of the same model, and the gateway."""

    def __init__(self, gateway: InProcessGateway, alpha: TinyServer, beta: TinyServer) -> None:
        self.gateway, self.alpha, self.beta = gateway, alpha, beta

    async def ask(self, messages: list[Any], caller: str = "alice", headers: Any = None, **members: Any) -> Answer:
        """One turn, answered."""
        given = {"Authorization": f"Bearer {caller}", **(headers or {})}
        answer = await self.gateway.post(CHAT, {"messages": messages, **members}, given)
        assert answer.status == 200, answer.body
        return answer

    async def while_down(self, server: TinyServer, messages: list[Any], **more: Any) -> Answer:
        """One turn while `server` is down; it is back afterwards."""
        await server.kill()
        try:
            return await self.ask(messages, **more)
        finally:
            await server.start()


def by(answer: Answer) -> str:
    return str(answer.headers["x-smarterrouter-model"])


def said(answer: Answer) -> Any:
    return answer.json()["choices"][0]["message"]


def user(text: str) -> dict[str, str]:
    return {"role": "user", "content": text}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def twins() -> AsyncIterator[Twins]:
    async with (
        TinyServer(name="twin", script=THINKING_SCRIPT) as alpha,
        TinyServer(name="twin", script=THINKING_SCRIPT) as beta,
    ):
        config = backends_yaml(("one", "llama.cpp", alpha.url), ("two", "llama.cpp", beta.url))
        async with InProcessGateway(config, **SETTINGS) as gateway:
            yield Twins(gateway, alpha, beta)


async def test_a_new_conversation_goes_to_the_first_of_equals(twins):
    assert by(await twins.ask([user("A first word.")])) == ALPHA


async def test_a_conversation_stays_with_whoever_answered_it(twins):
    messages: list[Any] = [{"role": "system", "content": "You help."}, user("Stay with me.")]
    first = await twins.while_down(twins.alpha, messages)
    assert by(first) == BETA
    messages += [said(first), user("Are you there?")]
    second = await twins.ask(messages)
    assert by(second) == BETA
    messages += [said(second), user("Still?")]
    assert by(await twins.ask(messages)) == BETA
    assert by(await twins.ask(messages, caller="bob")) == ALPHA
    assert by(await twins.ask([user("Something new.")])) == ALPHA


async def test_a_named_conversation_stays_whatever_is_said(twins):
    named = {"x-session-id": "s-1"}
    assert by(await twins.while_down(twins.alpha, [user("One.")], headers=named)) == BETA
    assert by(await twins.ask([user("Only what is new.")], headers=named)) == BETA
    assert by(await twins.ask([user("Only what is new.")], headers={"x-session-id": "s-2"})) == ALPHA
    assert by(await twins.while_down(twins.alpha, [user("Two.")], prompt_cache_key="k-1")) == BETA
    assert by(await twins.ask([user("Other words.")], prompt_cache_key="k-1")) == BETA


async def test_a_tool_round_ends_with_the_model_that_began_it(twins):
    asked = [user("What is the weather in Paris?")]
    first = await twins.while_down(twins.alpha, asked, tools=[WEATHER])
    assert by(first) == BETA
    [called] = said(first)["tool_calls"]
    result = {"role": "tool", "tool_call_id": called["id"], "content": "21 degrees"}
    final = await twins.ask([*asked, said(first), result], tools=[WEATHER])
    assert by(final) == BETA
    assert said(final)["content"]


async def test_a_model_that_fails_loses_the_conversation(twins):
    messages: list[Any] = [user("Who comes after you?")]
    first = await twins.while_down(twins.alpha, messages)
    assert by(first) == BETA
    messages += [said(first), user("And now?")]
    second = await twins.while_down(twins.beta, messages)
    assert by(second) == ALPHA
    messages += [said(second), user("And then?")]
    assert by(await twins.ask(messages)) == ALPHA


async def test_streams_are_remembered_too(twins):
    messages: list[Any] = [user("Tell it bit by bit.")]
    assert by(await twins.while_down(twins.alpha, messages, stream=True)) == BETA
    messages += [{"role": "assistant", "content": "Four."}, user("More.")]
    assert by(await twins.ask(messages, stream=True)) == BETA
    assert by(await twins.ask(messages, caller="bob", stream=True)) == ALPHA


async def test_thinking_blocks_and_call_ids_reach_the_model_byte_for_byte():
    messages = (
        b'[{"role":"user","content":"two cities"}, {"role":"assistant","content":[{"type":"thinking","thinking":"Two.",'
        b'"signature":"EqQB\\u002b/=="},{"type":"redacted_thinking","data":"b64=="},{"type":"text","text":"I ask."}],'
        b'"reasoning_content":"Two cities, two calls.","reasoning_details":[{"type":"reasoning.encrypted","data":"x"}],'
        b'"tool_calls":[{"id":"toolu_01A","type":"function","function":{"name":"get_weather","arguments":"{}"},'
        b'"extra_content":{"google":{"thought_signature":"c2ln"}}}]},'
        b'{"role":"tool","tool_call_id":"toolu_01A","content":"21"}]'
    )
    async with StrangeUpstream("a") as one, StrangeUpstream("a") as two:
        config = backends_yaml(("one", "openai", one.base_url), ("two", "openai", two.base_url))
        async with InProcessGateway(config, **SETTINGS) as gateway:
            await one.pause()
            opening = json.dumps({"messages": json.loads(messages)[:1]}).encode()
            assert by(await gateway.post(CHAT, opening)) == "two/a"
            await one.resume()
            answer = await gateway.post(CHAT, b'{"messages": %b, "prompt_cache_retention": "24h"}' % messages)
            assert by(answer) == "two/a"
            assert messages in two.requests[-1].body
            assert two.requests[-1].json()["prompt_cache_retention"] == "24h"
