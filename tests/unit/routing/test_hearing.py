"""Hearing texts: any text says something sound, always the same."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.unit.routing.learned.artefacts import made_up

from smarterrouter.domain.intent import Category
from smarterrouter.routing.hearing import Ear, Heard, shipped_ear
from smarterrouter.routing.learned.artefact import CATEGORIES
from smarterrouter.routing.learned.features import features_of

MADE_UP, ANOTHER = Ear(made_up()), Ear(made_up())
SHIPPED = shipped_ear()

STRANGE = (
    "",
    " ",
    "\n" * 5000,
    "x" * 2_000_000,
    "\0\1\2\3\xff" * 1000,
    "😀😃😄",
    "مرحبا بالعالم، كيف حالك اليوم؟",
    "שלום עולם",
    "नमस्ते दुनिया",
    "你好,世界" * 400,
    "\ud800\udfff",
    "a" * 1023 + "日本",
)


def sound(heard: Heard) -> bool:
    return (
        all(math.isfinite(value) for value in (*heard.logits, heard.difficulty))
        and len(heard.logits) == len(CATEGORIES)
        and 0 <= heard.familiarity <= 1
        and min(heard.said.points) >= 0
    )


@pytest.mark.parametrize("text", STRANGE)
def test_strange_text(text: str) -> None:
    assert sound(SHIPPED.hear(text, len(text)))
    beside, heard = SHIPPED.hear_beside(text), SHIPPED.hear(text)
    assert beside.logits == [0.25 * logit for logit in heard.logits]
    assert beside.said.points == [0.25 * point for point in heard.said.points]
    assert replace(beside, logits=heard.logits, said=heard.said) == heard


@given(st.text(max_size=1500))
def test_any_text(text: str) -> None:
    heard = MADE_UP.hear(text, len(text))
    assert sound(heard)
    assert heard == ANOTHER.hear(text, len(text))


@given(st.text(alphabet=st.sampled_from("the of which sum 12?"), max_size=400))
def test_training_sees_the_words_that_are_heard(text: str) -> None:
    assert MADE_UP.hear(text, len(text)).words == len(features_of(text).words)


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("Write a Python function that merges two sorted lists.", Category.CODE),
        ("Let $f(x) = x^2 + 3x$. Find all real roots of $f$.", Category.MATHEMATICS),
        ("Alice is taller than Bob. Bob is taller than Carol. Who is the shortest?", Category.LOGIC),
        ("Summarize the following text in one sentence: The meeting was long.", Category.INSTRUCTIONS),
        ("Write a poem about the sea and the wind.", Category.CHAT),
        ("What is the capital of France?", Category.KNOWLEDGE),
        ("Book a flight from Berlin to Rome on Friday for two passengers.", Category.TOOLS),
        ("A block of mass 2 kg slides down a frictionless incline. Find its acceleration in m/s^2.", Category.STEM),
    ],
)
def test_the_shipped_weights_know_clear_prompts(text: str, category: Category) -> None:
    logits = SHIPPED.hear(text, len(text)).logits
    assert CATEGORIES[logits.index(max(logits))] is category


def test_a_hard_question_sounds_harder_than_an_easy_one() -> None:
    easy = SHIPPED.hear("Tom has 3 apples and buys 2 more. How many apples does he have?")
    hard = SHIPPED.hear(
        "Let $a_n$ be a sequence with $a_{n+2} = 3a_{n+1} - 2a_n$. Find the number of integers $n \\le 2020$ for which "
        "$a_n$ is divisible by $7$ and $\\binom{n}{3}$ is odd."
    )
    assert hard.difficulty > easy.difficulty + 1


def test_familiar_text_is_more_familiar_than_noise() -> None:
    known = SHIPPED.hear("Which of the following is the capital of a country in Europe?")
    noise = SHIPPED.hear("qzx vvwq zzkj xqpf jjwz kqvb wxzq pfvk")
    assert known.familiarity > 0.9
    assert noise.familiarity == 0
    assert (known.words, noise.words) == (10, 8)
