"""Reading prompts: any text gives a sound reading, always the same."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.routing.learned.artefacts import made_up

from smarterrouter.domain.intent import Category
from smarterrouter.routing.learned.reader import Reader, Reading
from smarterrouter.routing.learned.shipped import shipped

MADE_UP, ANOTHER = Reader(made_up()), Reader(made_up())
SHIPPED = Reader(shipped())

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


def sound(reading: Reading) -> bool:
    return (
        math.isclose(sum(reading.categories), 1, abs_tol=1e-4)
        and min(reading.categories) >= 0
        and math.isfinite(reading.difficulty)
        and 0 <= reading.familiarity <= 1
    )


@pytest.mark.parametrize("text", STRANGE)
def test_strange_text(text: str) -> None:
    assert sound(SHIPPED.read(text))
    assert sound(SHIPPED.read(text, text))


@given(st.text(max_size=1500))
def test_any_text(text: str) -> None:
    first, again = MADE_UP.read(text), ANOTHER.read(text)
    assert sound(first)
    assert first.difficulty == again.difficulty
    assert first.categories == again.categories


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("hello", "latin"),
        ("привет", "cyrillic"),
        ("你好", "cjk"),
        ("مرحبا", "arabic"),
        ("שלום", "hebrew"),
        ("12", "none"),
    ],
)
def test_script(text: str, script: str) -> None:
    assert MADE_UP.read(text).script == script


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
    assert SHIPPED.read(text).category is category


def test_a_hard_question_looks_harder_than_an_easy_one() -> None:
    easy = SHIPPED.read("Tom has 3 apples and buys 2 more. How many apples does he have?")
    hard = SHIPPED.read(
        "Let $a_n$ be a sequence with $a_{n+2} = 3a_{n+1} - 2a_n$. Find the number of integers $n \\le 2020$ for which "
        "$a_n$ is divisible by $7$ and $\\binom{n}{3}$ is odd."
    )
    assert hard.difficulty > easy.difficulty + 1


def test_what_stands_around_moves_the_category_and_not_the_difficulty() -> None:
    alone = SHIPPED.read("Do it again, please.")
    beside = SHIPPED.read("Do it again, please.", "You write Python code. def main(): return 0")
    code = list(Category).index(Category.CODE)
    assert beside.categories[code] > alone.categories[code]
    assert beside.difficulty == alone.difficulty


def test_familiar_text_is_more_familiar_than_noise() -> None:
    known = SHIPPED.read("Which of the following is the capital of a country in Europe?")
    noise = SHIPPED.read("qzx vvwq zzkj xqpf jjwz kqvb wxzq pfvk")
    assert known.familiarity > noise.familiarity
