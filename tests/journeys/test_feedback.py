"""Users say how good answers are: the right model moves, one voter alone moves it little, a restart forgets nothing."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from tests.doubles.gateway import ADMIN_KEY, Answer, InProcessGateway, backends_yaml, until
from tests.doubles.tiny_models import TinyServer

from smarterrouter.domain.intent import Category
from smarterrouter.domain.knowledge import Ability

pytestmark = pytest.mark.asyncio(loop_scope="module")
PROMPT = "Write a Python function that reverses a linked list.\n```python\ndef reverse(head): ...\n```"
ADMIN = {"authorization": f"Bearer {ADMIN_KEY}"}
CODE = tuple(Category).index(Category.CODE)


class Users:
    """People with keys of their own in front of one gateway."""

    def __init__(self, gateway: InProcessGateway) -> None:
        self.gateway = gateway

    async def ask(self, model: str, prompt: str = PROMPT) -> str:
        """The id of an answer."""
        body = {"model": model, "messages": [{"role": "user", "content": prompt}], "max_tokens": 8}
        answer = await self.gateway.post("/v1/chat/completions", body)
        assert answer.status == 200
        return answer.headers["x-request-id"]

    async def vote(self, response: str, score: Any = "up", who: str = "ann", **more: Any) -> Answer:
        """Say how good it was."""
        body = {"response_id": response, "score": score, **more}
        return await self.gateway.post("/v1/feedback", body, {"authorization": f"Bearer {who}"})

    def skill(self, model: str) -> Ability:
        """How well the model is believed to code."""
        models = self.gateway.house.services.catalog.current.by_key
        return next(one.standing.skills[CODE] for key, one in models.items() if key.endswith(model))

    def others(self, model: str) -> list[Any]:
        """The standings of all models but this one."""
        return [one.standing for one in self.gateway.house.services.catalog.current.models if one.name != model]

    async def rated(self) -> None:
        """Until everything that was said has been counted."""
        services = self.gateway.house.services
        await services.tally.run()
        await services.rating.run()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def servers() -> AsyncIterator[str]:
    """Two real models."""
    async with TinyServer(name="alpha") as one, TinyServer(name="beta") as two:
        yield backends_yaml(("one", "llama.cpp", one.url), ("two", "llama.cpp", two.url))


@pytest_asyncio.fixture(loop_scope="module")
async def users(servers: str) -> AsyncIterator[Users]:
    async with InProcessGateway(servers) as gateway:
        yield Users(gateway)


async def test_votes_move_the_model_that_answered_and_no_other(users: Users) -> None:
    before, others = users.skill("alpha"), users.others("alpha")
    response = await users.ask("alpha")
    for who in ("ann", "bob", "cleo", "dan"):
        answer = await users.vote(response, 1, who, category="code")
        assert answer.status == 200, answer.body
        assert answer.json()["model"] == "one/alpha"
    await until(lambda: users.skill("alpha").mean > before.mean)  # by itself, within seconds
    await users.rated()
    assert users.skill("alpha").mean > before.mean + 0.2
    assert users.others("alpha") == others


async def test_w17_feedback_of_one_key_says_little_and_of_many_people_more(users: Users) -> None:
    start = users.skill("beta").mean
    responses = [await users.ask("beta") for _ in range(20)]
    for response in responses[:3]:
        assert (await users.vote(response, "up", category="code")).status == 200
    await users.rated()
    few = users.skill("beta").mean
    for _ in range(10):
        for response in responses:
            await users.vote(response, "up", category="code")
    await users.rated()
    flooded = users.skill("beta").mean
    assert start < few
    assert flooded - start < (few - start) * 1.5
    for number, response in enumerate(responses[:12]):
        await users.vote(response, "up", f"person {number}", category="code")
    await users.rated()
    assert users.skill("beta").mean - start > 1.4 * (flooded - start)


async def test_a_second_vote_replaces_the_first_and_nought_takes_it_back(users: Users) -> None:
    before = users.skill("alpha")
    response = await users.ask("alpha")
    for score in ("up", "down"):
        assert (await users.vote(response, score, category="code")).status == 200
    await users.rated()
    assert users.skill("alpha").mean < before.mean
    assert (await users.vote(response, 0, category="code")).status == 200
    await users.rated()
    assert users.skill("alpha") == before
    shown = (await users.gateway.get("/admin/feedback", ADMIN)).json()
    assert shown["labels"] == 1


async def test_a_restart_keeps_what_was_said(servers: str, tmp_path: Path) -> None:
    async with InProcessGateway(servers, directory=tmp_path) as gateway:
        users = Users(gateway)
        response = await users.ask("alpha")
        for who in ("ann", "bob"):
            await users.vote(response, "down", who, category="code")
        before = users.skill("alpha")
        await users.rated()
        said = users.skill("alpha")
        assert said != before
    async with InProcessGateway(servers, directory=tmp_path) as gateway:
        users = Users(gateway)
        await until(lambda: users.skill("alpha") == said)
        assert (await users.vote(response, "up", "bob", category="code")).status == 200  # the same bob as before
        shown = (await gateway.get("/admin/feedback", ADMIN)).json()
        assert shown["labels"] == 2


async def test_administrators_see_what_was_said_and_what_it_moved(users: Users) -> None:
    response = await users.ask("alpha")
    await users.vote(response, "up", category="code")
    await users.vote(response, -0.5, "bob", category="logic")
    await users.rated()
    assert (await users.gateway.get("/admin/feedback")).status == 401
    (shown,) = (await users.gateway.get("/admin/feedback", ADMIN)).json()["models"]
    assert shown["model"] == "one/alpha"
    code, logic = shown["categories"]
    assert (code["category"], code["good"], code["bad"], code["voters"]) == ("code", 1, 0, 1)
    assert (logic["category"], logic["good"], logic["bad"], logic["signs"]) == ("logic", 0, 1, {"vote": 1})
    assert code["after"]["mean"] > code["before"]["mean"]
    assert logic["before"] == code["before"]  # nothing but the size is known
    assert logic["after"]["mean"] < code["after"]["mean"]


async def test_what_the_router_chose_has_a_category_of_its_own(users: Users) -> None:
    answer = await users.vote(await users.ask("auto"))
    assert answer.status == 200
    assert answer.json()["category"] in set(Category)
    named = await users.vote(await users.ask("alpha"))
    assert named.json()["category"] is None


@pytest.mark.parametrize(
    ("change", "status", "word"),
    [
        ({"response_id": "nobody-asked-this"}, 404, "x-request-id"),
        ({"response_id": ""}, 400, "response_id"),
        ({"score": 2}, 400, "score"),
        ({"score": "sideways"}, 400, "score"),
        ({"score": None}, 400, "score"),
        ({"comment": "x" * 501}, 400, "comment"),
        ({"category": "sports"}, 400, "category"),
        ({"model_name": "beta"}, 400, "alpha"),
    ],
)
async def test_what_cannot_be_understood_is_refused_clearly(
    users: Users, change: dict[str, Any], status: int, word: str
) -> None:
    body = {"response_id": await users.ask("alpha"), "score": 1, **change}
    answer = await users.gateway.post("/v1/feedback", body)
    assert answer.status == status
    assert word in answer.json()["error"]["message"]


async def test_bodies_and_methods_are_limited_like_elsewhere(users: Users) -> None:
    assert (await users.gateway.get("/v1/feedback")).status == 405
    assert (await users.gateway.post("/v1/feedback", b"{", {"content-type": "application/json"})).status == 400
    assert (await users.gateway.post("/v1/feedback", b"x", {"content-type": "text/plain"})).status == 415
    assert (await users.gateway.post("/v1/feedback", {"response_id": "x", "score": 1, "y": "z" * 20_000})).status == 413
    answers = await asyncio.gather(*(users.vote(f"nothing-{number}") for number in range(30)))
    assert {answer.status for answer in answers} == {404}


async def test_without_an_answer_there_is_nothing_to_rate(users: Users) -> None:
    refused = await users.gateway.post("/v1/chat/completions", {"model": "nobody", "messages": []})
    answer = await users.vote(refused.headers["x-request-id"])
    assert answer.status == 400


@pytest.mark.parametrize(("keeps", "kept"), [("false", None), ("true", "well done")])
async def test_comments_are_kept_only_where_text_may_be_kept(servers: str, keeps: str, kept: str | None) -> None:
    async with InProcessGateway(servers, ROUTER_LOG_CONTENT=keeps) as gateway:
        users = Users(gateway)
        await users.vote(await users.ask("alpha"), comment="well done")
        async with gateway.house.services.database.begin() as connection:
            rows = (await connection.exec_driver_sql("SELECT comment FROM labels")).all()
        assert [row[0] for row in rows] == [kept]


async def test_feedback_can_be_switched_off(servers: str) -> None:
    async with InProcessGateway(servers, ROUTER_FEEDBACK_ENABLED="false") as gateway:
        users = Users(gateway)
        answer = await users.vote(await users.ask("alpha"))
        assert answer.status == 403
        assert answer.json()["error"]["code"] == "feedback_disabled"
        assert (await gateway.get("/admin/feedback", ADMIN)).json() == {"enabled": False, "labels": 0, "models": []}
