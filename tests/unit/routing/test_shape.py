"""Program text, formulas, lists and questions by their form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarterrouter.routing import shape
from smarterrouter.routing.learned.words import as_bytes, words_of
from smarterrouter.routing.shape import Shape, bare, joined
from smarterrouter.routing.shape import shape_of as _shape_of


def shape_of(text: str) -> Shape:
    data = as_bytes(text)
    return _shape_of(text, data, bare(data)[0], set(words_of(data)))


PROSE = "please let me know. the class of 1968 will return for lunch; import duties (new) rise, we select from them."


@pytest.mark.parametrize(
    "text",
    [
        "```\nanything\n```",
        "def f(x):\n    return x[0]\n",
        "for (let i = 0; i < n; i++) { total += a[i]; }\nreturn total;",
        "#include <stdio.h>\nint main() { return 0; }",
        "<div class='a'></div>\n<p class='b'></p>\n<script>f();</script>",
        "fn main() { let x = vec::new(); }",
    ],
)
def test_program_text(text: str) -> None:
    assert shape_of(text).code


@pytest.mark.parametrize("text", [PROSE, "", "hello", "what (on earth) is this (thing); really?", "((((((((", "a = b"])
def test_prose_is_not_program_text(text: str) -> None:
    assert not shape_of(text).code


def test_a_fence_is_told_apart_from_bare_code() -> None:
    assert shape_of("```x```").fence
    assert not shape_of("def f(x):\n    return x[0]\n").fence


@pytest.mark.parametrize(
    "text",
    [
        "what is 2+2",
        "x^2 + 3x = 0",
        "\\frac{1}{2}",
        "∫ x dx",
        "2 * 3",
        "is a ≤ b",
        "(a2)+b",
        "5 \u00d7 3 = 15",
        "y = mx + b, 3x + 1",
    ],
)
def test_formulas(text: str) -> None:
    assert shape_of(text).formula


@pytest.mark.parametrize("text", [PROSE, "from 2024/05/06 to 10-20", "c:\\temp", "a * note", "price — 20 €", "1 + one"])
def test_no_formulas(text: str) -> None:
    assert not shape_of(text).formula


def test_program_text_with_sums_is_no_formula() -> None:
    assert not shape_of("```\nx = 1 + 2\n```").formula


def test_items_and_questions_are_counted() -> None:
    found = shape_of("do:\n- one\n* two\n 3. three\n4) four\n-five\nwhy? how?\uff1f")
    assert (found.items, found.questions) == (4, 3)
    assert shape_of("- one").items == 0


def test_traces() -> None:
    assert shape_of("traceback (most recent call last)").trace
    assert not shape_of("a trace of gold").trace


def test_bare_signs_and_digits() -> None:
    assert bare(as_bytes("add 12 + (3)\n- é")) == (b"+()-", 3)


def test_forms_are_joined() -> None:
    both = joined(shape_of("why?\n- a\n- b"), shape_of("```x``` really?\n- c\n- d"))
    assert (both.code, both.fence, both.trace, both.items, both.questions) == (True, True, False, 4, 2)


@given(
    st.lists(st.sampled_from(["class", "of", "2", "?", ".", ", ", "\n", "1. ", "error", " ", "'", "é", "+"])).map(
        "".join
    )
)
def test_prose_is_told_quickly_and_as_well(text: str) -> None:
    data = as_bytes(text)
    looked = shape._looked_at(text, data, bare(data)[0], set(words_of(data)))
    assert shape_of(text) == looked


@given(st.text())
def test_any_text_has_a_shape(text: str) -> None:
    assert shape_of(text.lower()).items >= 0
