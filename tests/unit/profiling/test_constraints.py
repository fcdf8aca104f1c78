import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smarterrouter.profiling.checks import Rule
from smarterrouter.profiling.constraints import LANGUAGES, RULES, UNITS, broken

CASES = {
    "count": (Rule("count", 2, 3, unit="words"), "one two", "one two three four"),
    "characters": (Rule("characters", 1, 8), "short", "rather long"),
    "bullets": (Rule("bullets", 2, 2), "- a\n* b", "- a\nb"),
    "numbered": (Rule("numbered", 2, 2), "1. a\n2) b", "1. a\n3. b"),
    "questions": (Rule("questions", 1, 1), "Who? Me.", "Who? Me?"),
    "include": (Rule("include", words=("red", "big house")), "A RED, big house.", "A reddish big house."),
    "exclude": (Rule("exclude", words=("red",)), "A reddish house.", "Red!"),
    "without": (Rule("without", text="e,"), "A bird sang", "A bee"),
    "letters": (Rule("letters", text="xyz"), "Xylo zone", "Xylo"),
    "letter_count": (Rule("letter_count", 2, 2, text="a"), "Anna", "Hanna a"),
    "starts": (Rule("starts", text="dear"), "Dear Ann", "Hello dear"),
    "ends": (Rule("ends", text="bye."), "Good bye.", "Bye. Ann"),
    "each_starts": (Rule("each_starts", text="b", unit="words"), "Big blue boats", "Big red boats"),
    "acrostic": (Rule("acrostic", text="sun"), "See\nUs\nNow", "See\nNow\nUs"),
    "openings": (Rule("openings", words=("First", "Then")), "First, a\n- Then b", "Then b\nFirst a"),
    "endings": (Rule("endings", words=("sea", "tree")), "by the sea,\nunder a tree!", "the sea is\na tree"),
    "counts": (Rule("counts", counts=(2, 1), unit="sentences"), "Go on. Stop.", "Go. Stop now."),
    "each_count": (Rule("each_count", 1, 2), "one\ntwo words", "one two three\nx"),
    "growing": (Rule("growing", unit="sentences"), "A. B c. D e f.", "A b. C d."),
    "word_letters": (Rule("word_letters", 1, 4), "only tiny ones", "something"),
    "lengths": (Rule("lengths", counts=(1, 2, 3)), "I am old", "I was old"),
    "case": (Rule("case", text="upper"), "LOUD 1", "Loud"),
    "rising": (Rule("rising"), "ant\nbee\ncow", "ant\nape"),
    "distinct": (Rule("distinct"), "all words differ", "The end of the day"),
    "language": (Rule("language", text="de"), "Das ist ein Haus und es ist alt", "This is a house and it is old"),
    "speakers": (Rule("speakers", words=("Ann", "Bob")), "Ann: hi\nBob: ho\nAnn: no", "Ann: hi\nAnn: ho"),
}


@pytest.mark.parametrize("name", CASES)
def test_each_rule_holds_and_breaks(name):
    rule, right, wrong = CASES[name]
    assert rule.rule == name
    assert broken((rule,), right) == ""
    assert broken((rule,), wrong).startswith("breaks the rule")


def test_every_rule_has_a_case():
    assert set(CASES) == set(RULES)


def test_an_empty_text_keeps_no_rule():
    assert broken((Rule("without", text="z"),), "...") == "the answer is empty"


def test_the_first_broken_rule_is_named():
    assert (
        broken((Rule("count", 1, 1, unit="words"), Rule("include", words=("x",))), "a b")
        == "breaks the rule count: 1…1"
    )


@pytest.mark.parametrize(
    ("tongue", "text"),
    [
        ("fr", "La maison est grande et le chien dort."),
        ("es", "La casa es grande y el perro no está."),
        ("it", "La casa è grande e il cane non è qui."),
        ("en", "The house is old and the dog is in it."),
    ],
)
def test_languages_are_told_apart(tongue, text):
    for other in LANGUAGES:
        assert (broken((Rule("language", text=other),), text) == "") == (other == tongue)


@settings(deadline=None)
@given(st.sampled_from(sorted(CASES)), st.sampled_from(sorted(UNITS)), st.text())
def test_no_text_crashes_a_rule(name, unit, text):
    rule = CASES[name][0]
    broken((Rule(name, rule.low, rule.high, rule.words, rule.text, rule.counts, unit),), text)
