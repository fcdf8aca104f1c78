"""One model's interview, against models that are numbers: every turn it can take."""

import msgspec
import pytest
from tests.doubles.pretend_model import HOSTED, LOCAL, PretendModel, PretendSuite, Recorder, chatting, check, no_sleep

from smarterrouter.domain.intent import Category
from smarterrouter.domain.knowledge import Ability
from smarterrouter.domain.models import Price
from smarterrouter.errors import BackendRefused, BackendTimeout, BackendUnreachable, CannotHonour, ContextTooLong
from smarterrouter.profiling.adaptive import Plan
from smarterrouter.profiling.asking import REASONING_ROOM
from smarterrouter.profiling.base import Answer, Task, Verdict
from smarterrouter.profiling.checks import Constraints, Rule
from smarterrouter.profiling.events import Answered, Asked, Progress, Skipped
from smarterrouter.profiling.interview import Interview, Job, seed_of
from smarterrouter.profiling.items import items_of
from smarterrouter.profiling.judge import Grade
from smarterrouter.profiling.means import Means
from smarterrouter.profiling.questions import Heard, Untouched
from smarterrouter.profiling.sandbox import SandboxBroken

SHORT = Plan(10, 0.0)
SUITE = PretendSuite()
ITEMS = items_of(SUITE.templates)


def interview(model: PretendModel, job: Job, told: Recorder, suite=SUITE, **means) -> Interview:
    given = {"ask": model.ask, "check": check, "sleep": no_sleep} | means
    return Interview(suite, items_of(suite.templates), Means(**given), job, told)


async def test_it_warms_up_asks_and_tells_of_every_step():
    told, model = Recorder(), PretendModel()
    assert await interview(model, Job(LOCAL, plan=SHORT), told).questions() == ("enough", "")
    assert len(model.asked) == 1 + 10
    assert len(told.of(Asked)) == len(told.of(Answered)) == 10
    assert [event.number for event in told.of(Asked)] == list(range(1, 11))
    progress = told.of(Progress)
    assert progress[0].phase == "loading"
    assert progress[0].eta_seconds is None
    assert [event.answers for event in progress[1:]] == list(range(1, 11))
    assert progress[5].fraction == 0.5
    assert progress[5].eta_seconds == pytest.approx(5 * 0.6)
    assert progress[-1].eta_seconds == 0


async def test_it_knows_a_strong_model_from_a_weak_one():
    found = []
    for ability in (-2.0, 2.0):
        talk = interview(PretendModel(ability), Job(LOCAL), Recorder())
        await talk.questions()
        found.append(talk.profile().overall)
    assert found[0].mean < -1 < 1 < found[1].mean
    assert max(found[0].sd, found[1].sd) < 0.5


async def test_the_limit_for_loading_follows_the_size_and_later_ones_what_was_seen():
    model = PretendModel()
    big = msgspec.structs.replace(LOCAL, size_bytes=14 * 10**9)
    await interview(model, Job(big, plan=SHORT), Recorder()).questions()
    limits = [question.timeout for question in model.asked]
    assert limits[0] == pytest.approx(310)
    assert limits[1] == pytest.approx(99)
    assert limits[-1] == 30


async def test_a_failing_warm_up_does_not_stop_it():
    told, model = Recorder(), PretendModel()
    model.fails = {1: BackendTimeout("still loading")}
    reason, _ = await interview(model, Job(LOCAL, plan=SHORT), told).questions()
    assert (reason, len(told.of(Answered))) == ("enough", 10)


async def test_a_failing_load_does_not_stop_it():
    class Broken(Untouched):
        async def load(self, model, *, keep_alive, timeout):
            raise BackendUnreachable("no")

    told = Recorder()
    await interview(PretendModel(), Job(LOCAL, plan=SHORT), told, hooks=Broken()).questions()
    assert len(told.of(Answered)) == 10


async def test_load_time_is_what_the_hook_says_else_the_first_wait_of_a_model_that_was_not_loaded():
    class Loader(Untouched):
        async def load(self, model, *, keep_alive, timeout):
            self.asked = (keep_alive, timeout)
            return 12.5

    hooks = Loader()
    for means, model, seconds in [({"hooks": hooks}, LOCAL, 12.5), ({}, LOCAL, 0.1), ({}, HOSTED, None)]:
        talk = interview(PretendModel(), Job(model, plan=SHORT), Recorder(), **means)
        await talk.questions()
        assert talk.profile().load_seconds == seconds
    assert hooks.asked == (300, 1800) or hooks.asked == (300, pytest.approx(170))


async def test_stored_answers_are_not_asked_again():
    """As after a kill -9: what was told before is given back, and the rest is asked."""
    first, model = Recorder(), PretendModel()
    model.fails = {8: KeyboardInterrupt()}
    with pytest.raises(KeyboardInterrupt):
        await interview(model, Job(LOCAL, plan=SHORT), first).questions()
    stored = tuple(first.of(Answered))
    assert len(stored) == 6
    second, again = Recorder(), PretendModel()
    talk = interview(again, Job(LOCAL, plan=SHORT, stored=stored + stored[:3]), second)
    await talk.questions()
    ids = [answer.id for answer in (*stored, *second.of(Answered))]
    assert len(ids) == len(set(ids)) == 10
    assert not set(model.sums[:6]) & set(again.sums)
    assert talk.profile().answers == 10


async def test_a_run_that_was_broken_off_asks_what_an_unbroken_one_would_have():
    whole = Recorder()
    await interview(PretendModel(ability=9), Job(LOCAL, plan=SHORT), whole).questions()
    stored = tuple(whole.of(Answered)[:4])
    rest = Recorder()
    await interview(PretendModel(ability=9), Job(LOCAL, plan=SHORT, stored=stored), rest).questions()
    assert [one.item for one in rest.of(Answered)] == [one.item for one in whole.of(Answered)[4:]]


@pytest.mark.parametrize("change", [{"digest": "sha256:2"}, {"key": "box/other"}])
async def test_answers_of_another_file_are_left_aside(change):
    told = Recorder()
    await interview(PretendModel(), Job(LOCAL, plan=SHORT), told).questions()
    other = msgspec.structs.replace(LOCAL, **change)
    talk = interview(PretendModel(), Job(other, plan=SHORT, stored=tuple(told.of(Answered))), Recorder())
    assert talk.profile() is None


async def test_answers_of_another_suite_or_seed_are_left_aside():
    told = Recorder()
    await interview(PretendModel(), Job(LOCAL, plan=SHORT), told).questions()
    stored = tuple(told.of(Answered))
    assert interview(PretendModel(), Job(LOCAL, seed=1, stored=stored), Recorder()).profile() is None
    changed = PretendSuite(version="test-2")
    assert interview(PretendModel(), Job(LOCAL, stored=stored), Recorder(), suite=changed).profile() is None


async def test_another_seed_asks_other_values_and_every_model_gets_the_same():
    assert seed_of(0, "a") == seed_of(0, "a")
    assert len({seed_of(0, "a"), seed_of(1, "a"), seed_of(0, "b")}) == 3


async def test_the_ceiling_stops_it_and_keeps_what_is_known():
    told, model = Recorder(), PretendModel(prompt_tokens=1000, completion_tokens=50)
    dear = msgspec.structs.replace(HOSTED, price=Price(10.0, 40.0))
    talk = interview(model, Job(dear, ceiling=0.1), told)
    reason, detail = await talk.questions()
    assert reason == "budget"
    assert "0.1" in detail
    assert 0 < len(told.of(Answered)) < 10
    assert talk.line.budget.dollars <= 0.1
    assert talk.profile().answers == len(told.of(Answered))


async def test_stored_answers_count_towards_the_ceiling():
    told = Recorder()
    await interview(PretendModel(prompt_tokens=1000), Job(HOSTED, plan=SHORT), told).questions()
    talk = interview(PretendModel(), Job(HOSTED, plan=SHORT, stored=tuple(told.of(Answered))), Recorder())
    assert talk.line.budget.dollars == pytest.approx(10 * (1000 + 4 * 10) / 1e6)


async def test_a_model_that_does_not_answer_is_given_up_after_three():
    told, model = Recorder(), PretendModel()
    model.fails = {number: BackendTimeout("late") for number in range(4, 99)}
    talk = interview(model, Job(LOCAL), told)
    assert await talk.questions() == ("silent", "late")
    assert len(told.of(Skipped)) == 3
    assert talk.profile().answers == 2


async def test_now_and_then_a_silence_is_no_reason_to_stop_and_no_wrong_answer():
    told, model = Recorder(), PretendModel(ability=99)
    model.fails = {number: BackendTimeout("late") for number in (3, 4, 6, 7)}
    talk = interview(model, Job(LOCAL, plan=SHORT), told)
    await talk.questions()
    assert len(told.of(Skipped)) == 4
    assert all(answer.passed for answer in told.of(Answered))
    assert talk.profile().answers == 10


async def test_after_a_silence_it_waits_longer():
    model = PretendModel()
    model.fails = {6: BackendTimeout("late")}
    await interview(model, Job(LOCAL, plan=SHORT), Recorder()).questions()
    assert model.asked[6].timeout == 2 * model.asked[5].timeout


class NeedsTools(PretendSuite):
    """Every task offers a tool."""

    def __init__(self) -> None:
        super().__init__()
        for template in self.templates:
            template.make = self._offering(template.make)

    def _offering(self, make):
        return lambda seed: msgspec.structs.replace(
            make(seed), tools=({"type": "function", "function": {"name": "f"}},)
        )


async def test_prompts_that_are_too_long_for_a_model_are_skipped_and_it_is_not_silent():
    told, model = Recorder(), PretendModel(1.0)
    model.fails = dict.fromkeys((2, 3, 4, 5), ContextTooLong("1024 tokens at most"))
    talk = interview(model, Job(LOCAL, plan=SHORT), told)
    assert (await talk.questions())[0] != "silent"
    assert [one.reason for one in told.of(Skipped)] == ["1024 tokens at most"] * 4
    assert len(told.of(Answered)) == SHORT.most


@pytest.mark.parametrize("error", [BackendRefused("does not support tools", status=400), CannotHonour("no tools")])
async def test_a_model_that_cannot_use_tools_answers_wrong_and_is_not_silent(error):
    told, model = Recorder(), PretendModel()
    model.fails = dict.fromkeys(range(2, 99), error)
    await interview(model, Job(LOCAL, plan=SHORT), told, suite=NeedsTools()).questions()
    assert len(told.of(Answered)) == 10
    assert not any(answer.passed for answer in told.of(Answered))
    assert "tools" in told.of(Answered)[0].detail


async def test_a_plain_question_that_is_refused_is_silence():
    told, model = Recorder(), PretendModel()
    model.fails = {number: BackendRefused("no credit", status=400) for number in range(2, 99)}
    assert (await interview(model, Job(LOCAL, plan=SHORT), told).questions())[0] == "silent"
    assert told.of(Answered) == []


async def test_a_model_that_turns_out_to_think_is_asked_again_with_room():
    class Thinker(PretendModel):
        async def ask(self, question):
            heard = await super().ask(question)
            if len(self.asked) == 1:
                return heard
            answer = heard.answer if question.max_tokens > REASONING_ROOM else Answer("", finish_reason="length")
            return msgspec.structs.replace(heard, answer=answer, thought=True)

    told, model = Recorder(), Thinker(ability=99)
    await interview(model, Job(LOCAL, plan=SHORT), told).questions()
    assert len(model.asked) == 1 + 1 + 10
    assert all(answer.passed for answer in told.of(Answered))
    assert model.asked[2].timeout == 2 * model.asked[1].timeout


async def test_what_nobody_can_judge_here_counts_neither_way():
    async def void(task: Task, answer: Answer) -> Verdict:
        return Verdict(passed=False, detail="uses a library", void=True)

    async def broken(task: Task, answer: Answer) -> Verdict:
        raise SandboxBroken("no sandbox here")

    for judged, words in ((void, "uses a library"), (broken, "no sandbox here")):
        told, model = Recorder(), PretendModel()
        talk = interview(model, Job(LOCAL, plan=SHORT), told, check=judged)
        assert (await talk.questions())[0] == "exhausted"
        assert {event.reason for event in told.of(Skipped)} == {words}
        assert len(model.sums) == 2 * SHORT.most
        assert talk.profile() is None


async def test_an_empty_suite_is_exhausted_at_once():
    empty = PretendSuite(per_category=0)
    talk = interview(PretendModel(), Job(LOCAL), Recorder(), suite=empty)
    assert (await talk.questions())[0] == "exhausted"
    assert talk.profile() is None


async def test_empty_answers_are_wrong_and_divide_by_nothing():
    class Mute(PretendModel):
        async def ask(self, question):
            await super().ask(question)
            return Heard(Answer())

    talk = interview(Mute(), Job(LOCAL, plan=SHORT), Recorder())
    await talk.questions()
    await talk.measurements()
    profile = talk.profile()
    assert (profile.answers, profile.tokens, profile.tokens_per_second) == (10, 0, None)
    assert profile.overall.mean < 0


class Prose(PretendSuite):
    """Free texts of the chat category."""

    def __init__(self) -> None:
        super().__init__()
        for template in self.templates:
            template.make = self._free(template.make)

    def _free(self, make):
        return lambda seed: msgspec.structs.replace(
            make(seed), check=Constraints((Rule("length", low=1, unit="words"),))
        )


class Opinion:
    """A judge with one opinion."""

    def __init__(self, grade: Grade | None) -> None:
        self.given = grade
        self.asked: list[str] = []

    async def grade(self, request: str, answer: str) -> Grade | None:
        self.asked.append(request)
        return self.given


async def judged(grade: Grade | None, suite: PretendSuite, **means):
    told, opinion = Recorder(), Opinion(grade)

    async def right(task: Task, answer: Answer) -> Verdict:
        return Verdict(passed=True)

    plan = Plan(16, 0.0)
    talk = interview(PretendModel(), Job(LOCAL, plan=plan), told, suite=suite, judge=opinion, check=right, **means)
    await talk.questions()
    return talk.profile(), told.of(Answered), opinion


async def test_a_judge_sees_free_prose_only_and_moves_the_ability_beside_the_checks():
    low, answers, opinion = await judged(Grade(0.1), Prose())
    chats = [answer for answer in answers if answer.category == Category.CHAT.value]
    assert 0 < len(opinion.asked) == len(chats) < len(answers)
    assert all((answer.judged is not None) == (answer in chats) for answer in answers)
    high, _, _ = await judged(Grade(1.0), Prose())
    assert low.judged
    assert low.skills[Category.CHAT].mean < high.skills[Category.CHAT].mean


async def test_a_judge_without_an_opinion_changes_nothing():
    silent, _, _ = await judged(None, Prose())
    sums, _, opinion = await judged(Grade(0.0), SUITE)
    assert opinion.asked == []
    assert not silent.judged
    assert not sums.judged
    assert silent.overall == sums.overall


async def test_published_scores_are_the_prior():
    talk = interview(PretendModel(), Job(LOCAL), Recorder())
    assert talk.tally.posterior.overall.sd > 1
    known = Job(LOCAL, prior=Ability(1.0, 0.3), plan=Plan(40, enough_skill=0.5))
    told = Recorder()
    talk = interview(PretendModel(1.0), known, told)
    await talk.questions()
    assert len(told.of(Answered)) < 40


async def test_a_thinking_model_is_known_beforehand():
    model = PretendModel()
    await interview(model, Job(chatting(LOCAL, thinking=True), plan=SHORT), Recorder()).questions()
    assert model.asked[1].max_tokens == 50 + REASONING_ROOM
