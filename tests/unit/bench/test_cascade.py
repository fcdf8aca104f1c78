"""The bench of cascades: its pure parts, and a short run as the program that it is."""

import json
import random
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from smarterrouter.profiling.base import Answer
from smarterrouter.profiling.judging import judge
from smarterrouter.profiling.sandbox import Sandbox

BENCH = Path(__file__).parents[3] / "bench"
QUESTIONS = 141
"""Each template of each group twice, or more often."""


@pytest.fixture
def cascade(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The bench's own modules, which are scripts beside each other and no package."""
    monkeypatch.syspath_prepend(str(BENCH))
    import cascade

    return cascade


@pytest.fixture
def mistakes(cascade) -> ModuleType:
    import mistakes

    return mistakes


@pytest.fixture
def pretenders(cascade) -> ModuleType:
    import pretenders

    return pretenders


async def passed(cascade, question, answer: Answer) -> bool:
    """The judgement of the bench, without a gateway."""
    verdict = await judge(question.task, answer, Sandbox())
    assert not verdict.void
    return verdict.passed and (question.group != "json" or cascade.parses(answer.text))


async def test_right_answers_pass_in_all_their_forms(cascade, mistakes):
    for question in mistakes.questions(QUESTIONS):
        for answer in mistakes._right(question):
            assert await passed(cascade, question, answer), (question.task.id, answer)


async def test_silent_answers_are_wrong(cascade, mistakes):
    for question in mistakes.questions(QUESTIONS):
        for answer in mistakes._silent(question, random.Random(question.task.id)):
            assert not await passed(cascade, question, answer), (question.task.id, answer)


async def test_broken_answers_are_wrong_and_each_kind_comes(cascade, mistakes):
    kinds = set()
    for question in mistakes.questions(QUESTIONS):
        for kind, ways in mistakes.broken_ways(question).items():
            kinds.add(kind)
            for variant, make in ways:
                answer = make(question, random.Random(1))
                assert not await passed(cascade, question, answer), (question.task.id, kind, variant, answer)
    assert kinds >= {"empty", "cut_off", "repetition", "code", "json", "schema"}
    assert kinds >= {"tool_unknown", "tool_arguments", "tool_as_text"}


def test_silent_json_keeps_its_types(mistakes):
    for question in mistakes.questions(QUESTIONS):
        if question.group == "json":
            rng = random.Random(question.task.id)
            [answer] = mistakes._silent(question, rng)
            assert shape(json.loads(answer.text)) == shape(json.loads(question.right.text))


def shape(value: object) -> object:
    """The names and types of a document; lists by the set of their members' shapes."""
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return sorted({str(shape(inner)) for inner in value})
    return "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__


def test_questions_differ_and_ask_for_what_can_be_seen(mistakes):
    asked = mistakes.questions(QUESTIONS)
    assert len({question.task.id for question in asked}) == QUESTIONS
    assert {question.group for question in asked} == {"code", "json", "tools"}
    assert {(question.streamed, question.limited) for question in asked} == {(a, b) for a in (0, 1) for b in (0, 1)}
    for question in asked:
        body = question.body("auto")
        assert ("response_format" in body) == (question.group == "json")
        assert ("tools" in body) == (question.group == "tools")
        assert ("max_tokens" in body) == question.limited


def test_a_model_says_the_same_whoever_asks_and_solves_its_share(mistakes, pretenders):
    asked = mistakes.questions(600)
    pair = pretenders.Pair([pretenders.Pretender("one", 0.6, 1, 1)], asked, 1)
    said = [pair.says("one", question, 0.5) for question in asked]
    assert said == [pair.says("one", question, 0.5) for question in asked]
    right = sum(one.kind == "right" for one in said)
    silent = sum(one.kind == "silent" for one in said)
    assert right / 600 == pytest.approx(0.6, abs=0.08)
    assert silent / (600 - right) == pytest.approx(0.5, abs=0.13)


def test_more_silent_answers_are_added_to_those_there_were(mistakes, pretenders):
    asked = mistakes.questions(200)
    pair = pretenders.Pair([pretenders.Pretender("one", 0.4, 1, 1)], asked, 1)
    few, many = ([pair.says("one", question, share).kind for question in asked] for share in (0.25, 0.75))
    assert all(kind in {before, "silent"} for before, kind in zip(few, many, strict=True))
    assert few.count("silent") < many.count("silent")


def test_easier_tasks_are_solved_more_often(pretenders):
    ability = pretenders.ability_for(0.6, [-1.0, 0.0, 1.0])
    chances = [pretenders.solved(ability, difficulty) for difficulty in (-1.0, 0.0, 1.0)]
    assert chances == sorted(chances, reverse=True)
    assert sum(chances) / 3 == pytest.approx(0.6, abs=1e-4)


def test_streams_and_whole_answers_say_the_same(cascade, mistakes, pretenders):
    for question in mistakes.questions(30):
        used = pretenders.usage(question.body("one"), question.right)
        whole = cascade.heard_whole(json.dumps(pretenders.completion("one", question.right, used)).encode())
        payloads = pretenders.events("one", question.right, used)
        block = "".join(f"data: {json.dumps(payload)}\n\n" for payload in payloads) + "data: [DONE]\n\n"
        streamed = cascade.heard_events(block.encode())
        assert whole == streamed
        answer = cascade.answer_of(whole)
        assert (answer.text, answer.tool_calls) == (question.right.text, question.right.tool_calls)


def test_shares_come_with_their_interval(cascade):
    share, low, high = cascade.wilson(80, 100)
    assert (share, low, high) == (0.8, pytest.approx(0.7112, abs=1e-4), pytest.approx(0.8666, abs=1e-4))
    assert cascade.wilson(0, 20)[1] == 0.0
    assert cascade.wilson(0, 0) == [0.0, 0.0, 1.0]


def test_a_difference_counts_the_same_requests(cascade):
    one, other = [True] * 60 + [False] * 40, [True] * 40 + [False] * 60
    gap, low, high = cascade.difference(one, other, 500)
    assert gap == pytest.approx(0.2)
    assert 0.08 < low < gap < high < 0.32
    assert cascade.difference(one, one, 50) == [0.0, 0.0, 0.0]


def test_the_claim_needs_both_the_pass_rate_and_the_calls(cascade, mistakes, pretenders):
    models = {
        cascade.SMALL: pretenders.Pretender(cascade.SMALL, 0.5, 1, 1),
        cascade.BIG: pretenders.Pretender(cascade.BIG, 0.9, 10, 10),
    }

    def outcome(*names: str, passed: bool = True, kind: str = "right"):
        said = mistakes.Said(Answer("x"), kind)
        asked = tuple(pretenders.Exchange(name, said, 10, 10) for name in names)
        escalated = f"{cascade.SMALL} (empty)" if len(names) > 1 else ""
        return cascade.Outcome(passed, streamed=False, group="code", asked=asked, escalated=escalated)

    big = [outcome(cascade.BIG)] * 400
    kept, sent = outcome(cascade.SMALL), outcome(cascade.SMALL, cascade.BIG)
    alone = [outcome(cascade.SMALL)] * 300 + [outcome(cascade.SMALL, passed=False)] * 100
    found = cascade.point({"small alone": alone, "big alone": big, "cascade": [kept] * 300 + [sent] * 100}, models)
    assert found["holds"]
    assert found["big_calls"][0] == 0.25
    assert found["cost"] == pytest.approx((400 + 100 * 10) / (400 * 10))
    assert found["tokens"] == pytest.approx(500 / 400)
    assert found["false_alarms"][0] == 0
    worse = [outcome(cascade.SMALL, passed=False)] * 40 + [kept] * 260 + [sent] * 100
    assert not cascade.point({"small alone": alone, "big alone": big, "cascade": worse}, models)["holds"]
    often = [kept] * 100 + [sent] * 300
    found = cascade.point({"small alone": alone, "big alone": big, "cascade": often}, models)
    assert not found["holds"]
    assert found["false_alarms"][0] == pytest.approx(200 / 300)


def test_perfect_checks_throw_away_what_is_broken_and_nothing_else(cascade, mistakes, pretenders):
    def outcome(name: str, kind: str, *, passed: bool):
        asked = (pretenders.Exchange(name, mistakes.Said(Answer("x"), kind), 1, 1),)
        return cascade.Outcome(passed, streamed=False, group="code", asked=asked)

    kinds = ("right", "silent", "empty", "json")
    small = [outcome(cascade.SMALL, kind, passed=kind == "right") for kind in kinds]
    big = [outcome(cascade.BIG, "right", passed=passed) for passed in (True, True, True, False)]
    assert cascade.perfect({"small alone": small, "big alone": big}) == [True, False, True, False]


def test_a_pair_is_two_shares(cascade):
    assert cascade.pair_of("0.6,0.92") == (0.6, 0.92)
    with pytest.raises(cascade.argparse.ArgumentTypeError):
        cascade.pair_of("0.9,0.6")


def test_a_short_run_shows_what_a_cascade_does(tmp_path):
    file = tmp_path / "numbers.json"
    command = [sys.executable, str(BENCH / "cascade.py"), "--questions", "60", "--silent", "0", "0.75"]
    command += ["--pair", "0.5,0.95", "--json", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=BENCH.parent)
    assert "cascade less big" in done.stdout
    numbers = json.loads(file.read_text())
    loud, quiet = numbers["points"]
    for point in (loud, quiet):
        small, cascade, big = (point["passed"][way][0] for way in ("small alone", "cascade", "big alone"))
        assert small < big
        assert small <= cascade
        assert point["big_first"] == 0
        assert point["silent_caught"][0] == 0
        assert point["false_alarms"][0] == 0
    assert loud["passed"]["cascade"][0] > quiet["passed"]["cascade"][0]
    assert loud["big_calls"][0] > quiet["big_calls"][0] > 0
    assert loud["caught"][0] > 0.7
