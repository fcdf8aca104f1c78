"""What is read of a text is bounded, and any text can be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarterrouter.routing.learned.window import FOLD, HEAD, MOST, TAIL, WORD, look


@given(st.text(max_size=3000))
def test_it_is_bounded(text: str) -> None:
    assert len(look(text)) <= MOST


@pytest.mark.parametrize("text", ["", "short", "x" * (HEAD + TAIL), "naïve ☃"])
def test_a_short_text_is_read_whole(text: str) -> None:
    assert look(text) == text.encode()


@pytest.mark.parametrize("size", [1025, 5000, 2_000_000])
def test_of_a_long_text_both_ends_are_read(size: int) -> None:
    data = look("start" + "-" * (size - 8) + "end")
    assert data.startswith(b"start")
    assert data.endswith(b"end")
    assert len(data) == MOST


@pytest.mark.parametrize("text", ["\ud800", "\ud800" * 2000, "日" * 600, "😀" * 5000])
def test_what_cannot_be_encoded_or_is_cut_in_half_does_no_harm(text: str) -> None:
    assert 0 < len(look(text)) <= MOST


def test_tables() -> None:
    assert b"A9\t\n z".translate(FOLD) == b"a0 \n z"
    assert [WORD[byte] for byte in b"a0_\\+# .\n"] == [1, 1, 1, 1, 1, 1, 0, 0, 0]
