"""The operator's rules: what they do to requests, and how new ones come into force while the gateway runs."""

import os
import signal
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from tests.doubles.gateway import ADMIN_KEY, Answer, GatewayProcess, InProcessGateway, backends_yaml, until
from tests.doubles.strange_upstream import StrangeUpstream

pytestmark = pytest.mark.asyncio(loop_scope="module")
KEY = {"authorization": f"Bearer {ADMIN_KEY}"}
ALIASES = "aliases: {smart: [auto], fixed: [alpha-7b]}\n"
MODELS = ("alpha-7b", "beta-7b", "gamma-7b")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def upstream() -> AsyncIterator[StrangeUpstream]:
    async with StrangeUpstream(*MODELS) as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(upstream: StrangeUpstream) -> AsyncIterator[InProcessGateway]:
    async with InProcessGateway(config(upstream)) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="module")
async def gateway(upstream: StrangeUpstream, shared: InProcessGateway) -> AsyncIterator[InProcessGateway]:
    """Without rules at the beginning of each test."""
    assert (await reload(shared, config(upstream))).status == 200
    yield shared


def config(upstream: StrangeUpstream, routing: str = "{}") -> str:
    return backends_yaml(("one", "vllm", upstream.base_url), more=f"{ALIASES}routing: {routing}\n")


def write(gateway: InProcessGateway | GatewayProcess, text: str) -> None:
    (gateway.directory / "smarterrouter.yaml").write_text(text)


async def reload(gateway: InProcessGateway, text: str) -> Answer:
    write(gateway, text)
    return await gateway.post("/admin/routing/reload", b"", KEY)


async def ask(gateway: InProcessGateway | GatewayProcess, name: str = "auto", **headers: str) -> Answer:
    body = {"model": name, "messages": [{"role": "user", "content": "Hello, how are you?"}]}
    return await gateway.post("/v1/chat/completions", body, headers)


async def chosen(gateway: InProcessGateway | GatewayProcess, name: str = "auto", **headers: str) -> str:
    answer = await ask(gateway, name, **headers)
    assert answer.status == 200, answer.body
    return answer.headers["x-smarterrouter-model"].removeprefix("one/")


async def test_a_new_rule_in_the_file_changes_the_choice_after_a_reload(gateway, upstream):
    for model in MODELS:
        text = config(upstream, f"{{rules: [{{name: only, allow: {model}}}]}}")
        before = await chosen(gateway)
        write(gateway, text)
        assert await chosen(gateway) == before, "nothing changes before it is reloaded"
        assert (await reload(gateway, text)).status == 200
        assert await chosen(gateway) == model


async def test_a_file_with_mistakes_is_refused_and_nothing_changes(gateway, upstream):
    await reload(gateway, config(upstream, "{rules: [{name: only, allow: gamma*}]}"))
    shown = (await gateway.get("/admin/routing", KEY)).body
    wrong = "{rules: [{name: only, alow: beta*, deny: x}, {name: b, max_price: much}]}"
    answer = await reload(gateway, config(upstream, wrong))
    assert answer.status == 400
    message = answer.json()["error"]["message"]
    assert "routing.rules[0].alow: there is no such name. Did you mean allow?" in message
    assert "routing.rules[1].max_price: 'much' is not a number of at least 0" in message
    for broken in ("routing: [", "- x", "routing: 5"):
        assert (await reload(gateway, broken)).status == 400
    assert (await gateway.get("/admin/routing", KEY)).body == shown
    assert await chosen(gateway) == "gamma-7b"


async def test_a_failing_policy_test_blocks_a_reload(gateway, upstream):
    await reload(gateway, config(upstream, "{rules: [{name: only, allow: gamma*}]}"))
    tests = "[{prompt: Hello, expect: gamma*}, {prompt: 'Write a sorting function in Python.', expect: code}]"
    answer = await reload(gateway, config(upstream, f"{{rules: [{{name: only, allow: beta*}}], tests: {tests}}}"))
    assert (answer.status, answer.json()["error"]["code"]) == (409, "policy_tests_failed")
    assert (
        "test 1 ('Hello'): one/beta-7b would answer, expected was a model like gamma*"
        in (answer.json()["error"]["message"])
    )
    assert "test 2" not in answer.json()["error"]["message"]
    assert await chosen(gateway) == "gamma-7b"
    good = await reload(gateway, config(upstream, f"{{rules: [{{name: only, allow: '*ga*'}}], tests: {tests}}}"))
    assert [one["outcome"] for one in good.json()["tests"]] == ["passed", "passed"]


async def test_rules_apply_by_alias_header_and_category(gateway, upstream):
    rules = """{rules: [
        {name: smart, when: {alias: smart}, allow: alpha*},
        {name: private, when: {header: private}, allow: beta*},
        {name: chatty, when: {category: chat, header: chatty}, allow: gamma*},
        {name: coders, when: {category: code}, deny: "*"}]}"""
    assert (await reload(gateway, config(upstream, rules))).status == 200
    assert await chosen(gateway, "smart") == "alpha-7b"
    assert await chosen(gateway, **{"x-smarterrouter-policy": "Private"}) == "beta-7b"
    assert await chosen(gateway, **{"x-smarterrouter-policy": "chatty"}) == "gamma-7b"
    both = await ask(gateway, "smart", **{"x-smarterrouter-policy": "private"})
    assert (both.status, both.json()["error"]["code"]) == (400, "no_eligible_model")
    assert "`private` leaves none of the models that `smart` left" in both.json()["error"]["message"]
    unknown = await ask(gateway, **{"x-smarterrouter-policy": "privat"})
    assert unknown.status == 400
    assert "Did you mean private?" in unknown.json()["error"]["message"]


async def test_who_names_a_model_gets_it(gateway, upstream):
    await reload(gateway, config(upstream, '{rules: [{name: nobody, deny: "*"}]}'))
    assert await chosen(gateway, "alpha-7b") == "alpha-7b"
    assert await chosen(gateway, "fixed") == "alpha-7b"
    assert (await ask(gateway)).status == 400


async def test_preferred_models_go_ahead(gateway, upstream):
    for model in MODELS:
        await reload(gateway, config(upstream, f"{{rules: [{{name: liked, prefer: {model}, margin: 1}}]}}"))
        assert await chosen(gateway) == model


async def test_records_tell_under_which_rules_was_decided(gateway, upstream):
    await ask(gateway)
    await reload(gateway, config(upstream, "{rules: [{name: only, allow: beta*}]}"))
    await ask(gateway)
    plain, ruled = [row["policy"] for row in (await gateway.rows())[-2:]]
    found = (await gateway.get("/admin/routing", KEY)).json()["hash"]
    assert ruled == f"{plain}.{found}"


async def test_explaining_tells_the_rules_too(gateway, upstream):
    await reload(gateway, config(upstream, "{rules: [{name: only, allow: beta*}]}"))
    report = (await gateway.get("/admin/explain?prompt=Hello", KEY)).json()
    assert report["selected_model"] == "one/beta-7b"
    assert report["excluded"]["one/alpha-7b"] == "the rule `only` allows only beta*"


@pytest.mark.xdist_group("heavy")
async def test_sighup_reads_the_rules_again(upstream):
    async with GatewayProcess(config(upstream, "{rules: [{name: only, allow: alpha*}]}")) as gateway:
        assert await chosen(gateway) == "alpha-7b"
        hang_up(gateway, config(upstream, "{rules: [{name: only, allow: beta*}]}"))
        await until(lambda: "1 routing rules are in force" in gateway.log())
        assert await chosen(gateway) == "beta-7b"
        hang_up(gateway, config(upstream, "{rules: [{name: only, alow: gamma*}]}"))
        await until(lambda: "Did you mean allow?" in gateway.log())
        assert await chosen(gateway) == "beta-7b"


def hang_up(gateway: GatewayProcess, text: str) -> None:
    write(gateway, text)
    os.kill(gateway.process_id, signal.SIGHUP)
