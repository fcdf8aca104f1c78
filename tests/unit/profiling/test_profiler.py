"""The profiler as a whole: against models that are numbers, and against real llama.cpp servers."""

import asyncio

import msgspec
import pytest
from tests.doubles.http_ask import HttpAsk
from tests.doubles.pretend_model import HOSTED, LOCAL, PretendModel, PretendSuite, Recorder, chatting, check, no_sleep
from tests.doubles.tiny_models import TinyServer

from smarterrouter.domain.intent import Category
from smarterrouter.domain.models import Model
from smarterrouter.errors import BackendUnreachable
from smarterrouter.observability.tasks import cancel, spawn
from smarterrouter.profiling.adaptive import Plan
from smarterrouter.profiling.events import Answered, Done, Skipped
from smarterrouter.profiling.interview import Job
from smarterrouter.profiling.items import items_of
from smarterrouter.profiling.means import Means
from smarterrouter.profiling.profiler import Profiler, profile_many
from smarterrouter.profiling.questions import Untouched
from smarterrouter.transport.client import HttpClient

SHORT = Plan(10, 0.0)
SUITE = PretendSuite()


class House(Untouched):
    """Notes what is done to a model."""

    def __init__(self) -> None:
        self.done: list[str] = []

    async def load(self, model: Model, *, keep_alive: float, timeout: float) -> float | None:
        self.done.append(f"load {model.key}")
        return 4.0

    async def unload(self, model: Model) -> None:
        self.done.append(f"unload {model.key}")

    async def memory_gb(self, model: Model) -> float | None:
        return 5.5


def profiler(ask, **means) -> Profiler:
    return Profiler(SUITE, items_of(SUITE.templates), Means(ask, check, sleep=no_sleep, **means))


async def test_a_profile_is_whole_and_stamped():
    told, hooks = Recorder(), House()
    profile = await profiler(PretendModel(1.0).ask, hooks=hooks).profile(Job(LOCAL, plan=SHORT), told)
    assert (profile.model, profile.digest, profile.suite, profile.answers) == (LOCAL.key, "sha256:1", "test-1", 10)
    assert set(profile.skills) == set(Category)
    assert profile.tokens_per_second == pytest.approx(18.0)
    assert (profile.vram_gb, profile.load_seconds, profile.timeout_seconds) == (5.5, 4.0, 30.0)
    assert profile.first_token_ms
    assert profile.effective_context == 0
    assert profile.measured_at > 1.7e9
    done = told.events[-1]
    assert done == Done(LOCAL.key, "enough", profile, "", 0.0)
    assert hooks.done == ["load box/m", "unload box/m"]


@pytest.mark.parametrize(
    ("model", "done"),
    [
        (msgspec.structs.replace(LOCAL, loaded=True), ["load box/m"]),
        (msgspec.structs.replace(LOCAL, loaded=None), ["load box/m", "unload box/m"]),
        (HOSTED, ["load cloud/m"]),
    ],
)
async def test_only_local_models_that_nobody_had_loaded_are_unloaded(model, done):
    hooks = House()
    await profiler(PretendModel().ask, hooks=hooks).profile(Job(model, plan=SHORT), Recorder())
    assert hooks.done == done


async def test_w09_embedding_models_are_not_asked_to_chat():
    told, model, hooks = Recorder(), PretendModel(), House()
    assert await profiler(model.ask, hooks=hooks).profile(Job(chatting(LOCAL, chat=False)), told) is None
    assert told.events[0].reason == "embeddings"
    assert model.asked == []
    assert hooks.done == []


async def test_w09_hosted_models_are_profiled_as_local_ones_are():
    told = Recorder()
    profile = await profiler(PretendModel(1.0).ask).profile(Job(HOSTED, plan=SHORT), told)
    assert (profile.answers, set(profile.skills)) == (10, set(Category))
    assert told.events[-1].dollars > 0


async def test_a_model_that_never_answers_has_no_profile_and_is_not_measured():
    told, model = Recorder(), PretendModel()
    model.fails = {number: BackendUnreachable("nobody there") for number in range(1, 99)}
    assert await profiler(model.ask).profile(Job(LOCAL), told) is None
    assert (told.events[-1].reason, told.events[-1].detail) == ("silent", "nobody there")
    assert len(model.asked) == 3 * (1 + 3)


async def test_measuring_can_be_left_out():
    model = PretendModel()
    profile = await profiler(model.ask).profile(Job(LOCAL, plan=SHORT, measure=False), Recorder())
    assert len(model.asked) == 11
    assert (profile.first_token_ms, profile.effective_context) == ({}, None)


async def test_cancelling_unloads_and_loses_nothing_that_was_told():
    told, hooks, model = Recorder(), House(), PretendModel()
    half = asyncio.Event()

    async def ask(question):
        if len(model.asked) == 6:
            half.set()
            await asyncio.Event().wait()
        return await model.ask(question)

    task = spawn(profiler(ask, hooks=hooks).profile(Job(LOCAL, plan=SHORT), told), "profile")
    await half.wait()
    await cancel(task)
    assert task.cancelled()
    assert hooks.done[-1] == "unload box/m"
    stored = tuple(told.of(Answered))
    assert len(stored) == 5
    again, rest = Recorder(), PretendModel()
    profile = await profiler(rest.ask).profile(Job(LOCAL, plan=SHORT, stored=stored), again)
    assert profile.answers == 10
    assert not {one.id for one in stored} & {one.id for one in again.of(Answered)}


async def test_a_profile_that_was_complete_is_not_asked_for_again():
    told, model = Recorder(), PretendModel()
    await profiler(PretendModel().ask).profile(Job(LOCAL, plan=SHORT), told)
    job = Job(LOCAL, plan=SHORT, stored=tuple(told.of(Answered)), measure=False)
    profile = await profiler(model.ask).profile(job, Recorder())
    assert model.sums == []
    assert profile.overall == told.events[-1].profile.overall


async def test_a_failing_unload_takes_nothing_away():
    class Stuck(House):
        async def unload(self, model: Model) -> None:
            raise BackendUnreachable("gone")

    told = Recorder()
    assert await profiler(PretendModel().ask, hooks=Stuck()).profile(Job(LOCAL, plan=SHORT), told) is not None


async def test_users_go_first():
    """While the gate is closed nothing is asked; each question passes it."""
    opened = asyncio.Semaphore(0)
    model = PretendModel()

    class Gate(Untouched):
        async def gate(self) -> None:
            await opened.acquire()

    task = spawn(
        profiler(model.ask, hooks=Gate()).profile(Job(LOCAL, plan=SHORT, measure=False), Recorder()), "profile"
    )
    for _ in range(50):
        await asyncio.sleep(0)
    assert model.asked == []
    for _ in range(5):  # one for loading, the rest for questions
        opened.release()
    for _ in range(200):
        await asyncio.sleep(0)
    assert len(model.asked) == 4
    await cancel(task)


async def test_w09_without_a_judge_the_better_model_is_found_better():
    found = [
        (await profiler(PretendModel(ability, seed=4).ask).profile(Job(LOCAL, measure=False), Recorder())).overall.mean
        for ability in (-2.0, -0.7, 0.7, 2.0)
    ]
    assert found == sorted(found)
    assert found[3] - found[0] > 2


async def test_several_models_so_many_at_a_time():
    running, most = 0, 0
    model = PretendModel()

    async def ask(question):
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        return await model.ask(question)

    jobs = [Job(msgspec.structs.replace(LOCAL, key=f"box/{n}"), plan=SHORT, measure=False) for n in range(5)]
    profiles = await profile_many(profiler(ask), jobs, Recorder(), parallel=2)
    assert set(profiles) == {f"box/{n}" for n in range(5)}
    assert most == 2


async def test_one_that_breaks_does_not_stop_the_others(caplog):
    model = PretendModel()

    async def ask(question):
        if question.model.key == "box/1":
            raise ZeroDivisionError("a bug")
        return await model.ask(question)

    jobs = [Job(msgspec.structs.replace(LOCAL, key=f"box/{n}"), plan=SHORT, measure=False) for n in range(3)]
    jobs.append(Job(chatting(LOCAL, chat=False)))
    profiles = await profile_many(profiler(ask), jobs, Recorder())
    assert set(profiles) == {"box/0", "box/2"}
    assert "a bug" in caplog.text
    assert await profile_many(profiler(ask), [], Recorder()) == {}


TINY = Model("box/tiny", "box", "tiny", digest="sha256:tiny", loaded=True)


async def test_two_real_models_of_different_scripts():
    """One says what the task asks for, one talks: the check tells them apart, and speed comes from real counts."""
    profiles = {}
    suite = PretendSuite(per_category=2)
    for template in suite.templates:
        template.make = _fixed(template.make)
    client = HttpClient()
    try:
        for name, script in {"right": ("42",), "wrong": ("Well", ", who", " knows", ".")}.items():
            async with TinyServer(script=script, name=name) as server:
                told, ask = Recorder(), HttpAsk(client, server.base_url)
                model = chatting(TINY, context_tokens=server.context)
                who = Profiler(suite, items_of(suite.templates), Means(ask, check, sleep=no_sleep))
                profiles[name] = await who.profile(Job(model, plan=Plan(12, 0.0)), told)
                assert told.of(Skipped) == []
                assert len(told.of(Answered)) == 12
    finally:
        await client.close()
    right, wrong = profiles["right"], profiles["wrong"]
    assert right.overall.mean - 1.645 * right.overall.sd > wrong.overall.mean + 1.645 * wrong.overall.sd
    for profile in profiles.values():
        assert profile.tokens > 12 * 10
        assert profile.tokens_per_second > 0
        assert len(profile.first_token_ms) == 2  # 128 tokens, and as many as fit its context of 1024
        assert max(profile.first_token_ms) < 1024
        assert profile.effective_context == 0


def _fixed(make):
    """The task "20 + 22", whatever the seed."""

    def made(seed: int):
        task = make(seed)
        messages = ({"role": "user", "content": "What is 20 + 22?"},)
        return msgspec.structs.replace(task, messages=messages, check=type(task.check)(("42",)))

    return made


async def test_a_real_server_that_dies_ends_the_profile_and_a_new_one_goes_on_where_it_was():
    told, client = Recorder(), HttpClient()
    try:
        async with TinyServer() as server:
            ask = HttpAsk(client, server.base_url)
            job, killed = Job(TINY, plan=SHORT, measure=False), []

            async def killing(question):
                if len(told.of(Answered)) == 5 and not killed:
                    killed.append(True)
                    await server.kill()
                return await ask(question)

            who = Profiler(SUITE, items_of(SUITE.templates), Means(killing, check, sleep=no_sleep))
            first = await who.profile(job, told)
            assert told.events[-1].reason == "silent"
            stored = tuple(told.of(Answered))
            assert first.answers == len(stored) == 5
            await server.start()
            rest = Recorder()
            who = Profiler(SUITE, items_of(SUITE.templates), Means(ask, check, sleep=no_sleep))
            whole = await who.profile(msgspec.structs.replace(job, stored=stored), rest)
    finally:
        await client.close()
    assert whole.answers == 10
    assert len({one.id for one in (*stored, *rest.of(Answered))}) == 10
