"""Policy tests are judged as an operator would judge them, and told in words."""

from typing import Any

import pytest
from tests.unit.routing.by_hand import LARGE, SMALL, TINY_CODER, intent, model

from smarterrouter.domain.decisions import Candidate, Decision
from smarterrouter.domain.intent import Category
from smarterrouter.errors import NoEligibleModel, NoModels
from smarterrouter.routing.expectations import Outcome, Trial, tried
from smarterrouter.settings.rules import TestEntry

CODER = "*coder*"
DENIED = "the rule `x` denies it"
AWAY = model("away", 7, unreachable=True)
GONE = model("gone", 7, missing=True)
HERE = (LARGE, SMALL, TINY_CODER, AWAY, GONE)


def decided(test: TestEntry) -> Decision:
    """Chat that is simple: the large model before the small one, the coder out; errors for prompts that ask for one."""
    for error in (NoModels, NoEligibleModel):
        if test.prompt == error.__name__:
            raise error("so it is")
    candidates = (Candidate(LARGE, 2.0), Candidate(SMALL, 1.0))
    return Decision(candidates, intent(Category.CHAT, 0.1), "scored", 1, {TINY_CODER.key: DENIED})


def trial(expect: Any, prompt: str = "Hello\n there") -> Trial:
    return tried([TestEntry.model_validate({"prompt": prompt, "expect": expect})], decided, HERE)[0]


@pytest.mark.parametrize(
    "expect",
    ["chat", "llama3.3*", LARGE.key, {"difficulty": "simple"}, {"not_model": CODER}, {"model": [CODER, "llama*"]},
     {"category": "chat", "difficulty": "simple", "model": LARGE.key, "not_model": "nobody"}],
)  # fmt: skip
def test_what_is_so_passes(expect: Any) -> None:
    assert trial(expect) == Trial("test 1 ('Hello there')", Outcome.PASSED)


@pytest.mark.parametrize(
    ("expect", "words"),
    [
        ("code", "the category is chat, expected was code"),
        ({"difficulty": "hard"}, "the difficulty is simple (0.10), expected was hard"),
        (SMALL.name, f"{LARGE.key} would answer, expected was a model like {SMALL.name} ({SMALL.key} is number 2)"),
        (CODER, f"{LARGE.key} would answer, expected was a model like {CODER} ({TINY_CODER.key}: {DENIED})"),
        ({"not_model": "llama*"}, f"{LARGE.key} would answer, expected was none like llama*"),
        ({"category": "code", "difficulty": "medium"},
         "the category is chat, expected was code; the difficulty is simple (0.10), expected was medium"),
    ],
)  # fmt: skip
def test_what_is_not_so_fails_in_words(expect: Any, words: str) -> None:
    found = trial(expect)
    assert (found.outcome, found.words) == (Outcome.FAILED, words)
    assert str(found) == f"test 1 ('Hello there'): {words}"


@pytest.mark.parametrize("expect", ["away", "gone", "nobody*"])
def test_a_model_that_is_not_there_leaves_it_open(expect: str) -> None:
    found = trial(expect)
    assert (found.outcome, found.words) == (
        Outcome.OPEN, f"cannot be judged: no model like {expect} answers now"
    )  # fmt: skip


def test_without_models_it_stays_open_and_without_a_fitting_one_it_fails() -> None:
    assert trial("chat", "NoModels").outcome is Outcome.OPEN
    found = trial("chat", "NoEligibleModel")
    assert (found.outcome, found.words) == (Outcome.FAILED, "nothing can answer: so it is")


def test_long_prompts_are_shortened_and_all_tests_judged_in_order() -> None:
    tests = [TestEntry.model_validate({"prompt": f"{n} " * 100, "expect": "chat"}) for n in range(3)]
    found = tried(tests, decided, HERE)
    assert [one.title for one in found] == [f"test {n + 1} ('{f'{n} ' * 20}…')" for n in range(3)]
