"""What training sees of a text."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from smarterrouter.routing.learned.features import features_of
from smarterrouter.routing.learned.form import MOST


@given(st.text(max_size=3000))
def test_pairs_are_made_of_words_and_numbers_are_bounded(text: str) -> None:
    seen = features_of(text)
    assert {word for pair in seen.pairs for word in pair} <= seen.words
    assert len(seen.numbers) == 7
    assert all(0 <= number <= MOST for number in seen.numbers)
    assert 0 < seen.weight <= 0.5


def test_a_word_counts_once_and_many_words_count_less_each() -> None:
    short, long = features_of("one two two"), features_of("one two three four five six seven")
    assert short.words == {b"one", b"two"}
    assert short.pairs == {(b"one", b"two"), (b"two", b"two")}
    assert long.weight < short.weight


def test_of_a_long_text_both_ends_are_seen() -> None:
    words = [f"w{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"]
    seen = features_of("start here " + " ".join(words * 100) + " the end")
    assert {b"start", b"end"} <= seen.words
    assert set(pairwise((b"the", b"end"))) <= seen.pairs
