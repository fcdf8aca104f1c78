import asyncio
import dataclasses

import pytest
from msgspec import structs
from tests.doubles.gateway_parts import until
from tests.doubles.pretend_model import HOSTED, LOCAL, PretendModel, PretendSuite, chatting, check, no_sleep

from smarterrouter.catalog import abilities
from smarterrouter.catalog.known import Known
from smarterrouter.domain.knowledge import Ability, Profile, Published, Unit
from smarterrouter.domain.models import Size
from smarterrouter.errors import BackendRefused, StoreUnavailable
from smarterrouter.jobs.profile_models import _PRIOR_SD, Interviewing, ProfileModels, Rules, reason_against, run_of
from smarterrouter.profiling import bank
from smarterrouter.profiling.adaptive import Plan
from smarterrouter.profiling.events import Answered, Asked, Done, Progress
from smarterrouter.profiling.means import Means
from smarterrouter.store.database import Database
from smarterrouter.store.profiles import profile_history, profiles
from smarterrouter.store.task_answers import all_answers, answers

OTHER = structs.replace(LOCAL, key="box/n", name="n")
SUITE = PretendSuite(4)


@dataclasses.dataclass
class Ground:
    """One life of the job over a database that outlives it."""

    database: Database
    pretend: PretendModel
    models: list
    known: Known = dataclasses.field(default_factory=Known)
    rules: Rules = dataclasses.field(default_factory=lambda: Rules(every=60.0, plan=Plan(12)))
    suite: PretendSuite = SUITE
    ask: object = None

    def __post_init__(self):
        means = Means(self.ask or self.pretend.ask, check, sleep=no_sleep)
        self.job = ProfileModels(
            Interviewing(self.suite, means), self.database, self.known, lambda: self.models, self.rules
        )

    @property
    def states(self):
        return {state.model: state.state for state in self.job.states}


@pytest.fixture
async def make(database):
    made = []

    def ground(*models, pretend=None, **more):
        made.append(Ground(database, pretend or PretendModel(1.0), list(models or (LOCAL,)), **more))
        return made[-1]

    yield ground
    for one in made:
        await one.job.cancel()


async def stopped_after(ground, number):
    """Profile in the background, and cancel once so many answers are kept."""
    assert ground.job.begin(ground.models)
    async with asyncio.timeout(60):
        with ground.job.watch() as queue:
            for _ in range(number):
                while not isinstance(await queue.get(), Answered):
                    pass
    await ground.job.cancel()


async def stored_of(ground, model):
    """What it was asked in a first profile."""
    await ground.job.profile([model])
    return await answers(ground.database, run_of(model, SUITE))


async def stored(ground):
    return (await all_answers(ground.database)).rows


async def test_models_without_a_profile_are_profiled_and_known_then(make):
    ground = make(LOCAL, OTHER)
    assert ground.job.every == 60
    await ground.job.run()
    assert ground.states == {LOCAL.key: "done", OTHER.key: "done"}
    assert set(await profiles(ground.database)) == set(ground.known.profiles) == {LOCAL.key, OTHER.key}
    profile = ground.known.profiles[LOCAL.key]
    assert (profile.digest, profile.suite) == (LOCAL.digest, SUITE.version)
    assert 0 < profile.answers <= 12
    assert ground.job.wanted() == []


async def test_a_second_look_asks_nothing(make):
    ground = make()
    await ground.job.run()
    count = len(ground.pretend.asked)
    await ground.job.run()
    assert len(ground.pretend.asked) == count


async def test_a_new_life_knows_the_profiles_of_before(make):
    await make().job.run()
    again = make()
    await again.job.run()
    assert again.pretend.asked == []
    assert again.known.profiles[LOCAL.key].answers > 0


async def test_another_file_of_a_model_is_profiled_anew(make):
    first = make(structs.replace(LOCAL, digest=None, size=Size(7.0, quantisation="Q8_0")))
    await first.job.run()
    smaller = structs.replace(LOCAL, digest=None, size=Size(7.0, quantisation="Q2_K"))
    again = make(smaller, pretend=PretendModel(-2.0))
    await again.job.run()
    assert again.pretend.sums
    history = await profile_history(again.database, LOCAL.key)
    assert [one.quantisation for one in history] == ["Q2_K", "Q8_0"]
    assert history[0].overall.mean < history[1].overall.mean


async def test_what_was_cut_off_goes_on_and_asks_nothing_twice(make):
    first = make()
    await stopped_after(first, 4)
    assert first.states == {LOCAL.key: "cancelled"}
    kept = await stored(first)
    assert len(kept) >= 4
    assert await profiles(first.database) == {}
    again = make()
    await again.job.run()
    asked = [*first.pretend.sums[: len(kept)], *again.pretend.sums]
    assert len(asked) == len(set(asked))
    rows = await stored(again)
    assert len({(row.run, row.item, row.seed) for row in rows}) == len(rows) == again.known.profiles[LOCAL.key].answers
    assert again.known.profiles[LOCAL.key].tokens_per_second is not None


async def test_anew_forgets_the_answers_of_before(make):
    ground = make()
    await ground.job.run()
    before = await answers(ground.database, run_of(LOCAL, SUITE))
    await ground.job.profile([LOCAL])
    assert {row.at for row in await stored(ground)} > {row.at for row in before}
    await ground.job.profile([LOCAL], anew=True)
    assert {row.at for row in await stored(ground)}.isdisjoint({row.at for row in before})
    assert len(await profile_history(ground.database, LOCAL.key)) == 3


async def test_each_profile_asks_other_values(make):
    ground = make()
    for anew in (False, True, True):
        await ground.job.profile([LOCAL], anew=anew)
    sums = ground.pretend.sums
    assert len(sums) == len(set(sums)) == 3 * 12


async def test_the_first_profiles_of_two_models_ask_the_same_values(make):
    values = [{(row.item, row.seed) for row in await stored_of(make(model), model)} for model in (LOCAL, OTHER)]
    seeds = [dict(pairs) for pairs in values]
    both = seeds[0].keys() & seeds[1].keys()
    assert both
    assert all(seeds[0][item] == seeds[1][item] for item in both)


async def test_a_second_profile_that_was_cut_off_goes_on_too(make):
    first = make()
    await first.job.run()
    done = len(first.pretend.sums)
    await stopped_after(first, 4)
    kept = len(await stored(first)) - done
    assert kept >= 4
    again = make()
    await again.job.profile([LOCAL])
    asked = [*first.pretend.sums[: done + kept], *again.pretend.sums]
    assert len(asked) == len(set(asked)) == 24
    assert [one.answers for one in await profile_history(again.database, LOCAL.key)] == [12, 12]


async def test_a_task_of_the_users_own_makes_no_answer_stale(make, tmp_path):
    task = "{id: mine, category: logic, prompt: 'Yes?', check: {kind: exact, accept: ['yes']}}"
    (tmp_path / "own.yaml").write_text(f"tasks:\n- {task}\n")
    assert run_of(LOCAL, bank.load(tmp_path)) == run_of(LOCAL, bank.load())


async def test_a_cancelled_model_rests_but_comes_when_it_is_called(make):
    ground = make()
    await stopped_after(ground, 1)
    count = len(ground.pretend.asked)
    await ground.job.run()
    assert len(ground.pretend.asked) == count
    await ground.job.profile([LOCAL])
    assert ground.states == {LOCAL.key: "done"}


async def test_a_silent_model_is_not_asked_again_at_every_look(make):
    pretend = PretendModel()
    pretend.fails = {number: BackendRefused("no", status=400) for number in range(1, 100)}
    ground = make(pretend=pretend)
    await ground.job.run()
    (state,) = ground.job.states
    assert (state.state, state.reason) == ("done", "silent")
    count = len(pretend.asked)
    await ground.job.run()
    assert len(pretend.asked) == count


async def test_models_that_cost_money_wait_until_somebody_asks(make):
    ground = make(HOSTED)
    await ground.job.run()
    assert ground.pretend.asked == []
    assert ground.job.begin(ground.job.wanted())
    await until(lambda: not ground.job.going_on)
    assert ground.states == {HOSTED.key: "done"}


async def test_the_price_ceiling_stops_a_profile(make):
    ground = make(HOSTED, rules=Rules(ceiling=0.0))
    await ground.job.profile([HOSTED])
    (state,) = ground.job.states
    assert state.reason == "budget"
    assert ground.pretend.asked == []


async def test_without_an_interval_nothing_is_profiled_unasked(make):
    ground = make(rules=Rules())
    assert ground.job.every == 0
    await ground.job.run()
    assert ground.pretend.asked == []


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (chatting(LOCAL, chat=False, embeddings=True), "chat"),
        (structs.replace(LOCAL, test=True), "test model"),
        (structs.replace(LOCAL, missing=True), "lists"),
        (structs.replace(LOCAL, unreachable=True), "answer"),
        (structs.replace(LOCAL, only_by_name=True), "talk"),
    ],
)
async def test_some_models_are_never_profiled(make, model, words):
    assert words in reason_against(model)
    ground = make(model)
    assert ground.job.wanted(force=True) == []
    await ground.job.run()
    assert ground.pretend.asked == []


def test_a_model_that_chats_can_be_profiled():
    assert reason_against(LOCAL) == ""


async def test_one_profile_at_a_time_in_the_background(make):
    ground = make(ask=lambda question: asyncio.Event().wait())
    assert ground.job.begin([LOCAL])
    assert ground.job.going_on
    assert not ground.job.begin([OTHER])
    await ground.job.run()
    await ground.job.profile([LOCAL])
    await until(lambda: ground.states == {LOCAL.key: "running"})
    await ground.job.cancel()
    await ground.job.cancel()
    assert ground.states == {LOCAL.key: "cancelled"}
    assert not ground.job.going_on


async def test_who_stops_the_look_stops_the_profile(make):
    ground = make(ask=lambda question: asyncio.Event().wait())
    look = asyncio.ensure_future(ground.job.run())
    await until(lambda: ground.job.going_on)
    look.cancel()
    with pytest.raises(asyncio.CancelledError):
        await look
    assert not ground.job.going_on


async def test_cancelled_before_the_database_is_there_leaves_nothing_waiting(tmp_path):
    database = Database("sqlite:///never.db", tmp_path)
    ground = Ground(database, PretendModel(), [LOCAL])
    assert ground.job.begin([LOCAL])
    await until(lambda: ground.states == {LOCAL.key: "waiting"})
    await ground.job.cancel()
    assert ground.states == {LOCAL.key: "cancelled"}
    await database.close()


async def test_an_answer_that_cannot_be_kept_ends_the_profile_and_is_said(make, monkeypatch, caplog):
    async def full(*_):
        raise StoreUnavailable("the disk is full")

    monkeypatch.setattr("smarterrouter.jobs.profile_models.save_answer", full)
    ground = make()
    await ground.job.run()
    (state,) = ground.job.states
    assert (state.state, state.detail) == ("failed", "The log says why.")
    assert any("the disk is full" in str(record.exc_info) for record in caplog.records)


async def test_events_come_in_order_to_watchers_and_to_the_listener(make):
    ground, heard = make(), []
    with ground.job.watch() as queue:
        await ground.job.profile([LOCAL], listener=heard.append)
        seen = [queue.get_nowait() for _ in range(queue.qsize())]
    assert seen == heard
    kinds = [type(event) for event in seen]
    assert kinds[0] is Progress
    assert kinds[-1] is Done
    assert kinds.count(Asked) == kinds.count(Answered) > 0
    fractions = [event.fraction for event in seen if isinstance(event, Progress)]
    assert fractions == sorted(fractions)
    assert seen[-1].profile.model == LOCAL.key
    assert not ground.job._watchers


async def test_a_watcher_who_sleeps_loses_the_oldest_and_delays_nobody(make, monkeypatch):
    monkeypatch.setattr("smarterrouter.jobs.profile_models._WATCHERS_QUEUE", 3)
    ground = make()
    with ground.job.watch() as queue:
        await ground.job.run()
        seen = [queue.get_nowait() for _ in range(queue.qsize())]
    assert len(seen) == 3
    assert isinstance(seen[-1], Done)


async def test_published_scores_come_before_the_first_question(make):
    known = Known()
    names = {"qwen2.5-7b-instruct": 50.0, "Qwen2.5-72B-Instruct": 85.0}
    known.learn_published(Published(name, "gsm8k", value, Unit.PERCENT, "a") for name, value in names.items())
    large = structs.replace(LOCAL, name="qwen2.5:72b", size=Size(72.0, 72.0))
    job = make(large, known=known).job
    job._runs[large.key] = run_of(large, SUITE)
    made = await job._job(large, known.about([large])[large.key])
    believed = abilities.prior(large.size, known.about([large])[large.key].published, known.reference())
    assert made.prior.mean == believed.mean > 0
    assert made.prior.sd == _PRIOR_SD > believed.sd, "a broken copy must be able to show what it is"


async def test_what_external_profilers_put_in_is_kept_unless_it_is_faulty(make):
    ground = make()
    await ground.job.keep(Profile(LOCAL.key, Ability(1.0, 0.1), external=True))
    assert ground.known.profiles[LOCAL.key].measured_at > 0
    assert ground.job.wanted() == []
    with pytest.raises(ValueError, match="sd"):
        await ground.job.keep(Profile(LOCAL.key, Ability(1.0, -0.1)))


async def test_old_states_are_let_go(make, monkeypatch):
    monkeypatch.setattr("smarterrouter.jobs.profile_models._FINISHED_KEPT", 4)
    models = [structs.replace(LOCAL, key=f"box/{number}") for number in range(9)]
    ground = make(rules=Rules(plan=Plan(1)))
    for model in models:
        await ground.job.profile([model])
    assert len(ground.job.states) <= 5
    assert models[-1].key in ground.states


async def test_answers_of_all_models_make_the_difficulties(make):
    ground = make(LOCAL, OTHER)
    await ground.job.run()
    responses = await ground.job._responses()
    assert len(responses) == len(await stored(ground))
    assert {response.model for response in responses} == {run_of(LOCAL, SUITE), run_of(OTHER, SUITE)}
