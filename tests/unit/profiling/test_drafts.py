import random

import pytest

from smarterrouter.domain.intent import Category
from smarterrouter.profiling import drafts
from smarterrouter.profiling.checks import Rule
from smarterrouter.profiling.drafts import Family, Generated, seed_of, templates
from smarterrouter.profiling.verifiers import verify

MADE = {
    "number": drafts.number("?", 12, wrong=(12, 13)),
    "measured": drafts.measured("?", 3.25, "kg"),
    "choice": drafts.choice(random.Random(1), "?", "red", ("blue", "green")),
    "exact": drafts.exact("?", "Oslo", ("Bergen", "Rome")),
    "literal": drafts.literal("?", "aB!", ("ab!", "aB")),
    "whole": drafts.whole("?", "a;b\nc", ("a;b", "a,b\nc")),
    "listing": drafts.listing("?", ["a", "b"]),
    "set": drafts.listing("?", ["a", "b"], ordered=False),
    "same": drafts.listing("?", ["a", "a"]),
    "writing": drafts.writing("?", [Rule("count", 2, 2, unit="words")], "two words", ("one", "three of them")),
}


@pytest.mark.parametrize("name", MADE)
def test_right_passes_and_wrong_fails(name):
    draft = MADE[name]
    assert verify(draft.check, draft.answer).passed
    assert len(draft.wrong) >= 2
    assert not any(verify(draft.check, wrong).passed for wrong in draft.wrong)


def test_a_family_has_a_template_for_each_level():
    family = Family("f", lambda rng, level: drafts.number(f"{level} {rng.random()}", level), (-1.0, 0.5))
    one, two = templates(Category.STEM, (family,))
    assert (one.id, one.difficulty, two.id, two.difficulty) == ("stem/f-1", -1.0, "stem/f-2", 0.5)
    assert seed_of(two.make(-3)) == -3
    assert two.make(1).messages != two.make(2).messages
    assert two.make(1).messages == Generated(Category.STEM, family, 1).make(1).messages


def test_messages_stand_in_order():
    draft = drafts.Draft(
        "ask", MADE["number"].check, MADE["number"].answer, (), system="s", before=({"role": "user", "content": "b"},)
    )
    assert [message["content"] for message in draft.messages] == ["s", "b", "ask"]
