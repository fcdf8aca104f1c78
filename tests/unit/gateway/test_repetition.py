"""Has a model lost itself in a loop?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarterrouter.gateway.repetition import degenerate

PROSE = (
    "A hash table keeps its entries in an array and finds the place of a key by a function that spreads keys evenly. "
    "Where two keys meet in one place the table has to look further, either along a chain of entries or at the next "
    "free place in the array; both stay quick as long as the table is not too full, so it grows in time. "
) + " ".join(f"Step {number} turns {number * 7} into {number * number}." for number in range(40))


@pytest.mark.parametrize(
    "loop",
    [
        "\n" * 500,
        "ha" * 300,
        "the the the the " * 50,
        "I am sorry, I cannot do that.\n" * 30,
        "This sentence says nothing new, but it says it again and again, with many words and a full stop at the end. "
        * 12,
        "".join(
            f"{number}. I am sorry, but as a language model I cannot do that for you right now.\n"
            for number in range(60)
        ),
        '{"a": [' + "0, " * 400,
    ],
)
def test_a_loop_at_the_end_is_seen_whatever_came_before(loop: str) -> None:
    assert degenerate(loop)
    assert degenerate(PROSE + loop)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no",
        "ha" * 100,
        PROSE,
        "\n".join(f"| {number} | {number * number} | {'-' * 20} |" for number in range(60)),
        "\n".join(f"    self.field_{number} = arguments[{number}]" for number in range(80)),
        ", ".join(str(number * number) for number in range(300)),
        PROSE + "-" * 100,
        "ha" * 500 + PROSE,
    ],
)
def test_what_goes_on_is_none(text: str) -> None:
    assert not degenerate(text)


@given(st.text(max_size=3000))
def test_any_text_gives_an_answer(text: str) -> None:
    assert degenerate(text) in (True, False)
