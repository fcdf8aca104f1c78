"""Has a model lost itself in a loop?"""

import json

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


IDENTITY = [[int(row == column) for column in range(20)] for row in range(20)]
RECORDS = [{"id": number, "role": "user", "state": "active", "notes": "none of this is new"} for number in range(40)]


@pytest.mark.parametrize("finish", ["stop", "tool_calls", ""])
@pytest.mark.parametrize(
    "text",
    [
        *(json.dumps([[int(i == j) for j in range(size)] for i in range(size)]) for size in (11, 16, 30)),
        json.dumps({"cells": [[0] * 20] * 20}),
        json.dumps(RECORDS),
        json.dumps(RECORDS, indent=1),
        json.dumps(RECORDS)[:-100],
        json.dumps([RECORDS[0]] * 40)[:-30],
        f"```python\ngrid = {IDENTITY}\n```",
        f"```python\ngrid = {IDENTITY}"[:-20],
        "\n".join(["X O " * 8, "O X " * 8] * 20),
        "\n".join(["X O X O X O X O X O X O X O X O"] * 16),
        "\n".join(["0 " * 20] * 40),
        "\n".join(["| yes | yes | it is not free | no |"] * 30),
        "\n".join(["active,user,none of this is new,true"] * 30),
        "".join(f"- id: {number}\n  role: the user\n  state: is active\n  ok: {number * 3}\n" for number in range(60)),
        "<td>the same cell again</td>" * 60,
        "".join(f"- id: {number}\n  role: the user\n  state: is active\n" for number in range(60)),
        "".join(f"- id: user{number}\n  mail: user{number}@a.org. It is the same\n" for number in range(60)),
        "".join(f"INSERT INTO users VALUES ({number}, 'a user', 'is active');\n" for number in range(60)),
        "print('I will not talk in class.')\n" * 50,
        "".join(f"{number}. Check the oil again\n" for number in range(90)),
    ],
)
def test_tables_and_records_repeat_themselves_by_right(text: str, finish: str) -> None:
    assert not degenerate(text, finish)


SENTENCE = "Let me check that again, I said. "
COUNTED = "".join(f"Step {number}: let me check that once again. " for number in range(80, 180))


def test_what_a_model_has_ended_itself_is_a_loop_only_within_a_line() -> None:
    assert degenerate(PROSE + SENTENCE * 40, "stop")
    assert not degenerate("I will not talk in class again.\n" * 100, "stop")
    assert not degenerate("ha ha ha " * 100, "stop")
    assert not degenerate(COUNTED, "stop")
    assert not degenerate(PROSE + "\n" * 1500, "stop")


@pytest.mark.parametrize(
    "loop",
    [
        SENTENCE * 40,
        "I will not talk in class again.\n" * 50,
        COUNTED,
        COUNTED.replace(". ", ".\n"),
        "the " * 400,
        "again and " * 200,
        "\n" * 500,
        " \n" * 800,
        "我不能回答这个问题。" * 60,
    ],
)
def test_a_loop_of_words_is_seen_before_it_ends(loop: str) -> None:
    assert degenerate(PROSE + loop, "")
    assert degenerate(PROSE + loop, "length")


def test_where_more_than_a_counter_changes_it_is_no_loop() -> None:
    table = "".join(f"We know that {number} times 7 is equal to {number * 7}. " for number in range(60))
    assert not degenerate(table)
    squares = "".join(f"The square of this number is {number * number}. " for number in range(60))
    assert not degenerate(squares)


@given(st.text(max_size=3000), st.sampled_from(["", "stop", "length"]))
def test_any_text_gives_an_answer(text: str, finish: str) -> None:
    assert degenerate(text, finish) in (True, False)


@given(st.text(alphabet="ab 0\n。我.", min_size=1, max_size=12), st.sampled_from(["", "stop", "length"]))
def test_any_passage_gives_an_answer(passage: str, finish: str) -> None:
    assert degenerate(passage * 1300, finish) in (True, False)
    assert degenerate(passage * 1300)
