"""One way to a model: room, money, tries, time."""

import asyncio

import pytest
from tests.doubles.pretend_model import HOSTED, LOCAL, PretendModel, check

from smarterrouter.errors import BackendBusy, BackendLimited, BackendRefused, BackendTimeout, BackendUnreachable
from smarterrouter.profiling.asking import REASONING_ROOM, Line, Spent
from smarterrouter.profiling.budget import Budget
from smarterrouter.profiling.means import Means
from smarterrouter.profiling.questions import Untouched

MESSAGES = ({"role": "user", "content": "Say something."},)


def line(
    model: PretendModel, *, about=LOCAL, ceiling: float | None = None, hooks=None, slept: list[float] | None = None
):
    async def sleep(seconds: float) -> None:
        if slept is not None:
            slept.append(seconds)

    means = Means(model.ask, check, hooks=hooks or Untouched(), sleep=sleep)
    return Line(about, means, Budget(about, ceiling))


async def test_a_local_model_is_kept_alive_and_a_hosted_one_is_not_told():
    assert line(PretendModel()).question(MESSAGES, 10, 5.0).keep_alive == 300
    assert line(PretendModel(), about=HOSTED).question(MESSAGES, 10, 5.0).keep_alive == 0


async def test_a_model_that_thinks_gets_room_for_it():
    asked = line(PretendModel()).question(MESSAGES, 10, 5.0, thinks=True)
    assert asked.max_tokens == 10 + REASONING_ROOM


async def test_a_busy_model_is_asked_again_after_growing_pauses():
    model, slept = PretendModel(), []
    model.fails = {1: BackendBusy("loading"), 2: BackendUnreachable("gone")}
    to = line(model, slept=slept)
    assert (await to.ask(to.question(MESSAGES, 10, 5.0))).answer.text == "done"
    assert slept == [2.0, 4.0]


async def test_it_waits_as_long_as_it_is_told_but_not_longer_than_a_minute():
    model, slept = PretendModel(), []
    model.fails = {1: BackendLimited("slow", retry_after=5.0), 2: BackendLimited("slow", retry_after=500.0)}
    to = line(model, slept=slept)
    await to.ask(to.question(MESSAGES, 10, 5.0))
    assert slept == [5.0, 60.0]


async def test_the_third_failure_is_the_last():
    model = PretendModel()
    model.fails = {number: BackendBusy("busy") for number in range(1, 9)}
    to = line(model)
    with pytest.raises(BackendBusy):
        await to.ask(to.question(MESSAGES, 10, 5.0))
    assert len(model.asked) == 3


@pytest.mark.parametrize("error", [BackendRefused("no", status=400), BackendTimeout("late")])
async def test_what_another_try_cannot_mend_is_tried_once(error):
    model = PretendModel()
    model.fails = {1: error}
    to = line(model)
    with pytest.raises(type(error)):
        await to.ask(to.question(MESSAGES, 10, 5.0))
    assert len(model.asked) == 1


async def test_an_answer_that_never_comes_is_given_up():
    async def never(_):
        await asyncio.Event().wait()

    to = Line(LOCAL, Means(never, check), Budget(LOCAL, None))
    with pytest.raises(BackendTimeout):
        await to.ask(to.question(MESSAGES, 10, 0.01))


async def test_money_is_counted_and_a_question_that_could_cost_too_much_is_not_asked():
    model = PretendModel(prompt_tokens=1000, completion_tokens=500)
    to = line(model, about=HOSTED, ceiling=0.01)
    await to.ask(to.question(MESSAGES, 500, 5.0))
    assert to.budget.dollars == pytest.approx(0.003)
    with pytest.raises(Spent):
        await to.ask(to.question(MESSAGES, 5000, 5.0))
    assert len(model.asked) == 1


async def test_a_backend_that_does_not_count_costs_something_all_the_same():
    model = PretendModel(prompt_tokens=0, completion_tokens=0)
    to = line(model, about=HOSTED)
    await to.ask(to.question(MESSAGES, 500, 5.0))
    assert to.budget.dollars > 0


async def test_prompts_that_turn_out_longer_than_estimated_are_expected_so_the_next_time():
    to = line(PretendModel(prompt_tokens=1000, completion_tokens=1), about=HOSTED, ceiling=0.0025)
    for _ in range(2):
        await to.ask(to.question(MESSAGES, 10, 5.0))
    with pytest.raises(Spent):
        await to.ask(to.question(MESSAGES, 10, 5.0))


async def test_every_call_waits_at_the_gate():
    passed = asyncio.Event()
    waiting = asyncio.Event()

    class Gate(Untouched):
        async def gate(self) -> None:
            waiting.set()
            await passed.wait()

    model = PretendModel()
    to = line(model, hooks=Gate())
    async with asyncio.TaskGroup() as group:
        task = group.create_task(to.ask(to.question(MESSAGES, 10, 0.5)))
        await waiting.wait()
        assert model.asked == []
        passed.set()
    assert task.result().answer.text == "done"
