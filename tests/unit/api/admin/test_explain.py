"""/admin/explain over a real socket: of a prompt, of a whole request, of a request of the past."""

import json
from urllib.parse import quote

import pytest
import pytest_asyncio
from tests.doubles.gateway import ADMIN_KEY, InProcessGateway, backends_yaml
from tests.doubles.strange_upstream import StrangeUpstream, status

pytestmark = pytest.mark.asyncio(loop_scope="module")
KEY = {"authorization": f"Bearer {ADMIN_KEY}"}
PROOF = "Prove rigorously that the square root of two is irrational."
TOOL = {"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def upstream():
    async with StrangeUpstream("alpha-7b", "beta-70b", "gamma-1b") as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gateway(upstream):
    async with InProcessGateway(backends_yaml(("one", "compatible", upstream.base_url))) as made:
        yield made


async def explained(gateway, prompt):
    answer = await gateway.get(f"/admin/explain?prompt={quote(prompt)}", KEY)
    assert answer.status == 200, answer.body
    return answer.json()


async def asked(gateway, prompt, identity, **members):
    body = {"messages": [{"role": "user", "content": prompt}], **members}
    answer = await gateway.post("/v1/chat/completions", body, {"x-request-id": identity})
    assert answer.headers["x-request-id"] == identity
    return answer


async def test_without_the_key_nobody_enters(gateway):
    assert (await gateway.get("/admin/explain/r1")).status == 401
    assert (await gateway.post("/admin/explain", b"{}")).status == 401


async def test_a_report_tells_what_was_read_and_every_term_of_every_candidate(gateway):
    report = await explained(gateway, PROOF)
    assert report["category"] == "mathematics"
    assert report["difficulty"] in {"medium", "hard"}
    assert {line["model"] for line in report["candidates"]} == {"one/alpha-7b", "one/beta-70b", "one/gamma-1b"}
    for line in report["candidates"]:
        assert sum(line["signals"].values()) == pytest.approx(line["total"], abs=1e-3)
        assert 0 <= line["quality"] <= 1
        assert line["dollars"] >= 0
        assert line["seconds"] >= 0
    assert (report["rules"], report["held"]) == ([], "")
    assert 0 <= report["confidence"] <= 1


async def test_a_whole_request_is_explained_with_its_needs(gateway):
    body = {"model": "auto", "messages": [{"role": "user", "content": PROOF}], "tools": [TOOL]}
    answer = await gateway.post("/admin/explain", body, KEY)
    assert answer.status == 200, answer.body
    assert answer.json()["needs"]["tools"] is True
    image = {"type": "image_url", "image_url": {"url": "https://a/b.png"}}
    blind = await gateway.post("/admin/explain", {"messages": [{"role": "user", "content": [image]}]}, KEY)
    assert (blind.status, blind.json()["error"]["code"]) == (400, "no_eligible_model")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"messages":1}', b"\xff"])
async def test_what_is_no_chat_request_is_refused(gateway, body):
    answer = await gateway.post("/admin/explain", body, KEY)
    assert answer.status == 400
    assert answer.json()["error"]["type"] == "invalid_request_error"


async def test_explaining_changes_nothing_that_comes_after(gateway, upstream):
    services = gateway.house.services
    before = [await explained(gateway, PROOF), await explained(gateway, "Hello")]
    requests, written = len(upstream.requests), len(await gateway.rows())
    for _ in range(60):  # more than the memory of the last choices
        await explained(gateway, "Say something kind.")
        await gateway.post("/admin/explain", {"messages": [{"role": "user", "content": "Hello"}]}, KEY)
    assert [await explained(gateway, PROOF), await explained(gateway, "Hello")] == before
    assert len(upstream.requests) == requests
    assert len(await gateway.rows()) == written
    assert not services.choosing._recent
    assert not services.choosing.moment().recent
    assert not len(services.choosing._conversations)


async def test_a_past_decision_is_explained_by_the_id_of_its_request(gateway, upstream):
    upstream.acts = [status(503, "not now")]
    await asked(gateway, PROOF, "past-1")
    rows = await gateway.rows()
    answer = await gateway.get("/admin/explain/past-1", KEY)
    assert answer.status == 200, answer.body
    report = answer.json()
    row = next(row for row in rows if row["id"] == "past-1")
    assert report["selected_model"] == row["chosen"]
    assert report["request"]["answered_by"] == row["model"] != row["chosen"]
    assert report["request"]["failed_before"] == [row["chosen"]]
    assert (report["request"]["identical"], report["request"]["differs"]) == (True, "")
    assert PROOF not in json.dumps(report)
    assert report["category"] == "mathematics"


@pytest.mark.parametrize("identity", ["nobody", "%00", "x" * 250])
async def test_an_unknown_id_is_not_found(gateway, identity):
    answer = await gateway.get(f"/admin/explain/{identity}", KEY)
    assert (answer.status, answer.json()["error"]["code"]) == (404, "not_found")


async def test_a_request_that_named_its_model_was_not_decided(gateway):
    await asked(gateway, "Hello", "named-1", model="alpha-7b")
    await gateway.rows()
    answer = await gateway.get("/admin/explain/named-1", KEY)
    assert answer.status == 404
    assert "named its model" in answer.json()["error"]["message"]
