"""What is known about one model while it is profiled."""

import pytest
from tests.doubles.pretend_model import LOCAL, chatting

from smarterrouter.domain.intent import Category
from smarterrouter.domain.knowledge import Ability
from smarterrouter.profiling.base import Answer
from smarterrouter.profiling.estimator import Item
from smarterrouter.profiling.events import Answered
from smarterrouter.profiling.questions import Heard
from smarterrouter.profiling.tally import Tally

ITEMS = [
    Item("code-1", "code", 0.0),
    Item("poem-1", "poems", 0.0),
    Item("tools-1", "tools", 0.0),
    Item("tools-2", "tools", 1.0),
]


def answer(identity: str, item: str, *, passed: bool = True, **more: object) -> Answered:
    return Answered(identity, LOCAL.key, "sha256:1", "s", item, "", 1, passed, **more)


def test_nothing_was_answered_and_nothing_is_divided_by_nothing():
    profile = Tally(LOCAL, ITEMS, Ability(0.4, 1.0)).profile(suite="s", at=1.0, limit=None)
    assert profile.overall.mean == pytest.approx(0.4, abs=0.01)
    assert (profile.answers, profile.tokens, profile.tokens_per_second, profile.first_token_ms) == (0, 0, None, {})
    assert (profile.json_validity, profile.tool_validity, profile.skills) == (None, None, {})
    assert Tally(LOCAL, []).categories == []


def test_an_answer_counts_once_and_one_to_a_task_that_is_gone_not_at_all():
    tally = Tally(LOCAL, ITEMS)
    assert tally.take(answer("1", "code-1", prompt_tokens=10, completion_tokens=5, total_ms=100.0))
    assert not tally.take(answer("1", "code-1", prompt_tokens=10, completion_tokens=5, total_ms=100.0))
    assert not tally.take(answer("2", "gone"))
    assert (len(tally.answers), tally.tokens, len(tally.samples)) == (1, 15, 1)


def test_the_profile_says_what_was_measured_of_what():
    tally = Tally(LOCAL, ITEMS)
    tally.take(answer("1", "code-1", total_ms=1100.0, first_token_ms=100.0, completion_tokens=21, prompt_tokens=9))
    tally.take(answer("2", "poem-1", passed=False))
    tally.take(answer("3", "tools-1", valid=True, tool=True))
    tally.take(answer("4", "tools-2", valid=False))
    tally.measured(Heard(Answer(), prompt_tokens=100, completion_tokens=1))
    tally.waits += [(100, 5.0), (100, 9.0)]
    profile = tally.profile(suite="s-2", at=7.0, limit=30.0)
    assert (profile.model, profile.digest, profile.suite, profile.measured_at) == ("box/m", "sha256:1", "s-2", 7.0)
    assert set(profile.skills) == {Category.CODE, Category.TOOLS}
    assert set(profile.own) == {"poems"}
    assert profile.own["poems"].mean < profile.skills[Category.CODE].mean
    assert (profile.answers, profile.tokens, profile.timeout_seconds) == (4, 131, 30.0)
    assert profile.tokens_per_second == pytest.approx(20.0)
    assert profile.first_token_ms == {100: 7.0}
    assert profile.tool_validity.mean > 0.5 > profile.json_validity.mean
    assert not profile.judged


def test_a_judge_moves_the_ability_beside_the_check():
    with_judge, without = Tally(LOCAL, ITEMS), Tally(LOCAL, ITEMS)
    with_judge.take(answer("1", "code-1", judged=0.1))
    without.take(answer("1", "code-1"))
    assert with_judge.posterior.overall.mean < without.posterior.overall.mean
    assert with_judge.profile(suite="", at=0, limit=None).judged


def test_what_is_passed_over_is_not_asked_again_and_counts_neither_way():
    tally = Tally(LOCAL, ITEMS)
    tally.pass_over(ITEMS[0])
    assert tally.asked == [ITEMS[0]]
    assert tally.answers == []
    assert tally.posterior.overall.mean == pytest.approx(0, abs=1e-9)


def test_thinking_is_known_from_the_model():
    assert Tally(chatting(LOCAL, thinking=True), ITEMS).thinks
    assert not Tally(LOCAL, ITEMS).thinks
