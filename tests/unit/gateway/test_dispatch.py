import asyncio

import pytest
from tests.doubles.in_process import WHOLE, Path_, ScriptedBackend, model, visit

from smarterrouter.errors import (
    AllCandidatesFailed,
    BackendBusy,
    BackendError,
    BackendGarbage,
    BackendLimited,
    BackendRefused,
    BackendTimeout,
    BackendUnreachable,
    CannotHonour,
    ContextTooLong,
    ModelGone,
)
from smarterrouter.gateway.dispatch import Dispatch
from smarterrouter.gateway.opened import Doubtful, read_whole
from smarterrouter.gateway.visit import Discarded
from smarterrouter.observability.metrics import Metrics
from smarterrouter.transport.breaker import Rules, State
from smarterrouter.transport.retries import RetryPolicy

A, B, C = (model(f"{backend}/m") for backend in ("a", "b", "c"))


class Guard:
    """Remembers what it was told."""

    state = State.CLOSED
    retry_after = 30.0

    def __init__(self):
        self.open = False
        self.told = []

    def allow(self):
        return not self.open

    def succeeded(self):
        self.told.append("succeeded")

    def failed(self, *, quota=False):
        self.told.append("quota" if quota else "failed")

    def released(self):
        self.told.append("released")


class World:
    """A Dispatch with one scripted backend and one guard for each of the models."""

    def __init__(self, *, cascading=True, retries=0, **acts):
        self.backends = {name: ScriptedBackend(name) for name in "abc"}
        for name, act in acts.items():
            self.backends[name].always = act
        self.guards = {name: Guard() for name in "abc"}
        self.metrics = Metrics()
        policy = RetryPolicy(max_retries=retries, base_delay=0.001, max_delay=0.01)
        self.dispatch = Dispatch(
            lambda: self.backends, self.guards.__getitem__, policy, self.metrics, cascading=cascading
        )
        self.visit = visit()

    async def reply(self, *models):
        return await self.dispatch.first_reply(models, self.ask, self.visit)

    async def ask(self, backend, wanted):
        return await read_whole(backend._reply("chat", wanted, stream=False, good=WHOLE))

    @property
    def asked(self):
        return "".join(name * len(backend.asked) for name, backend in self.backends.items())

    @property
    def told(self):
        return {name: guard.told for name, guard in self.guards.items() if guard.told}


async def test_the_first_candidate_that_answers_wins():
    world = World()
    assert (await world.reply(A, B)).body == WHOLE
    assert world.asked == "a"
    assert world.visit.model is A
    assert world.visit.failed == []
    assert world.told == {"a": ["succeeded"]}


async def test_w19_candidates_are_asked_in_their_order_until_one_answers():
    world = World(c=BackendBusy("full"), a=BackendUnreachable("away"))
    await world.reply(C, A, B)
    assert [world.visit.failed, world.visit.model] == [["c/m", "a/m"], B]
    assert world.told == {"c": ["failed"], "a": ["failed"], "b": ["succeeded"]}


async def test_without_cascading_only_the_first_is_asked():
    world = World(cascading=False, a=BackendBusy("full"))
    with pytest.raises(BackendBusy):
        await world.reply(A, B)
    assert world.asked == "a"


@pytest.mark.parametrize("error", [BackendBusy("full"), BackendUnreachable("away"), BackendLimited("slowly")])
async def test_a_single_candidate_is_asked_again_while_its_fault_may_pass(error):
    world = World(retries=3)
    world.backends["a"].acts = [error, error]
    await world.reply(A)
    assert world.asked == "aaa"
    assert world.told == {"a": ["quota" if "quota" in str(error) else "failed"] * 2 + ["succeeded"]}
    assert world.visit.failed == []


@pytest.mark.parametrize(
    "error", [BackendTimeout("slow"), BackendGarbage("?"), ModelGone("gone"), BackendError("500"), CannotHonour("no")]
)
async def test_what_will_not_pass_is_not_waited_for(error):
    world = World(retries=3, a=error)
    with pytest.raises(type(error)) as caught:
        await world.reply(A)
    assert caught.value is error
    assert world.asked == "a"


async def test_retries_end():
    world = World(retries=2, a=BackendBusy("full"))
    with pytest.raises(BackendBusy):
        await world.reply(A)
    assert world.asked == "aaa"


async def test_several_candidates_are_asked_once_each():
    world = World(retries=3, a=BackendBusy("full"), b=BackendBusy("full"))
    with pytest.raises(AllCandidatesFailed):
        await world.reply(A, B)
    assert world.asked == "ab"


async def test_a_refusal_is_final_and_no_failure_of_the_backend():
    world = World(a=BackendRefused("bad `top_p`", status=422))
    with pytest.raises(BackendRefused):
        await world.reply(A, B)
    assert world.asked == "a"
    assert world.told == {"a": ["succeeded"]}
    assert b'upstream_failures_total{backend="a"' not in world.metrics.render()


async def test_bad_requests_cannot_put_a_backend_to_rest():
    backend = ScriptedBackend("one")
    backend.always = BackendRefused("bad", status=400)
    path = Path_([model("one/a")], backend, breaker=Rules(failure_threshold=2))
    for _ in range(10):
        with pytest.raises(BackendRefused):
            await path.dispatch.first_reply([model("one/a")], _asking, visit())
    assert path.guards.of("one").state is State.CLOSED
    backend.always = BackendError("broken")
    for _ in range(2):
        with pytest.raises(BackendError):
            await path.dispatch.first_reply([model("one/a")], _asking, visit())
    assert path.guards.of("one").state is State.OPEN
    assert path.guards.open_names() == {"one"}


async def test_a_missing_model_is_no_failure_of_its_backend():
    world = World(a=ModelGone("gone"))
    await world.reply(A, B)
    assert world.told == {"a": ["succeeded"], "b": ["succeeded"]}
    assert b'upstream_failures_total{backend="a",error_type="model_not_found"} 1.0' in world.metrics.render()


@pytest.mark.parametrize("error", [CannotHonour("no images"), ContextTooLong("too long")])
async def test_what_the_request_causes_is_no_failure_of_the_backend(error):
    world = World(a=error)
    await world.reply(A, B)
    assert world.told == {"a": ["released"], "b": ["succeeded"]}


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (BackendLimited("You exceeded your current quota"), "quota"),
        (BackendLimited("Slow down"), "failed"),
        (BackendError("the quota of disks is full"), "failed"),
    ],
)
async def test_a_used_up_quota_is_told_apart(error, told):
    world = World(a=error)
    await world.reply(A, B)
    assert world.told["a"] == [told]


async def test_a_fault_of_ours_gives_the_call_back():
    world = World(a=ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        await world.reply(A, B)
    assert world.told == {"a": ["released"]}


async def test_a_caller_who_leaves_gives_the_call_back_and_closes_the_reply():
    world = World(a=(asyncio.Event(),))
    task = asyncio.get_running_loop().create_task(world.reply(A, B))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert world.asked == "a"
    assert world.told == {"a": ["released"]}
    assert (world.backends["a"].opened, world.backends["a"].closed) == (1, 1)
    assert world.visit.clock._away_since is None


async def test_an_open_breaker_is_not_asked_and_told_nothing():
    world = World()
    world.guards["a"].open = True
    await world.reply(A, B)
    assert world.asked == "b"
    assert world.told == {"b": ["succeeded"]}


async def test_an_open_breaker_says_when_to_come_back():
    world = World(retries=3)
    world.guards["a"].open = True
    with pytest.raises(BackendBusy) as caught:
        await world.reply(A)
    assert caught.value.retry_after == 30.0
    assert world.asked == ""


async def test_a_backend_that_is_gone_is_passed_over():
    world = World()
    del world.backends["a"]
    await world.reply(A, B)
    assert world.visit.failed == ["a/m"]
    assert world.told == {"b": ["succeeded"]}


@pytest.mark.parametrize(
    ("first", "second", "verdict"),
    [
        (BackendBusy("x"), BackendBusy("y"), AllCandidatesFailed),
        (BackendError("x"), CannotHonour("y"), AllCandidatesFailed),
        (ContextTooLong("x"), ContextTooLong("y"), ContextTooLong),
        (BackendLimited("x"), BackendLimited("y"), BackendLimited),
        (ModelGone("x"), ModelGone("y"), ModelGone),
        (ModelGone("x"), BackendLimited("y"), AllCandidatesFailed),
    ],
)
async def test_the_verdict_tells_what_happened(first, second, verdict):
    world = World(a=first, b=second)
    with pytest.raises(verdict) as caught:
        await world.reply(A, B)
    if verdict is AllCandidatesFailed:
        assert caught.value.attempts == [("a/m", first), ("b/m", second)]
    assert world.visit.failed == ["a/m", "b/m"]


async def test_what_every_candidate_blames_on_the_request_is_the_callers_error():
    world = World(a=CannotHonour("no images"), b=ContextTooLong("too long"))
    with pytest.raises(CannotHonour) as caught:
        await world.reply(A, B)
    assert caught.value.status == 400


def doubt(kept=None):
    return Doubtful("no JSON", Discarded(A, "json", 1, 1), kept)


async def test_an_answer_in_doubt_is_no_failure_of_its_backend():
    world = World(a=doubt())
    await world.reply(A, B)
    assert world.told == {"a": ["succeeded"], "b": ["succeeded"]}
    assert [one.fault for one in world.visit.discarded] == ["json"]
    assert world.visit.failed == ["a/m"]


@pytest.mark.parametrize("error", [BackendBusy("full"), BackendRefused("no", status=400)])
async def test_an_answer_in_doubt_is_better_than_none(error):
    kept = await _asking(ScriptedBackend(), A)
    world = World(a=doubt(kept), b=error)
    assert await world.reply(A, B) is kept
    assert (world.visit.model, world.visit.discarded) == (A, [])
    assert "a/m" not in world.visit.failed


async def test_an_answer_in_doubt_that_nobody_kept_is_a_failure_like_another():
    world = World(a=doubt(), b=BackendBusy("full"))
    with pytest.raises(AllCandidatesFailed, match="no JSON"):
        await world.reply(A, B)
    world = World(a=doubt(), b=BackendRefused("no", status=400))
    with pytest.raises(BackendRefused):
        await world.reply(A, B)


async def test_waiting_for_a_backend_is_not_our_time():
    world = World(a=(0.02, WHOLE))
    await world.reply(A)
    assert world.visit.clock.upstream >= 0.019


async def _asking(backend, wanted):
    return await read_whole(backend._reply("chat", wanted, stream=False, good=WHOLE))
