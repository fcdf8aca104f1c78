"""/admin/routing: rules as they are, and reading them again. The whole way is walked in journeys/test_rules.py."""

import pytest
import pytest_asyncio
from tests.doubles.gateway import ADMIN_KEY, InProcessGateway, backends_yaml
from tests.doubles.strange_upstream import StrangeUpstream

pytestmark = pytest.mark.asyncio(loop_scope="module")
KEY = {"authorization": f"Bearer {ADMIN_KEY}"}
RULES = """
routing:
  rules: [{name: a, when: {alias: auto}, prefer: ["zz*"], max_price: 1}]
  tests: [{prompt: Hello, expect: chat}, {prompt: Hello, expect: "gamma*"}]
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gateway():
    async with (
        StrangeUpstream("alpha-7b") as upstream,
        InProcessGateway(backends_yaml(("one", "vllm", upstream.base_url), more=RULES)) as made,
    ):
        yield made


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer wrong"}])
async def test_without_the_key_nobody_enters(gateway, headers):
    assert (await gateway.get("/admin/routing", headers)).status == 401
    assert (await gateway.post("/admin/routing/reload", b"", headers)).status == 401


async def test_rules_tests_and_remarks_are_shown(gateway):
    answer = await gateway.get("/admin/routing", KEY)
    assert answer.status == 200
    assert answer.json() == {
        "hash": gateway.house.services.reloading.policies.current.hash,
        "rules": [{"name": "a", "when": {"alias": ["auto"]}, "prefer": ["zz*"], "max_price": 1.0}],
        "tests": [
            {"test": "test 1 ('Hello')", "outcome": "passed", "words": ""},
            {
                "test": "test 2 ('Hello')",
                "outcome": "cannot be judged",
                "words": "cannot be judged: no model like gamma* answers now",
            },
        ],
        "remarks": ["the rule `a`: no model that is known now is like 'zz*' in prefer"],
    }


async def test_a_reload_answers_with_what_is_in_force(gateway):
    before = (await gateway.get("/admin/routing", KEY)).json()
    config = gateway.directory / "smarterrouter.yaml"
    config.write_text(config.read_text().replace("zz*", "yy*"))
    answer = await gateway.post("/admin/routing/reload", b"", KEY)
    assert answer.status == 200
    assert answer.json() == (await gateway.get("/admin/routing", KEY)).json()
    assert answer.json()["hash"] != before["hash"]


async def test_a_refusal_names_every_problem_in_openai_form(gateway):
    config = gateway.directory / "smarterrouter.yaml"
    config.write_text("routing: {rules: [{name: a}], tests: [{prompt: x, expect: {categry: code}}]}")
    answer = await gateway.post("/admin/routing/reload", b"", KEY)
    assert (answer.status, answer.json()["error"]["code"]) == (400, "invalid_routing_rules")
    assert "routing.rules[0]: does nothing" in answer.json()["error"]["message"]
    assert "routing.tests[0].expect.categry: there is no such name" in answer.json()["error"]["message"]
    config.write_text("routing: {tests: [{prompt: Hello, expect: code}]}")
    answer = await gateway.post("/admin/routing/reload", b"", KEY)
    assert (answer.status, answer.json()["error"]["code"]) == (409, "policy_tests_failed")
    assert "the category is chat, expected was code" in answer.json()["error"]["message"]
