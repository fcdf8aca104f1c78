"""/admin/routing/experiments. The whole way from a vote to here is walked in journeys/test_experiments.py."""

from datetime import UTC, datetime

import pytest
import pytest_asyncio
from tests.doubles.gateway import ADMIN_KEY, InProcessGateway, backends_yaml
from tests.doubles.leaks import is_openai_error
from tests.doubles.strange_upstream import StrangeUpstream

from smarterrouter.domain.feedback import Label, Sign
from smarterrouter.domain.records import RequestRecord
from smarterrouter.store.labels import Written, save_labels

pytestmark = pytest.mark.asyncio(loop_scope="module")
KEY = {"authorization": f"Bearer {ADMIN_KEY}"}
PATH = "/admin/routing/experiments"
SPLIT = "routing: {strategies: {trial: {kind: split, arms: {scored: 0.9, best: 0.1}}}}\n"
DAY = 86_400.0


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gateway():
    async with (
        StrangeUpstream("alpha-7b") as upstream,
        InProcessGateway(backends_yaml(("one", "vllm", upstream.base_url), more=SPLIT)) as made,
    ):
        services = made.house.services
        for place in range(240):
            services.journal.append(record(f"r{place}", ("best", "scored")[place % 2], age_days=place % 2 * 20))
        await made.rows()
        said = [label(f"r{place}", f"v{place // 8}", good=place % 2 == 0 or place % 4 == 1) for place in range(240)]
        await save_labels(services.database, [Written(one) for one in said])
        yield made


def record(identity, arm, age_days):
    at = datetime.now(UTC).timestamp() - age_days * DAY
    return RequestRecord(identity, at, "chat", "auto", "one/alpha-7b", f"trial:{arm}", 200)


def label(request, voter, *, good):
    return Label(Sign.VOTE, voter, request, "one/alpha-7b", None, 0.0, 1.0 if good else -1.0)


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer wrong"}])
async def test_without_the_key_nobody_enters(gateway, headers):
    is_openai_error(await gateway.get(PATH, headers), 401)


async def test_arms_are_shown_and_compared_with_the_first_of_the_file(gateway):
    answer = await gateway.get(PATH, KEY)
    assert answer.status == 200
    body = answer.json()
    (experiment,) = body["experiments"]
    scored, best = experiment["arms"]
    assert (body["days"], experiment["split"]) == (30, "trial")
    assert scored == {"arm": "scored", "requests": 120, "rated": 120, "voters": 30, "share": 0.5, "comparison": None}
    assert (best["arm"], best["requests"], best["rated"], best["share"]) == ("best", 120, 120, 1.0)
    found = best["comparison"]
    assert found["decided"] is True
    assert 0 < found["low"] < found["difference"] < found["high"] < 1
    assert found["p_value"] < 0.05
    assert found["words"].startswith("best is better than scored by ")


async def test_fewer_days_show_less_and_a_configured_arm_stays(gateway):
    body = (await gateway.get(f"{PATH}?days=7", KEY)).json()
    scored, best = body["experiments"][0]["arms"]
    assert (body["days"], scored["arm"], scored["requests"], scored["share"]) == (7, "scored", 0, None)
    assert best["requests"] == 120
    assert best["comparison"]["words"] == (
        "No difference between scored and best can be told yet: no answer of scored is rated."
    )
    assert (best["comparison"]["low"], best["comparison"]["high"]) == (-1, 1)


@pytest.mark.parametrize("days", ["0", "366", "-1", "x", "1.5", ""])
async def test_days_are_bounded(gateway, days):
    assert is_openai_error(await gateway.get(f"{PATH}?days={days}", KEY), 400)["param"] == "days"


async def test_without_a_database_it_says_so(gateway):
    database = gateway.house.services.database
    database.ready.clear()
    try:
        is_openai_error(await gateway.get(PATH, KEY), 503)
    finally:
        database.ready.set()
